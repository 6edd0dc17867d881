//! Which key means what: one table, from which the help is made too, and what a person changed
//! in it.
//!
//! This file does not know what a meaning does.

mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use table::{ALT, CONTROL, NONE, SECOND, SHIFT};
pub use table::{BINDINGS, Binding, Chord, FIRST, KeyCommand};

/// What a key does: a command, a character of text, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Something from the table.
    Command(KeyCommand),
    /// A character to write.
    Char(char),
    /// The first of two keys.
    First,
}

/// A key that means something at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    modifiers: crossterm::event::KeyModifiers,
    code: KeyCode,
    command: KeyCommand,
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
        let bound = BINDINGS.iter().map(|(modifiers, code, command, shown, what)| {
            let shown = (*shown).to_owned();
            Bound { modifiers: *modifiers, code: *code, command: *command, shown, what }
        });
        Keys { bound: bound.collect(), named: Vec::new() }
    }
}

impl Keys {
    /// Gives a key another meaning, by their names: `C-n` and `next-room`, or `none`.
    ///
    /// # Errors
    /// A sentence for the person, if there is no such key or meaning, or the key is named twice.
    pub fn bind(&mut self, key: &str, command: &str) -> Result<(), String> {
        let chord = chord(key)?;
        if self.named.contains(&chord) {
            return Err(format!("{key} is bound twice; remove one"));
        }
        let wanted = match command {
            "none" => None,
            // As older versions called it.
            "bare" => Some(KeyCommand::CopyMode),
            name => {
                let found =
                    BINDINGS.iter().find(|(_, _, command, ..)| command_name(*command) == name);
                Some(
                    found
                        .ok_or_else(|| {
                            format!("unknown action {name:?}; choose one of: {}", command_names())
                        })?
                        .2,
                )
            }
        };
        self.named.push(chord);
        self.bound.retain(|bound| (bound.modifiers, bound.code) != chord);
        if let Some(command) = wanted {
            let what =
                BINDINGS.iter().find(|binding| binding.2 == command && !binding.4.is_empty());
            let (shown, what) = (key.to_owned(), what.map_or("", |binding| binding.4));
            let (modifiers, code) = chord;
            self.bound.push(Bound { modifiers, code, command, shown, what });
            // The help lists it where the table has its meaning.
            let place = |bound: &Bound| BINDINGS.iter().position(|other| other.2 == bound.command);
            self.bound.sort_by_key(place);
        }
        Ok(())
    }

    /// What can be done by no key any more, by its name.
    pub fn lost(&self) -> Vec<String> {
        let mut lost: Vec<_> = BINDINGS.iter().map(|binding| binding.2).collect();
        lost.retain(|command| self.bound.iter().all(|bound| bound.command != *command));
        lost.dedup();
        lost.into_iter().map(command_name).collect()
    }

    /// The key for something, in the words of the help.
    pub fn shown(&self, command: KeyCommand) -> Option<&str> {
        let mut bound = self.bound.iter().filter(|bound| bound.command == command);
        bound.find(|bound| !bound.shown.is_empty()).map(|bound| bound.shown.as_str())
    }

    /// What some keys do, in words: `Enter opens it, Esc cancels`. What no key does is left out.
    pub fn advice(&self, all: &[(KeyCommand, &str)]) -> String {
        let known = all.iter().filter_map(|(command, does)| Some((self.shown(*command)?, does)));
        let words: Vec<_> = known.map(|(key, does)| format!("{key} {does}")).collect();
        words.join(", ")
    }

    /// The same behind a sentence, if there is any.
    pub fn advise(&self, sentence: &str, mark: &str, all: &[(KeyCommand, &str)]) -> String {
        let advice = self.advice(all);
        if advice.is_empty() { sentence.to_owned() } else { format!("{sentence}{mark} {advice}") }
    }

    /// The key that goes to the newest message.
    pub fn to_bottom(&self, is_input_empty: bool) -> Option<&str> {
        // In a text, this key goes to its end.
        let end = self.command((NONE, KeyCode::End)) == Some(KeyCommand::End);
        Some("End").filter(|_| end && is_input_empty).or_else(|| self.shown(KeyCommand::Bottom))
    }

    /// What the help lists.
    pub fn described(&self) -> impl Iterator<Item = &Bound> {
        self.bound.iter().filter(|bound| !bound.what.is_empty())
    }

    /// Looks a key up.
    pub fn meaning(&self, key: KeyEvent) -> Option<Meaning> {
        // Shift is in the character already, and means nothing with most other keys.
        let modifiers = key.modifiers.difference(SHIFT);
        let bound = self.command((key.modifiers, key.code)).or(self.command((modifiers, key.code)));
        match (bound, key.code) {
            (Some(command), _) => Some(Meaning::Command(command)),
            (None, _) if (modifiers, key.code) == FIRST => Some(Meaning::First),
            (None, KeyCode::Char(c)) if modifiers.is_empty() => Some(Meaning::Char(c)),
            _ => None,
        }
    }

