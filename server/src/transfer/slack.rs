//! An export from Slack: a zip with a folder for each channel.
//!
//! This file does not know what stands in the files of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};

use protocol::{
    Body, Reaction, Ref, RoomName, SlackChannel, SlackPeople, SlackReaction, SlackSaid, TopicText,
    slack_channels, slack_day,
};
use zip::ZipArchive;
use zip::result::ZipError;

use super::piece::{
    BAD_ROOM, BLANK, CUT, OTHER_ROOMS, Piece, RENAMED, SECRET, SourceError, Target, fitting,
};
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};

/// Largest file in it that is read: what a channel of a thousand people says in a day is far smaller.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

const OTHER_FILES: &str = "files of the zip that hold no messages";
const BAD_FILES: &str = "files of the zip that are too large, or not as Slack writes them";
const FILES: &str = "files: links to where they are";
const NO_EMOJI: &str = "reactions that are no emoji of Unicode: left out";
const LONG_TOPIC: &str = "topics that are too long";

/// Reads it, and gives each piece away.
///
/// # Errors
/// [`SourceError`], or what `give` says.
pub(super) fn read<E: From<SourceError>>(
    file: File,
    target: &Target,
    give: &mut dyn FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    let mut zip = ZipArchive::new(file).map_err(bad)?;
    let mut slack = Slack::new(&mut zip, target)?;
    for piece in slack.topics() {
        give(piece)?;
    }
    for (folder, days) in slack.folders(give)? {
        for day in days {
            for piece in slack.day(&folder, &day)? {
                give(piece)?;
            }
        }
    }
    Ok(())
}

fn bad(error: ZipError) -> SourceError {
    match error {
        ZipError::Io(error) => SourceError::Io(error),
        other => SourceError::Io(io::Error::new(io::ErrorKind::InvalidData, other.to_string())),
    }
}

struct Slack<'a> {
    zip: &'a mut ZipArchive<File>,
    target: &'a Target,
    people: SlackPeople,
    channels: Vec<SlackChannel>,
}

impl<'a> Slack<'a> {
    fn new(zip: &'a mut ZipArchive<File>, target: &'a Target) -> Result<Self, SourceError> {
        let mut list = |name: &str| -> Result<Vec<u8>, SourceError> {
            let missing = || SourceError::NoSlack(name.to_owned());
            whole(zip, name)?.ok_or_else(missing)
        };
        let people = SlackPeople::parse(&list("users.json")?)?;
        let channels = slack_channels(&list("channels.json")?)?;
        Ok(Slack { zip, target, people, channels })
    }

    /// The days of each folder, in order; what else is there is left out.
    fn folders<E>(
        &self,
        give: &mut dyn FnMut(Piece) -> Result<(), E>,
    ) -> Result<BTreeMap<String, BTreeSet<String>>, E> {
        const LISTS: [&str; 2] = ["users.json", "channels.json"];
        let mut folders = BTreeMap::<_, BTreeSet<_>>::new();
        // One whose name cannot be read is no day of a channel.
        let names = self.zip.file_names().map(|name| name.unwrap_or_default());
        for name in names.filter(|name| !name.ends_with('/')) {
            match name.split_once('/') {
                Some((folder, day)) if day.ends_with(".json") && !day.contains('/') => {
                    folders.entry(folder.to_owned()).or_default().insert(name.to_string());
                }
                _ if LISTS.contains(&&*name) => {}
                _ => give(Piece::LeftOut(OTHER_FILES, 1))?,
            }
        }
        Ok(folders)
    }

    fn topics(&self) -> Vec<Piece> {
        self.channels.iter().filter_map(|channel| self.topic(channel)).collect()
    }

    fn topic(&self, channel: &SlackChannel) -> Option<Piece> {
        let topic = channel.topic.as_ref()?;
        let room = match self.place(&channel.name) {
            Ok(room) => room,
            Err(reason) => return Some(Piece::LeftOut(reason, 1)),
        };
        let origin = Ref::try_from(&*format!("slack:{}", channel.id)).ok()?;
        let Ok(text) = TopicText::try_from(&*topic.text) else {
            return Some(Piece::LeftOut(LONG_TOPIC, 1));
        };
        let (sender, _) = self.people.name(&topic.by);
        let what = Imported::Topic(text);
        let import = Import { room, origin, sender, at: topic.at, what };
        Some(Piece::new(import, Vec::new(), self.target.now))
    }

