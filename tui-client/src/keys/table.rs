//! The table of keys: what each means, and the words of the help.
//!
//! This file does not know how a key is looked up.

use crossterm::event::{KeyCode, KeyModifiers};

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Wish {
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
    Switch,
    Room(u8),
    Rooms,
    People,
    PeopleUp,
    PeopleDown,
    Bare,
    Mouse,
    Repaint,
    Help,
    Escape,
    Interrupt,
    Suspend,
}

/// A key, its modifiers, its meaning, and the words of the help.
pub type Binding = (KeyModifiers, KeyCode, Wish, &'static str, &'static str);

/// A key with its modifiers.
pub type Chord = (KeyModifiers, KeyCode);

pub(super) const NONE: KeyModifiers = KeyModifiers::NONE;
pub(super) const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
pub(super) const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
pub(super) const ALT: KeyModifiers = KeyModifiers::ALT;

/// The first of two keys: what follows it has a table of its own.
pub const FIRST: Chord = (CONTROL, KeyCode::Char('x'));

/// Keys that mean something after the first of two.
pub(super) const SECOND: &[(Chord, Wish)] = &[((CONTROL, KeyCode::Char('e')), Wish::Editor)];

/// All keys with a meaning of their own. An empty description leaves a second key for the same
/// thing out of the help.
pub const BINDINGS: &[Binding] = &[
    (NONE, KeyCode::Enter, Wish::Send, "Enter", "send"),
    (ALT, KeyCode::Enter, Wish::Newline, "M-Enter", "new line"),
    (SHIFT, KeyCode::Enter, Wish::Newline, "", ""),
    (ALT, KeyCode::Char('e'), Wish::Editor, "M-e", "write in $EDITOR; also C-x C-e"),
    (
        NONE,
        KeyCode::Tab,
        Wish::Complete,
        "Tab",
        "complete a name, command or room; again: the next",
    ),
    (NONE, KeyCode::BackTab, Wish::CompleteBack, "", ""),
    (NONE, KeyCode::Up, Wish::Up, "Up", "up a row; in the first: the previous message you sent"),
    (NONE, KeyCode::Down, Wish::Down, "Down", "down a row; in the last: the next message you sent"),
    (CONTROL, KeyCode::Char('r'), Wish::Recall, "C-r", "search the messages you sent"),
    (NONE, KeyCode::PageUp, Wish::PageUp, "PgUp", "older messages"),
    (NONE, KeyCode::PageDown, Wish::PageDown, "PgDn", "newer messages"),
    (ALT, KeyCode::Home, Wish::Top, "M-Home", "oldest loaded message"),
    (
        ALT,
        KeyCode::End,
        Wish::Bottom,
        "M-End",
        "newest message; also End, while the input is empty",
    ),
    (ALT, KeyCode::Char('u'), Wish::FirstUnread, "M-u", "first unread message"),
    (ALT, KeyCode::Char('p'), Wish::PreviousMention, "M-p", "previous mention of you"),
    (ALT, KeyCode::Char('n'), Wish::NextMention, "M-n", "next mention of you"),
    (CONTROL, KeyCode::Char('s'), Wish::Search, "C-s", "search the messages"),
    (ALT, KeyCode::Up, Wish::Select, "M-Up", "select a message: then d deletes, c copies it"),
    (ALT, KeyCode::Down, Wish::SelectNewer, "", ""),
    (ALT, KeyCode::Char('o'), Wish::Open, "M-o", "show all of a long message, or fold it again"),
    (NONE, KeyCode::Esc, Wish::Escape, "Esc", "close what is open, else go to the newest message"),
    (CONTROL, KeyCode::Char('n'), Wish::NextRoom, "C-n", "next room"),
    (CONTROL, KeyCode::Char('p'), Wish::PreviousRoom, "C-p", "previous room"),
    (ALT, KeyCode::Char('a'), Wish::NextActive, "M-a", "next room with unread messages"),
    (CONTROL, KeyCode::Char('g'), Wish::Switch, "C-g", "find a room by part of its name"),
    (ALT, KeyCode::Char('j'), Wish::Switch, "", ""),
    (ALT, KeyCode::Char('1'), Wish::Room(1), "M-1", "room 1; M-2 to M-9: rooms 2 to 9"),
    (ALT, KeyCode::Char('2'), Wish::Room(2), "", ""),
    (ALT, KeyCode::Char('3'), Wish::Room(3), "", ""),
    (ALT, KeyCode::Char('4'), Wish::Room(4), "", ""),
    (ALT, KeyCode::Char('5'), Wish::Room(5), "", ""),
    (ALT, KeyCode::Char('6'), Wish::Room(6), "", ""),
    (ALT, KeyCode::Char('7'), Wish::Room(7), "", ""),
    (ALT, KeyCode::Char('8'), Wish::Room(8), "", ""),
    (ALT, KeyCode::Char('9'), Wish::Room(9), "", ""),
    (NONE, KeyCode::F(7), Wish::Rooms, "F7", "show or hide the rooms"),
    (NONE, KeyCode::F(8), Wish::People, "F8", "show or hide the people"),
    (ALT, KeyCode::PageUp, Wish::PeopleUp, "M-PgUp", "scroll the people up"),
    (ALT, KeyCode::PageDown, Wish::PeopleDown, "M-PgDn", "scroll the people down"),
    (CONTROL, KeyCode::Char('a'), Wish::Home, "C-a", "start of the input"),
    (CONTROL, KeyCode::Char('e'), Wish::End, "C-e", "end of the input"),
    (ALT, KeyCode::Char('b'), Wish::WordLeft, "M-b", "one word left"),
    (ALT, KeyCode::Char('f'), Wish::WordRight, "M-f", "one word right"),
    (CONTROL, KeyCode::Char('w'), Wish::KillWord, "C-w", "cut the word before the cursor"),
    (ALT, KeyCode::Char('d'), Wish::KillNextWord, "M-d", "cut the word after the cursor"),
    (CONTROL, KeyCode::Char('u'), Wish::KillToStart, "C-u", "cut to the start"),
    (CONTROL, KeyCode::Char('k'), Wish::KillToEnd, "C-k", "cut to the end"),
    (CONTROL, KeyCode::Char('y'), Wish::Yank, "C-y", "paste what was cut"),
    (ALT, KeyCode::Char('y'), Wish::YankOlder, "M-y", "after C-y: what was cut before it"),
    (CONTROL, KeyCode::Char('t'), Wish::Transpose, "C-t", "swap two characters"),
    (CONTROL, KeyCode::Char('_'), Wish::Undo, "C-_", "undo"),
    // What terminals send for C-_: those that tell keys apart, and those that know no better.
    (CONTROL.union(SHIFT), KeyCode::Char('-'), Wish::Undo, "", ""),
    (CONTROL, KeyCode::Char('7'), Wish::Undo, "", ""),
    (CONTROL, KeyCode::Char('/'), Wish::Undo, "", ""),
    (ALT, KeyCode::Char('l'), Wish::Bare, "M-l", "copy mode: only text, to select it"),
    (ALT, KeyCode::Char('m'), Wish::Mouse, "M-m", "mouse on: it scrolls; off: it selects text"),
    (CONTROL, KeyCode::Char('l'), Wish::Repaint, "C-l", "redraw the screen"),
    (NONE, KeyCode::F(1), Wish::Help, "F1", "this help"),
    (
        CONTROL,
        KeyCode::Char('c'),
        Wish::Interrupt,
        "C-c",
        "clear the input (C-y restores it); twice: quit",
    ),
    (CONTROL, KeyCode::Char('z'), Wish::Suspend, "C-z", "suspend; fg in the shell resumes"),
    (NONE, KeyCode::Left, Wish::Left, "", ""),
    (NONE, KeyCode::Right, Wish::Right, "", ""),
    (CONTROL, KeyCode::Char('b'), Wish::Left, "", ""),
    (CONTROL, KeyCode::Char('f'), Wish::Right, "", ""),
    (CONTROL, KeyCode::Left, Wish::WordLeft, "", ""),
    (CONTROL, KeyCode::Right, Wish::WordRight, "", ""),
    (NONE, KeyCode::Home, Wish::Home, "", ""),
    (NONE, KeyCode::End, Wish::End, "", ""),
    (NONE, KeyCode::Backspace, Wish::Backspace, "", ""),
    (CONTROL, KeyCode::Char('h'), Wish::Backspace, "", ""),
    (ALT, KeyCode::Backspace, Wish::KillWord, "", ""),
    (NONE, KeyCode::Delete, Wish::Delete, "", ""),
    (CONTROL, KeyCode::Char('d'), Wish::Delete, "", ""),
];
