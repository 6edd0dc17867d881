//! The table of keys: what each means, and the words of the help.
//!
//! This file does not know how a key is looked up.

use crossterm::event::{KeyCode, KeyModifiers};

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum KeyCommand {
    Send,
    Newline,
    Editor,
    Complete,
    CompleteBack,
    Up,
    Down,
    Recall,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Backspace,
    Delete,
    KillWord,
    KillNextWord,
    KillToStart,
    KillToEnd,
    Yank,
    YankOlder,
    Transpose,
    Undo,
    PageUp,
    PageDown,
    Top,
    Bottom,
    FirstUnread,
    PreviousMention,
    NextMention,
    Search,
    Select,
    SelectNewer,
    Open,
    NextRoom,
    PreviousRoom,
    NextActive,
    LastRoom,
    WriteToLast,
    Switch,
    Browse,
    Room(u8),
    Rooms,
    People,
    PeopleUp,
    PeopleDown,
    CopyMode,
    Mouse,
    Repaint,
    Help,
    Escape,
    Interrupt,
    Suspend,
}

/// A key, its modifiers, its meaning, and the words of the help.
pub type Binding = (KeyModifiers, KeyCode, KeyCommand, &'static str, &'static str);

/// A key with its modifiers.
pub type Chord = (KeyModifiers, KeyCode);

pub(super) const NONE: KeyModifiers = KeyModifiers::NONE;
pub(super) const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
pub(super) const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
pub(super) const ALT: KeyModifiers = KeyModifiers::ALT;

/// The first of two keys: what follows it has a table of its own.
pub const FIRST: Chord = (CONTROL, KeyCode::Char('x'));

/// Keys that mean something after the first of two.
pub(super) const SECOND: &[(Chord, KeyCommand)] =
    &[((CONTROL, KeyCode::Char('e')), KeyCommand::Editor)];

