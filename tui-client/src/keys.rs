//! Which key means what: one table, from which the help is made too, and what a person changed
//! in it.
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
    KillNextWord,
    Yank,
    Undo,
    Transpose,
    WordLeft,
    WordRight,
    Up,
    Down,
    Complete,
    CompleteBack,
    PageUp,
    PageDown,
    Top,
    Bottom,
    People,
    PeopleUp,
    PeopleDown,
    NextRoom,
    PreviousRoom,
    NextActive,
    Room1,
    Room2,
    Room3,
    Room4,
    Room5,
    Room6,
    Room7,
    Room8,
    Room9,
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
    (NONE, KeyCode::F(8), Wish::People, "F8", "show or hide the people"),
    (ALT, KeyCode::PageUp, Wish::PeopleUp, "M-PgUp", "people further up"),
    (ALT, KeyCode::PageDown, Wish::PeopleDown, "M-PgDn", "people further down"),
    (CONTROL, KeyCode::Char('n'), Wish::NextRoom, "C-n", "next room"),
    (CONTROL, KeyCode::Char('p'), Wish::PreviousRoom, "C-p", "previous room"),
    (ALT, KeyCode::Char('a'), Wish::NextActive, "M-a", "next room with something new"),
    (ALT, KeyCode::Char('1'), Wish::Room1, "M-1", "first room; M-2 to M-9: the others"),
    (ALT, KeyCode::Char('2'), Wish::Room2, "", ""),
    (ALT, KeyCode::Char('3'), Wish::Room3, "", ""),
    (ALT, KeyCode::Char('4'), Wish::Room4, "", ""),
    (ALT, KeyCode::Char('5'), Wish::Room5, "", ""),
    (ALT, KeyCode::Char('6'), Wish::Room6, "", ""),
    (ALT, KeyCode::Char('7'), Wish::Room7, "", ""),
    (ALT, KeyCode::Char('8'), Wish::Room8, "", ""),
    (ALT, KeyCode::Char('9'), Wish::Room9, "", ""),
    (CONTROL, KeyCode::Char('a'), Wish::Home, "C-a", "to the start of the input"),
    (CONTROL, KeyCode::Char('e'), Wish::End, "C-e", "to its end"),
    (CONTROL, KeyCode::Char('w'), Wish::KillWord, "C-w", "cut the word before the caret"),
    (CONTROL, KeyCode::Char('u'), Wish::KillToStart, "C-u", "cut to the start"),
    (CONTROL, KeyCode::Char('k'), Wish::KillToEnd, "C-k", "cut to the end"),
    (ALT, KeyCode::Char('d'), Wish::KillNextWord, "M-d", "cut the word after the caret"),
    (CONTROL, KeyCode::Char('y'), Wish::Yank, "C-y", "put back what was cut"),
    (CONTROL, KeyCode::Char('_'), Wish::Undo, "C-_", "undo"),
    (CONTROL, KeyCode::Char('t'), Wish::Transpose, "C-t", "swap two characters"),
    (ALT, KeyCode::Char('b'), Wish::WordLeft, "M-b", "a word to the left"),
    (ALT, KeyCode::Char('f'), Wish::WordRight, "M-f", "a word to the right"),
    (NONE, KeyCode::Up, Wish::Up, "Up", "a row up; from the first, what was sent before"),
    (NONE, KeyCode::Down, Wish::Down, "Down", "a row down; from the last, what was sent after"),
    (NONE, KeyCode::Tab, Wish::Complete, "Tab", "complete a name, command or room; again: another"),
    (NONE, KeyCode::BackTab, Wish::CompleteBack, "", ""),
    (CONTROL, KeyCode::Left, Wish::WordLeft, "", ""),
    (CONTROL, KeyCode::Right, Wish::WordRight, "", ""),
    (ALT, KeyCode::Backspace, Wish::KillWord, "", ""),
    // What terminals send for C-_ where they know no better.
    (CONTROL, KeyCode::Char('7'), Wish::Undo, "", ""),
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

