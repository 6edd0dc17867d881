//! Which key means what: one table, from which the help is made too.
//!
//! This file does not know what a meaning does.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Wish {
    Send,
    Newline,
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
    KillToStart,
    KillToEnd,
    KillWord,
    Yank,
    PageUp,
    PageDown,
    Top,
    Bottom,
    NextRoom,
    PreviousRoom,
    Help,
    Escape,
    Interrupt,
}

/// A key, its modifiers, its meaning, and the words of the help.
pub type Binding = (KeyModifiers, KeyCode, Wish, &'static str, &'static str);

const NONE: KeyModifiers = KeyModifiers::NONE;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;

/// All keys with a meaning of their own. An empty description leaves a second key for the same
/// thing out of the help.
pub const BINDINGS: &[Binding] = &[
    (NONE, KeyCode::Enter, Wish::Send, "Enter", "send"),
    (ALT, KeyCode::Enter, Wish::Newline, "M-Enter", "new line"),
    (NONE, KeyCode::PageUp, Wish::PageUp, "PgUp", "older messages"),
    (NONE, KeyCode::PageDown, Wish::PageDown, "PgDn", "newer messages"),
    (ALT, KeyCode::Home, Wish::Top, "M-Home", "oldest loaded message"),
    (ALT, KeyCode::End, Wish::Bottom, "M-End", "newest message"),
    (NONE, KeyCode::Esc, Wish::Escape, "Esc", "close the help, else to the newest message"),
    (CONTROL, KeyCode::Char('n'), Wish::NextRoom, "C-n", "next room"),
    (CONTROL, KeyCode::Char('p'), Wish::PreviousRoom, "C-p", "previous room"),
    (CONTROL, KeyCode::Char('a'), Wish::Home, "C-a", "to the start of the input"),
    (CONTROL, KeyCode::Char('e'), Wish::End, "C-e", "to its end"),
    (CONTROL, KeyCode::Char('w'), Wish::KillWord, "C-w", "cut the word before the caret"),
    (CONTROL, KeyCode::Char('u'), Wish::KillToStart, "C-u", "cut to the start"),
    (CONTROL, KeyCode::Char('k'), Wish::KillToEnd, "C-k", "cut to the end"),
    (CONTROL, KeyCode::Char('y'), Wish::Yank, "C-y", "put back what was cut"),
    (CONTROL, KeyCode::Char('c'), Wish::Interrupt, "C-c", "clear the input; twice: leave"),
    (NONE, KeyCode::F(1), Wish::Help, "F1", "this help"),
    (NONE, KeyCode::Left, Wish::Left, "", ""),
    (NONE, KeyCode::Right, Wish::Right, "", ""),
    (CONTROL, KeyCode::Char('b'), Wish::Left, "", ""),
    (CONTROL, KeyCode::Char('f'), Wish::Right, "", ""),
    (NONE, KeyCode::Home, Wish::Home, "", ""),
    (NONE, KeyCode::End, Wish::End, "", ""),
    (NONE, KeyCode::Backspace, Wish::Backspace, "", ""),
    (CONTROL, KeyCode::Char('h'), Wish::Backspace, "", ""),
    (NONE, KeyCode::Delete, Wish::Delete, "", ""),
    (CONTROL, KeyCode::Char('d'), Wish::Delete, "", ""),
];

/// What a key does: a wish, a character of text, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Something from the table.
    Wish(Wish),
    /// A character to write.
    Char(char),
}

/// Looks a key up.
pub fn meaning(key: KeyEvent) -> Option<Meaning> {
    // Some systems report the release of a key as well.
    if key.kind == KeyEventKind::Release {
        return None;
    }
    // Shift is in the character already.
    let modifiers = key.modifiers.difference(KeyModifiers::SHIFT);
    let bound = BINDINGS.iter().find(|(with, code, ..)| *with == modifiers && *code == key.code);
    match (bound, key.code) {
        (Some((_, _, wish, ..)), _) => Some(Meaning::Wish(*wish)),
        (None, KeyCode::Char(c)) if modifiers.is_empty() => Some(Meaning::Char(c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings() {
        for (i, (with, code, ..)) in BINDINGS.iter().enumerate() {
            let same = BINDINGS[..i].iter().any(|(w, c, ..)| w == with && c == code);
            assert!(!same, "{with:?} {code:?} stands twice");
        }
    }

    #[test]
    fn a_release_means_nothing_and_shift_is_part_of_the_character() {
        let mut key = KeyEvent::new(KeyCode::Char('A'), KeyModifiers::SHIFT);
        assert_eq!(meaning(key), Some(Meaning::Char('A')));
        key.kind = KeyEventKind::Release;
        assert_eq!(meaning(key), None);
        let unbound = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::ALT);
        assert_eq!(meaning(unbound), None);
    }
}