/// All keys with a meaning of their own. The help leaves out those without words; those without a name
/// as well are no key to advise.
pub const BINDINGS: &[Binding] = &[
    (NONE, KeyCode::Enter, KeyCommand::Send, "Enter", "send"),
    (ALT, KeyCode::Enter, KeyCommand::Newline, "M-Enter", "new line"),
    (SHIFT, KeyCode::Enter, KeyCommand::Newline, "", ""),
    (ALT, KeyCode::Char('e'), KeyCommand::Editor, "M-e", "write in $EDITOR; also C-x C-e"),
    (
        NONE,
        KeyCode::Tab,
        KeyCommand::Complete,
        "Tab",
        "complete a name, command, room or :picture:; again: the next; pasted code: fence it",
    ),
    (NONE, KeyCode::BackTab, KeyCommand::CompleteBack, "", ""),
    (
        NONE,
        KeyCode::Up,
        KeyCommand::Up,
        "Up",
        "up a row; from the first: what you sent before; with nothing written: edit your newest message",
    ),
    (
        NONE,
        KeyCode::Down,
        KeyCommand::Down,
        "Down",
        "down a row; in the last: the next message you sent",
    ),
    (CONTROL, KeyCode::Char('r'), KeyCommand::Recall, "C-r", "search the messages you sent"),
    (NONE, KeyCode::PageUp, KeyCommand::PageUp, "PgUp", "older messages"),
    (NONE, KeyCode::PageDown, KeyCommand::PageDown, "PgDn", "newer messages"),
    (ALT, KeyCode::Home, KeyCommand::Top, "M-Home", "oldest loaded message"),
    (
        ALT,
        KeyCode::End,
        KeyCommand::Bottom,
        "M-End",
        "newest message; also End, while the input is empty",
    ),
    (ALT, KeyCode::Char('u'), KeyCommand::FirstUnread, "M-u", "first unread message"),
    (ALT, KeyCode::Char('p'), KeyCommand::PreviousMention, "M-p", "previous mention of you"),
    (ALT, KeyCode::Char('n'), KeyCommand::NextMention, "M-n", "next mention of you"),
    (CONTROL, KeyCode::Char('s'), KeyCommand::Search, "C-s", "search the messages"),
    (
        ALT,
        KeyCode::Up,
        KeyCommand::Select,
        "M-Up",
        "select a message, to reply, edit, react, delete, copy or open a link",
    ),
    (ALT, KeyCode::Down, KeyCommand::SelectNewer, "M-Down", ""),
    (
        ALT,
        KeyCode::Char('o'),
        KeyCommand::Open,
        "M-o",
        "open a long message or a spoiler, or close it again",
    ),
    (
        NONE,
        KeyCode::Esc,
        KeyCommand::Escape,
        "Esc",
        "close what is open, stop a reply or an edit, else go to the newest message",
    ),
    (CONTROL, KeyCode::Char('n'), KeyCommand::NextRoom, "C-n", "next room"),
    (CONTROL, KeyCode::Char('p'), KeyCommand::PreviousRoom, "C-p", "previous room"),
    (ALT, KeyCode::Char('a'), KeyCommand::NextActive, "M-a", "next room with unread messages"),
    (ALT, KeyCode::Char('0'), KeyCommand::LastRoom, "M-0", "the room before this one"),
    (
        ALT,
        KeyCode::Char('r'),
        KeyCommand::WriteToLast,
        "M-r",
        "write to who wrote last here, alone",
    ),
    (CONTROL, KeyCode::Char('g'), KeyCommand::Switch, "C-g", "find a room or person by their name"),
    (ALT, KeyCode::Char('j'), KeyCommand::Switch, "", ""),
    (NONE, KeyCode::F(6), KeyCommand::Browse, "F6", "find a room among all there are"),
    (ALT, KeyCode::Char('1'), KeyCommand::Room(1), "M-1", "room 1; M-2 to M-9: rooms 2 to 9"),
    (ALT, KeyCode::Char('2'), KeyCommand::Room(2), "", ""),
    (ALT, KeyCode::Char('3'), KeyCommand::Room(3), "", ""),
    (ALT, KeyCode::Char('4'), KeyCommand::Room(4), "", ""),
    (ALT, KeyCode::Char('5'), KeyCommand::Room(5), "", ""),
    (ALT, KeyCode::Char('6'), KeyCommand::Room(6), "", ""),
    (ALT, KeyCode::Char('7'), KeyCommand::Room(7), "", ""),
    (ALT, KeyCode::Char('8'), KeyCommand::Room(8), "", ""),
    (ALT, KeyCode::Char('9'), KeyCommand::Room(9), "", ""),
    (NONE, KeyCode::F(7), KeyCommand::Rooms, "F7", "show or hide the rooms"),
    (NONE, KeyCode::F(8), KeyCommand::People, "F8", "show or hide the people"),
    (ALT, KeyCode::PageUp, KeyCommand::PeopleUp, "M-PgUp", "scroll the people up"),
    (ALT, KeyCode::PageDown, KeyCommand::PeopleDown, "M-PgDn", "scroll the people down"),
    (CONTROL, KeyCode::Char('a'), KeyCommand::Home, "C-a", "start of the input"),
    (CONTROL, KeyCode::Char('e'), KeyCommand::End, "C-e", "end of the input"),
    (ALT, KeyCode::Char('b'), KeyCommand::WordLeft, "M-b", "one word left"),
    (ALT, KeyCode::Char('f'), KeyCommand::WordRight, "M-f", "one word right"),
    (CONTROL, KeyCode::Char('w'), KeyCommand::KillWord, "C-w", "cut the word before the cursor"),
    (ALT, KeyCode::Char('d'), KeyCommand::KillNextWord, "M-d", "cut the word after the cursor"),
    (CONTROL, KeyCode::Char('u'), KeyCommand::KillToStart, "C-u", "cut to the start"),
    (
        CONTROL,
        KeyCode::Char('k'),
        KeyCommand::KillToEnd,
        "C-k",
        "cut to the end; with nothing written: as C-g",
    ),
    (CONTROL, KeyCode::Char('y'), KeyCommand::Yank, "C-y", "paste what was cut"),
    (ALT, KeyCode::Char('y'), KeyCommand::YankOlder, "M-y", "after C-y: what was cut before it"),
    (CONTROL, KeyCode::Char('t'), KeyCommand::Transpose, "C-t", "swap two characters"),
    (CONTROL, KeyCode::Char('_'), KeyCommand::Undo, "C-_", "undo"),
    // What terminals send for C-_: those that tell keys apart, and those that know no better.
    (CONTROL.union(SHIFT), KeyCode::Char('-'), KeyCommand::Undo, "", ""),
    (CONTROL, KeyCode::Char('7'), KeyCommand::Undo, "", ""),
    (CONTROL, KeyCode::Char('/'), KeyCommand::Undo, "", ""),
    (ALT, KeyCode::Char('l'), KeyCommand::CopyMode, "M-l", "copy mode: only text, to select it"),
    (
        ALT,
        KeyCode::Char('m'),
        KeyCommand::Mouse,
        "M-m",
        "mouse on: it scrolls; off: it selects text",
    ),
    (CONTROL, KeyCode::Char('l'), KeyCommand::Repaint, "C-l", "redraw the screen"),
    (NONE, KeyCode::F(1), KeyCommand::Help, "F1", "this help"),
    (
        CONTROL,
        KeyCode::Char('c'),
        KeyCommand::Interrupt,
        "C-c",
        "clear the input (C-y restores it); twice: quit",
    ),
    (CONTROL, KeyCode::Char('z'), KeyCommand::Suspend, "C-z", "suspend; fg in the shell resumes"),
    (NONE, KeyCode::Left, KeyCommand::Left, "", ""),
    (NONE, KeyCode::Right, KeyCommand::Right, "", ""),
    (CONTROL, KeyCode::Char('b'), KeyCommand::Left, "", ""),
    (CONTROL, KeyCode::Char('f'), KeyCommand::Right, "", ""),
    (CONTROL, KeyCode::Left, KeyCommand::WordLeft, "", ""),
    (CONTROL, KeyCode::Right, KeyCommand::WordRight, "", ""),
    (NONE, KeyCode::Home, KeyCommand::Home, "", ""),
    (NONE, KeyCode::End, KeyCommand::End, "", ""),
    (NONE, KeyCode::Backspace, KeyCommand::Backspace, "", ""),
    (CONTROL, KeyCode::Char('h'), KeyCommand::Backspace, "", ""),
    (ALT, KeyCode::Backspace, KeyCommand::KillWord, "", ""),
    (NONE, KeyCode::Delete, KeyCommand::Delete, "", ""),
    (CONTROL, KeyCode::Char('d'), KeyCommand::Delete, "", ""),
];