/// A key that means something at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    modifiers: KeyModifiers,
    code: KeyCode,
    wish: Wish,
    /// The key in the words of the help; empty if it stands there under another key.
    pub shown: String,
    /// What it does, in the words of the help.
    pub what: &'static str,
}

/// The table as this person wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    bound: Vec<Bound>,
    /// Keys that the person named.
    named: Vec<Chord>,
}

impl Default for Keys {
    fn default() -> Self {
        let bound = BINDINGS.iter().map(|(modifiers, code, wish, shown, what)| {
            let shown = (*shown).to_owned();
            Bound { modifiers: *modifiers, code: *code, wish: *wish, shown, what }
        });
        Keys { bound: bound.collect(), named: Vec::new() }
    }
}

impl Keys {
    /// Gives a key another meaning, by their names: `C-n` and `next-room`, or `none`.
    ///
    /// # Errors
    /// A sentence for the person, if there is no such key or meaning, or the key is named twice.
    pub fn bind(&mut self, key: &str, wish: &str) -> Result<(), String> {
        let chord = chord(key)?;
        if self.named.contains(&chord) {
            return Err(format!("{key} is bound twice here: keep one of the two"));
        }
        let wanted = match wish {
            "none" => None,
            name => {
                let found = BINDINGS.iter().find(|(_, _, wish, ..)| wish_name(*wish) == name);
                Some(found.ok_or_else(|| format!("{name:?} is none of {}", wish_names()))?.2)
            }
        };
        self.named.push(chord);
        self.bound.retain(|bound| (bound.modifiers, bound.code) != chord);
        if let Some(wish) = wanted {
            let what = BINDINGS.iter().find(|binding| binding.2 == wish && !binding.4.is_empty());
            let (shown, what) = (key.to_owned(), what.map_or("", |binding| binding.4));
            let (modifiers, code) = chord;
            self.bound.push(Bound { modifiers, code, wish, shown, what });
            // The help lists it where the table has its meaning.
            let place = |bound: &Bound| BINDINGS.iter().position(|other| other.2 == bound.wish);
            self.bound.sort_by_key(place);
        }
        Ok(())
    }

    /// What can be done by no key any more, by its name.
    pub fn lost(&self) -> Vec<String> {
        let mut lost: Vec<_> = BINDINGS.iter().map(|binding| binding.2).collect();
        lost.retain(|wish| self.bound.iter().all(|bound| bound.wish != *wish));
        lost.dedup();
        lost.into_iter().map(wish_name).collect()
    }

    /// What the help lists.
    pub fn described(&self) -> impl Iterator<Item = &Bound> {
        self.bound.iter().filter(|bound| !bound.what.is_empty())
    }

    /// Looks a key up.
    pub fn meaning(&self, key: KeyEvent) -> Option<Meaning> {
        // Some systems report the release of a key as well.
        if key.kind == KeyEventKind::Release {
            return None;
        }
        // Shift is in the character already.
        let modifiers = key.modifiers.difference(KeyModifiers::SHIFT);
        let same = |bound: &&Bound| bound.modifiers == modifiers && bound.code == key.code;
        match (self.bound.iter().find(same), key.code) {
            (Some(bound), _) => Some(Meaning::Wish(bound.wish)),
            (None, KeyCode::Char(c)) if modifiers.is_empty() => Some(Meaning::Char(c)),
            _ => None,
        }
    }
}

/// Next-room, from `NextRoom`.
fn wish_name(wish: Wish) -> String {
    let mut name = String::new();
    for c in format!("{wish:?}").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(c.to_lowercase());
    }
    name
}

fn wish_names() -> String {
    let mut names: Vec<_> = BINDINGS.iter().map(|binding| wish_name(binding.2)).collect();
    names.sort();
    names.dedup();
    format!("{}, none", names.join(", "))
}

type Chord = (KeyModifiers, KeyCode);