    fn channel(&self, folder: &str) -> Option<&SlackChannel> {
        self.channels.iter().find(|channel| channel.name == folder)
    }

    /// Which room a folder goes to; else why to none.
    fn place(&self, folder: &str) -> Result<RoomName, &'static str> {
        let is_wanted =
            |from: &RoomName| *from.as_str() == *folder || *from.key().as_ref() == *folder;
        if self.target.from.as_ref().is_some_and(|from| !is_wanted(from)) {
            return Err(OTHER_ROOMS);
        }
        if self.channel(folder).is_none() && !self.target.names_one() {
            return Err(SECRET);
        }
        match &self.target.into {
            Some(into) => Ok(into.clone()),
            None => RoomName::try_from(folder).map_err(|_| BAD_ROOM),
        }
    }

    /// What was said on a day.
    fn day(&mut self, folder: &str, name: &str) -> Result<Vec<Piece>, SourceError> {
        let Some(bytes) = whole(self.zip, name)? else {
            return Ok(vec![Piece::LeftOut(BAD_FILES, 1)]);
        };
        let Ok(day) = slack_day(&bytes, &self.people, &self.channels) else {
            return Ok(vec![Piece::LeftOut(BAD_FILES, 1)]);
        };
        let id = self.channel(folder).map_or(folder, |channel| &channel.id).to_owned();
        let place = self.place(folder);
        let piece = |said: Result<SlackSaid, &'static str>| match (&place, said) {
            (Err(reason), _) => Piece::LeftOut(reason, 1),
            (_, Err(reason)) => Piece::LeftOut(reason, 1),
            (Ok(room), Ok(said)) => self.piece(room, &id, said),
        };
        Ok(day.into_iter().map(piece).collect())
    }

    fn piece(&self, room: &RoomName, channel: &str, said: SlackSaid) -> Piece {
        let origin = |ts: &str| Ref::try_from(&*format!("slack:{channel}:{ts}"));
        let mut changed = Vec::new();
        let changes = [(said.is_renamed, RENAMED), (said.is_cut, CUT), (said.files > 0, FILES)];
        changed.extend(changes.into_iter().filter(|(is, _)| *is).map(|(_, why)| why));
        let reactions = reactions(said.reactions, &mut changed);
        let content = match said.text.map(Body::try_from).transpose() {
            Ok(content) => content,
            Err(_) => return Piece::LeftOut(BLANK, 1),
        };
        let reply = said.thread.and_then(|thread| origin(&thread).ok());
        let Ok(origin) = origin(&said.ts) else { return Piece::LeftOut(BAD_FILES, 1) };
        let (edited, bot) = (said.edited, said.bot);
        let message = ImportedMessage { content, reply, edited, reactions, bot };
        let (room, what) = (room.clone(), Imported::Message(message));
        let import = Import { room, origin, sender: said.sender, at: said.at, what };
        Piece::new(import, changed, self.target.now)
    }
}

/// None if it is too large, or not there.
fn whole(zip: &mut ZipArchive<File>, name: &str) -> Result<Option<Vec<u8>>, SourceError> {
    let file = match zip.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(bad(error)),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= FILE_BYTES_MAX))
}

fn reactions(all: Vec<SlackReaction>, changed: &mut Vec<&'static str>) -> Vec<Reaction> {
    let mut kept: Vec<Reaction> = Vec::new();
    for SlackReaction { emoji, count, mut users } in all {
        let Some(emoji) = emoji else {
            if !changed.contains(&NO_EMOJI) {
                changed.push(NO_EMOJI);
            }
            continue;
        };
        // Those that differ by a skin tone alone are one here.
        if let Some(same) = kept.iter_mut().find(|it| it.emoji == emoji) {
            same.count = same.count.saturating_add(count);
            same.users.append(&mut users);
        } else {
            kept.push(Reaction { emoji, count, users });
        }
    }
    fitting(kept, changed)
}