    fn command(&self, (modifiers, code): Chord) -> Option<KeyCommand> {
        let same = |bound: &&Bound| bound.modifiers == modifiers && bound.code == code;
        self.bound.iter().find(same).map(|bound| bound.command)
    }
}

/// Some systems report the release of a key as well: that is no press.
pub fn is_press(key: KeyEvent) -> bool {
    key.kind != KeyEventKind::Release
}

/// What a key means after the first of two.
pub fn second(key: KeyEvent) -> Option<KeyCommand> {
    let chord = (key.modifiers, key.code);
    SECOND.iter().find(|(known, _)| *known == chord).map(|(_, command)| *command)
}

/// Next-room, from `NextRoom`; room1, from `Room(1)`.
fn command_name(command: KeyCommand) -> String {
    let mut name = String::new();
    for c in format!("{command:?}").replace(['(', ')'], "").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(c.to_lowercase());
    }
    name
}

fn command_names() -> String {
    let mut names: Vec<_> = BINDINGS.iter().map(|binding| command_name(binding.2)).collect();
    names.sort();
    names.dedup();
    format!("{}, none", names.join(", "))
}

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
            _ => return Err(format!("unknown key {name:?}; function keys are F1 to F12")),
        },
        _ => return Err(format!("unknown key {name:?}; write it like C-n, M-Enter, PgUp or F5")),
    };
    match (modifiers, code) {
        (NONE, KeyCode::Char(_)) => {
            Err(format!("{name} alone types text; use C-{name} or M-{name}"))
        }
        (CONTROL, KeyCode::Char('i' | 'm' | 'j' | '[')) => {
            Err(format!("terminals cannot tell {name} from Tab, Enter or Esc; choose another key"))
        }
        chord => Ok(chord),
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

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
        assert!(is_press(key));
        key.kind = KeyEventKind::Release;
        assert!(!is_press(key));
        let unbound = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::ALT);
        assert_eq!(Keys::default().meaning(unbound), None);
        let newline = KeyEvent::new(KeyCode::Enter, KeyModifiers::SHIFT);
        assert_eq!(Keys::default().meaning(newline), Some(Meaning::Command(KeyCommand::Newline)));
    }

    #[test]
    fn undo_is_one_key_however_a_terminal_tells_it() {
        for (with, c) in [(CONTROL, '_'), (CONTROL, '7'), (CONTROL, '/'), (CONTROL | SHIFT, '-')] {
            let key = KeyEvent::new(KeyCode::Char(c), with);
            assert_eq!(
                Keys::default().meaning(key),
                Some(Meaning::Command(KeyCommand::Undo)),
                "{c}"
            );
        }
    }

    #[test]
    fn two_keys_can_mean_one_thing_unless_the_first_means_another() {
        let press = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        let mut keys = Keys::default();
        assert_eq!(keys.meaning(press('x')), Some(Meaning::First));
        assert_eq!((second(press('e')), second(press('f'))), (Some(KeyCommand::Editor), None));
        keys.bind("C-x", "help").unwrap();
        assert_eq!(keys.meaning(press('x')), Some(Meaning::Command(KeyCommand::Help)));
    }

    #[test]
    fn keys_are_rebound_by_name() {
        let press =
            |keys: &Keys, c| keys.meaning(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
        let mut keys = Keys::default();
        keys.bind("C-x", "next-room").unwrap();
        keys.bind("C-n", "none").unwrap();
        assert_eq!(press(&keys, 'x'), Some(Meaning::Command(KeyCommand::NextRoom)));
        assert_eq!(press(&keys, 'n'), None);
        assert_eq!(keys.lost(), Vec::<String>::new());
        let described: Vec<_> = keys.described().map(|bound| bound.shown.as_str()).collect();
        assert!(described.contains(&"C-x") && !described.contains(&"C-n"), "{described:?}");
        keys.bind("C-p", "room9").unwrap();
        assert_eq!(keys.lost(), ["previous-room"]);
    }

    #[test]
    fn what_cannot_be_bound_says_why() {
        for (key, command, why) in [
            ("C-c", "help", "bound twice"),
            ("x", "help", "text"),
            ("C-m", "help", "Enter"),
            ("C-[", "help", "Esc"),
            ("F13", "help", "F12"),
            ("Hyper-x", "help", "unknown key"),
            ("", "help", "unknown key"),
            ("C-x", "dance", "next-room"),
        ] {
            let mut keys = Keys::default();
            keys.bind("C-C", "send").unwrap();
            let error = keys.bind(key, command).unwrap_err();
            assert!(error.contains(why), "{key} {command}: {error}");
        }
    }
}