/// Reads the name of a key, as the help writes it: `C-` with Ctrl, `M-` with Alt.
fn chord(name: &str) -> Result<Chord, String> {
    let (mut modifiers, mut rest) = (NONE, name);
    loop {
        let (with, after) = match rest.split_at_checked(2) {
            Some(("C-", after)) => (CONTROL, after),
            Some(("M-", after)) => (ALT, after),
            _ => break,
        };
        modifiers |= with;
        rest = after;
    }
    let mut chars = rest.chars();
    let code = match (rest, chars.next(), chars.next()) {
        (_, Some(c), None) => KeyCode::Char(c.to_ascii_lowercase()),
        ("Enter", ..) => KeyCode::Enter,
        ("Esc", ..) => KeyCode::Esc,
        ("Tab", ..) => KeyCode::Tab,
        ("Space", ..) => KeyCode::Char(' '),
        ("PgUp", ..) => KeyCode::PageUp,
        ("PgDn", ..) => KeyCode::PageDown,
        ("Home", ..) => KeyCode::Home,
        ("End", ..) => KeyCode::End,
        ("Up", ..) => KeyCode::Up,
        ("Down", ..) => KeyCode::Down,
        ("Left", ..) => KeyCode::Left,
        ("Right", ..) => KeyCode::Right,
        ("Backspace", ..) => KeyCode::Backspace,
        ("Delete", ..) => KeyCode::Delete,
        (_, Some('F'), Some(_)) => match rest[1..].parse() {
            Ok(n @ 1..=12) => KeyCode::F(n),
            _ => return Err(format!("there is no key {name:?}; F1 to F12 there are")),
        },
        _ => return Err(format!("there is no key {name:?}; write C-n, M-Enter, PgUp or F5")),
    };
    match (modifiers, code) {
        (NONE, KeyCode::Char(_)) => Err(format!("{name} alone is text; try C-{name} or M-{name}")),
        (CONTROL, KeyCode::Char('i' | 'm' | 'j' | '[')) => {
            Err(format!("a terminal cannot tell {name} from Tab, Enter or Esc; take another key"))
        }
        chord => Ok(chord),
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
        assert_eq!(Keys::default().meaning(key), Some(Meaning::Char('A')));
        key.kind = KeyEventKind::Release;
        assert_eq!(Keys::default().meaning(key), None);
        let unbound = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::ALT);
        assert_eq!(Keys::default().meaning(unbound), None);
    }

    #[test]
    fn keys_are_rebound_by_name() {
        let press =
            |keys: &Keys, c| keys.meaning(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
        let mut keys = Keys::default();
        keys.bind("C-x", "next-room").unwrap();
        keys.bind("C-n", "none").unwrap();
        assert_eq!(press(&keys, 'x'), Some(Meaning::Wish(Wish::NextRoom)));
        assert_eq!(press(&keys, 'n'), None);
        assert_eq!(keys.lost(), Vec::<String>::new());
        let described: Vec<_> = keys.described().map(|bound| bound.shown.as_str()).collect();
        assert!(described.contains(&"C-x") && !described.contains(&"C-n"), "{described:?}");
        keys.bind("C-p", "help").unwrap();
        assert_eq!(keys.lost(), ["previous-room"]);
    }

    #[test]
    fn what_cannot_be_bound_says_why() {
        for (key, wish, why) in [
            ("C-c", "help", "bound twice"),
            ("x", "help", "text"),
            ("C-m", "help", "Enter"),
            ("C-[", "help", "Esc"),
            ("F13", "help", "F12"),
            ("Hyper-x", "help", "no key"),
            ("", "help", "no key"),
            ("C-x", "dance", "next-room"),
        ] {
            let mut keys = Keys::default();
            keys.bind("C-C", "send").unwrap();
            let error = keys.bind(key, wish).unwrap_err();
            assert!(error.contains(why), "{key} {wish}: {error}");
        }
    }
}
