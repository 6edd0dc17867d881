//! All state of a screen, beside that of the conversation it shows.
//!
//! This file does not know ratatui, sockets, or the clock.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use protocol::{MessageId, RoomName};

use super::input::Input;
use super::input::completion::Completion;
use super::keys::Keys;
use super::overlay::Overlay;
use super::rows::cache::RowCache;
use super::theme::Looks;
use super::theme::hues::Hues;
use crate::address;
use crate::chat::writing::emoji::Offer;
use crate::chat::{EntryCode, Model, Place, Reading, Room};
use crate::text;

/// Everything there is to draw, and to decide by what a key means.
#[derive(Debug)]
pub struct Screen {
    pub chat: Model,
    /// Which key means what to this person.
    pub keys: Keys,
    /// The first key of two was pressed.
    pub prefix_pending: bool,
    /// What is being written.
    pub input: Input,
    /// A word that is being completed, until another key is pressed.
    pub completing: Option<Completion>,
    /// Pictures for the beginning of a name that is being typed.
    pub offer: Option<Offer>,
    /// What was pasted right now, if it may be meant as code.
    pub pasted: Option<Pasted>,
    /// The first row of the notice that is shown, where the screen is too small for all of them.
    pub notice_first: usize,
    /// What lies over the messages.
    pub overlay: Overlay,
    /// Columns and rows.
    pub size: (u16, u16),
    /// Whose clock is shown.
    pub zone: TimeZone,
    /// In which colours.
    pub looks: Looks,
    /// Emoji are shown as their names.
    pub names_emoji: bool,
    /// The signs of a text become what they mean.
    pub is_formatted: bool,
    /// With nothing written, Up edits one's newest message.
    pub up_edits: bool,
    /// Messages whose rows are known.
    pub rows: RowCache,
    /// How each room is shown.
    pub views: HashMap<RoomName, RoomView>,
    /// The terminal tells when the person looks at it and when not.
    pub tells_focus: bool,
    /// The column of rooms is wanted, or not; without a wish, where there is room and need for it.
    pub rooms_shown: Option<bool>,
    /// The same of the people.
    pub people_shown: Option<bool>,
    /// Only the text, so that it can be selected and copied.
    pub copy_mode: bool,
    /// The mouse is ours.
    pub mouse: bool,
    /// The same key once more does it.
    pub confirming: Option<Confirm>,
    /// Who this is was asked, with this name to begin with, and nobody was let in yet.
    pub arriving: Option<String>,
}

/// What a key was pressed for once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirm {
    /// To leave.
    Leave,
    /// To send what looks like a command, or to do a command that loses something.
    Enter,
}

/// A text that was pasted into another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// Where it begins, in bytes.
    pub start: usize,
    /// What it is.
    pub text: String,
}

/// How one room is shown.
#[derive(Debug, Default)]
pub struct RoomView {
    /// The entry at the top of the pane, while it is not the end that is shown, and its first row there.
    pub top: Option<(Place, isize)>,
    /// What one went to last, or has selected: it is marked.
    pub found: Option<MessageId>,
    /// The long message of which all rows are shown.
    pub unfolded: Option<MessageId>,
    /// Where the view stood before that was opened, and after it.
    pub unfolded_at: Option<(Scroll, Scroll)>,
    /// The first of its people that is shown.
    pub people_first: usize,
    /// Whose name has which hue.
    pub hues: Hues,
}

/// Of a room that was not looked at.
static UNSEEN: RoomView = RoomView {
    top: None,
    found: None,
    unfolded: None,
    unfolded_at: None,
    people_first: 0,
    hues: Hues::new(),
};

/// Where the view of a room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    /// At the end, following what comes.
    Bottom,
    /// At an entry: nothing that arrives moves it.
    At {
        /// The entry at the top.
        place: Place,
        /// Its first row that is shown: 0 is the first row of its text, what is below 0 the lines
        /// that stand before it, so that it keeps its place when one of those appears.
        row: isize,
    },
}

impl Screen {
    /// Shows a conversation as it is when it begins.
    pub fn new(chat: Model) -> Self {
        let mut input = Input::default();
        chat.sent.iter().for_each(|text| input.remember(text.clone()));
        input.write(chat.room().written().to_owned());
        Screen {
            chat,
            keys: Keys::default(),
            prefix_pending: false,
            input,
            completing: None,
            offer: None,
            pasted: None,
            notice_first: 0,
            overlay: Overlay::None,
            size: (80, 24),
            zone: TimeZone::UTC,
            looks: Looks::default(),
            names_emoji: false,
            is_formatted: true,
            up_edits: true,
            rows: RowCache::default(),
            views: HashMap::new(),
            tells_focus: false,
            rooms_shown: None,
            people_shown: None,
            copy_mode: false,
            mouse: false,
            confirming: None,
            arriving: None,
        }
    }

    /// Whoever comes in comes by an invite.
    pub(super) fn is_invited(&self) -> bool {
        matches!(self.chat.code, Some(EntryCode::Invite(_)))
    }

    /// Host and port of the server in use; empty if that is not known.
    pub(super) fn host(&self) -> String {
        let host = self.chat.servers.current().map(address::host);
        text::clean_line(&host.unwrap_or_default())
    }

    /// What a room is called, as it is displayed.
    pub(super) fn called(&self, room: &Room) -> String {
        text::clean_line(&room.signed(self.chat.me.as_ref()))
    }

    /// One's own name as it is displayed; `guest` for somebody without one.
    pub(super) fn own_name(&self, guest: &str) -> String {
        let name = self.chat.me.as_ref().map(|me| text::bracketed(&text::clean_line(me.as_str())));
        name.unwrap_or_else(|| guest.to_owned())
    }

    /// How the room that is shown is shown.
    pub fn room_view(&self) -> &RoomView {
        self.views.get(&self.chat.room().name).unwrap_or(&UNSEEN)
    }

    pub fn room_view_mut(&mut self) -> &mut RoomView {
        self.views.entry(self.chat.room().name.clone()).or_default()
    }

    /// Where the view of the room that is shown stands.
    pub fn scroll(&self) -> Scroll {
        match (self.chat.room().reading, self.room_view().top) {
            (Reading::Above(_), Some((place, row))) => Scroll::At { place, row },
            _ => Scroll::Bottom,
        }
    }
}
