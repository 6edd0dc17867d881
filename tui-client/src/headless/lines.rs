//! How news looks as lines of text: nothing that a terminal would obey, and no line that a
//! stranger's text could pass off as somebody else's.
//!
//! This file does not know where lines go.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use protocol::Message;

use super::teller::News;
use crate::chat::What;
use crate::chat::sender::bot_mark;
use crate::clock::{clock, date, heading};
use crate::text::{bracketed, clean_line, clean_own, isolated, shown};

/// Stands before what is not a message. A message begins with its time, a digit.
const ASIDE: &str = "--";
/// Stands before the second and later lines of one message: so none of them can look like another
/// message.
const FURTHER: &str = "      ";

/// Characters of a message's first words: enough to know it again.
const WORDS_CHARS: usize = 40;

/// Turns news into lines. Remembers the day, since a line has only the time.
#[derive(Debug)]
pub struct Liner {
    zone: TimeZone,
    day: Option<Date>,
    /// Whether each line names its room.
    pub names_rooms: bool,
}

impl Liner {
    pub fn new(zone: TimeZone) -> Self {
        Liner { zone, day: None, names_rooms: false }
    }

    pub fn lines(&mut self, news: &News) -> Vec<String> {
        let place = match self.names_rooms {
            true => format!("{} ", news.room),
            false => String::new(),
        };
        match &news.what {
            What::Message(message) => self.message(message, &place),
            What::Join(name) => vec![aside(&place, name.as_str(), "joined")],
            What::Leave(name) => vec![aside(&place, name.as_str(), "left")],
            What::Note(text) => {
                let (text, mut head) = (clean_own(text), format!("{ASIDE} {place}"));
                let rows = text.trim_end_matches('\n').split('\n');
                rows.map(|row| std::mem::replace(&mut head, FURTHER.to_owned()) + row).collect()
            }
        }
    }

    fn message(&mut self, message: &Message, place: &str) -> Vec<String> {
        let today = date(message.at, &self.zone);
        let mut lines = Vec::new();
        if self.day.replace(today) != Some(today) {
            lines.push(format!("{ASIDE} {}", heading(today)));
        }
        let (clock, sender) = (clock(message.at, &self.zone), clean_line(message.sender.as_str()));
        let mark = bot_mark(message);
        let text = shown(message.content.as_str());
        let mut rows = text.trim_end_matches('\n').split('\n');
        let first = rows.next().unwrap_or_default();
        lines.push(match first.strip_prefix("/me ") {
            Some(action) => format!("{clock} {place}* {}{mark} {action}", doer(&sender)),
            None => format!("{clock} {place}{}{mark}: {first}", isolated(&bracketed(&sender))),
        });
        lines.extend(rows.map(|row| format!("{FURTHER}{row}")));
        lines
    }
}

fn aside(place: &str, name: &str, what: &str) -> String {
    format!("{ASIDE} {place}{} {what}", isolated(&bracketed(&clean_line(name))))
}

/// Who does something. A name of several words stands in brackets: else the first words of an action
/// could pass for the end of another name.
fn doer(sender: &str) -> String {
    let name = bracketed(sender);
    let is_several = name == sender && name.contains(char::is_whitespace);
    isolated(&if is_several { format!("<{name}>") } else { name })
}

/// The first words of a text, to know it again.
pub(super) fn brief(text: &str) -> String {
    let mut words: String = text.chars().take(WORDS_CHARS).collect();
    if words.len() < text.len() {
        words.push('…');
    }
    isolated(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ToClient;

    fn check(content: &str, expected: &[&str]) {
        check_of("Bob", content, expected);
    }

    fn check_of(sender: &str, content: &str, expected: &[&str]) {
        check_with(sender, content, "", expected);
    }

    fn check_with(sender: &str, content: &str, further: &str, expected: &[&str]) {
        let content = serde_json_string(content);
        let envelope = format!(
            r#"{{"type":"message","room":"dev","sender":"{sender}","content":{content},"id":1,"at":0{further}}}"#
        );
        let Ok(ToClient::Message(message)) = ToClient::parse(&envelope) else {
            panic!("{envelope}");
        };
        let room = "#dev".to_owned();
        let lines = Liner::new(TimeZone::UTC).lines(&News { room, what: What::Message(message) });
        assert_eq!(lines[0], "-- Thu 1 Jan 1970");
        assert_eq!(&lines[1..], expected);
    }

    /// Escaped so far that JSON holds it.
    fn serde_json_string(text: &str) -> String {
        let escaped: String = text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        format!("\"{escaped}\"")
    }

    #[test]
    fn what_a_program_says_is_told_from_what_a_person_says() {
        let bot = r#","bot":true"#;
        check_with("grafana", "disk full", bot, &["00:00 grafana (bot): disk full"]);
        check_with("ci", "/me deploys", bot, &["00:00 * ci (bot) deploys"]);
    }

    #[test]
    fn a_note_has_a_line_for_each_of_its_rows() {
        let room = "#dev".to_owned();
        let what = What::Note("1  #dev\n2  #ops".to_owned());
        let lines = Liner::new(TimeZone::UTC).lines(&News { room, what });
        assert_eq!(lines, ["-- 1  #dev", "      2  #ops"]);
    }

    #[test]
    fn lines_hold_nothing_that_could_be_taken_for_something_else() {
        check("hi", &["00:00 Bob: hi"]);
        check("/me waves", &["00:00 * Bob waves"]);
        check_of("* Bob", "waves", &["00:00 <* Bob>: waves"]);
        // Neither is what the other would write.
        check_of("Bob", "/me Smith waves", &["00:00 * Bob Smith waves"]);
        check_of("Bob Smith", "/me waves", &["00:00 * <Bob Smith> waves"]);
        check_of("שרה", "hi", &["00:00 \u{2068}שרה\u{2069}: hi"]);
        check_of("שרה", "/me waves", &["00:00 * \u{2068}שרה\u{2069} waves"]);
        check(
            "a\n00:00 Alice: b\r\n-- Eve came\n",
            &["00:00 Bob: a", "      00:00 Alice: b", "      -- Eve came"],
        );
        check("\u{1b}]0;title\u{7}\u{9b}31m\u{202e}x", &["00:00 Bob: ]0;title31m[U+202E]x"]);
    }
}
