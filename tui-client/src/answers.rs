//! What the server answered to a question, in lines for the person.
//!
//! This file does not know where the lines go.

use jiff::tz::TimeZone;
use protocol::{Device, Message, RoomEntry, UserName};

use crate::chat::answer::{LinkCode, ListedInvite, MemberList, ShownInvite, grouped};
use crate::chat::commands::counted;
use crate::chat::list::Browser;
use crate::chat::pages::Pages;
use crate::chat::plain_text::plain_line;
use crate::chat::room::About;
use crate::chat::room::about::{kind, label, role_word, sign};
use crate::chat::search::{HINT, SearchList};
use crate::chat::sender::sender;
use crate::chat::{Answer, Model};
use crate::clock::{clock, date, date_and_clock};
use crate::text;

/// Names of who came by an invite that fit a line.
const CAME_MAX: usize = 5;

/// The lines, the first of which says what they are.
pub(crate) fn lines(answer: &Answer, zone: &TimeZone) -> Vec<String> {
    match answer {
        Answer::Link(link) => about_link(link),
        Answer::Devices(devices) => listed(
            devices.iter().map(|device| about_device(device, zone)),
            ("Your devices:", "You have no devices"),
            "/revoke N takes your name off one, /link adds another",
        ),
        Answer::Invite(shown) => about_invite(shown, zone),
        Answer::Invites(invites) => listed(
            invites.iter().map(|invite| about_invited(invite, zone)),
            ("Invites that are still good:", "No invites that are still good"),
            "/uninvite N ends one, /invite makes another",
        ),
        Answer::Members(list) => about_members(list),
        Answer::Mentions(found) => {
            let lines = found.iter().map(|(room, message)| dated(room, message, zone));
            std::iter::once("Messages that mention you:".to_owned()).chain(lines).collect()
        }
    }
}

/// Where a message was said, by whom, and with what words.
pub(crate) fn in_a_line(room: &str, message: &Message) -> String {
    format!("{room} {}: {}", sender(message), plain_line(message.content.as_str()))
}

/// The same behind when it was said.
pub(crate) fn dated(room: &str, message: &Message, zone: &TimeZone) -> String {
    format!("{} {}", date_and_clock(message.at, zone), in_a_line(room, message))
}

/// Messages that were searched for.
pub(crate) fn found(model: &Model, search: &SearchList, zone: &TimeZone) -> Vec<String> {
    let SearchList { query, found: Pages { messages, more, .. }, .. } = search;
    let heading = match messages.len() {
        0 => format!("Nothing found for {}. {HINT}", text::clean_line(query)),
        _ => format!("{}, newest first:", counted_results(&search.found)),
    };
    let lines = messages.iter().map(|message| dated(&model.in_words(&message.room), message, zone));
    let rest = more.then(|| "More results: narrow them with before:DATE".to_owned());
    std::iter::once(heading).chain(lines).chain(rest).collect()
}

/// How many results are here, and whether that is all.
pub(crate) fn counted_results(found: &Pages) -> String {
    match (found.messages.len(), found.more) {
        (count, true) => format!("{}+ results", text::grouped(count)),
        (count, false) => counted(count, "result"),
    }
}

/// Rooms among all there are.
pub(crate) fn rooms(model: &Model, browser: &Browser, zone: &TimeZone) -> Vec<String> {
    if browser.rooms.is_empty() {
        return vec!["No such rooms".to_owned()];
    }
    let lines = browser.rooms.iter().map(|entry| {
        let topic = text::clean_line(entry.topic.as_str());
        let topic = if topic.is_empty() { topic } else { format!(": {topic}") };
        let name = text::name(&called(entry, model.me.as_ref()));
        let about = activity(entry, model.now, zone);
        format!("{name} ({about}){topic}")
    });
    let rest = browser.more.then(|| "… and more: /list TEXT looks for some of them".to_owned());
    lines.chain(rest).collect()
}

/// What people call a room of a list, behind the sign of its kind.
pub(crate) fn called(entry: &RoomEntry, me: Option<&UserName>) -> String {
    let mut about = About::default();
    about.listed(entry);
    format!("{}{}", sign(kind(&entry.room)), label(&entry.room, &about, me))
}

/// Who is in a room of a list, and when something was said there last.
pub(crate) fn activity(entry: &RoomEntry, now: u64, zone: &TimeZone) -> String {
    let people = text::grouped(entry.people);
    match entry.last {
        Some(last) if date(last, zone) == date(now, zone) => {
            format!("{people} online, {}", clock(last, zone))
        }
        Some(last) => format!("{people} online, {}", date(last, zone)),
        None => format!("{people} online"),
    }
}

fn listed(
    lines: impl Iterator<Item = String>,
    (heading, none): (&str, &str),
    advice: &str,
) -> Vec<String> {
    let lines: Vec<_> = lines.collect();
    let heading = if lines.is_empty() { none } else { heading };
    let all = std::iter::once(heading.to_owned()).chain(lines);
    all.chain([String::new(), advice.to_owned()]).collect()
}

fn about_members(MemberList { label, members, more }: &MemberList) -> Vec<String> {
    if members.is_empty() {
        return vec![format!("{label} has no members: /who lists who is online")];
    }
    let lines = members.iter().map(|(user, role)| {
        let role = role.map(|role| format!(": {}", role_word(role))).unwrap_or_default();
        format!("  {}{role}", text::name(user.as_str()))
    });
    let rest = more.then(|| "  and others".to_owned());
    std::iter::once(format!("Who belongs to {label}:")).chain(lines).chain(rest).collect()
}

fn about_link(LinkCode { code, address, expires_ms, is_local }: &LinkCode) -> Vec<String> {
    let code = grouped(code);
    let mut lines = vec![format!("Code for another device: {code}"), String::new()];
    match address {
        Some(address) => {
            lines.push("Open there, or start nebula --link with:".to_owned());
            lines.push(text::clean_line(address));
        }
        None => lines.push(format!("Start there: nebula --link {code}")),
    }
    if *is_local {
        lines.push("This address leads to this machine only".to_owned());
    }
    let minutes = expires_ms.div_ceil(60_000);
    let plural = if minutes == 1 { "" } else { "s" };
    lines.push(format!("Good once, for {minutes} minute{plural}"));
    lines
}

fn about_device(device: &Device, zone: &TimeZone) -> String {
    let label = device.label.as_ref().map(|label| text::name(label.as_str()));
    let label = label.unwrap_or_else(|| "without a label".to_owned());
    let this = if device.this { " (this one)" } else { "" };
    let (added, used) = (date(device.added, zone), date(device.used, zone));
    format!("{:>3}  {label}{this}: added {added}, last used {used}", device.device)
}

fn about_invite(
    ShownInvite { invite, address, rooms }: &ShownInvite,
    zone: &TimeZone,
) -> Vec<String> {
    let code = grouped(&invite.code);
    let mut lines = vec![format!("Invite {}: {code}", invite.invite), String::new()];
    match address {
        Some(address) => {
            lines.push(format!("To send: {}", text::clean_line(address)));
            lines.push("It opens in a browser, or with nebula --invite".to_owned());
        }
        None => lines.push(format!("They start: nebula --invite {code}")),
    }
    let until = date_and_clock(invite.expires, zone);
    let people = if invite.uses == 1 { "person" } else { "people" };
    let uses = usize::try_from(invite.uses).unwrap_or(usize::MAX);
    lines.push(format!("For {} {people}, until {until}", text::grouped(uses)));
    lines.extend((!rooms.is_empty()).then(|| format!("Into {}", rooms.join(", "))));
    lines.extend(invite.note.as_ref().map(|note| format!("Note: {}", text::name(note.as_str()))));
    lines
}

fn about_invited(ListedInvite { invite, rooms }: &ListedInvite, zone: &TimeZone) -> String {
    let note = invite.note.as_ref().map(|note| format!("{}: ", text::name(note.as_str())));
    let rooms =
        if rooms.is_empty() { String::new() } else { format!(", into {}", rooms.join(", ")) };
    let by = invite.by.as_ref().map(|by| format!(", by {}", text::name(by.as_str())));
    let came = invite.came.iter().take(CAME_MAX).map(|name| text::name(name.as_str()));
    let mut came: Vec<_> = came.collect();
    came.extend((invite.came.len() > CAME_MAX).then(|| "…".to_owned()));
    let came = if came.is_empty() { String::new() } else { format!("; came: {}", came.join(", ")) };
    let (until, uses) = (date_and_clock(invite.expires, zone), invite.uses);
    let (note, by) = (note.unwrap_or_default(), by.unwrap_or_default());
    format!("{:>3}  {note}{uses} left until {until}{rooms}{by}{came}", invite.invite)
}

#[cfg(test)]
mod tests {
    use protocol::ToClient;

    use super::*;

    fn shown(envelope: &str) -> Vec<String> {
        let answer = match ToClient::parse(envelope).unwrap() {
            ToClient::Devices(list) => Answer::Devices(list.devices),
            ToClient::Invites(list) => {
                let listed = list.invites.into_iter().map(|invite| {
                    let rooms = invite.rooms.iter().map(|room| format!("#{room}")).collect();
                    ListedInvite { invite, rooms }
                });
                Answer::Invites(listed.collect())
            }
            ToClient::Invite(invite) => {
                let address = Some("https://chat.example/#invite=9V5TQ2M80KXDB3HN".to_owned());
                Answer::Invite(ShownInvite { invite, address, rooms: vec!["+Ops team".to_owned()] })
            }
            ToClient::Mentions(list) => {
                let named = list.messages.into_iter().map(|it| (format!("#{}", it.room), it));
                Answer::Mentions(named.collect())
            }
            other => panic!("{other:?}"),
        };
        lines(&answer, &TimeZone::UTC)
    }

    #[test]
    fn devices_and_invites_are_listed_with_all_that_is_known_of_them() {
        let devices = r#"{"type":"devices","devices":[
            {"device":1,"label":"nebula on lab-7","added":0,"used":86400000,"this":true},
            {"device":12,"added":0,"used":0}]}"#;
        assert_eq!(
            shown(devices)[..3],
            [
                "Your devices:",
                "  1  nebula on lab-7 (this one): added 1970-01-01, last used 1970-01-02",
                " 12  without a label: added 1970-01-01, last used 1970-01-01",
            ]
        );
        let invites = r#"{"type":"invites","invites":[{"invite":1,"uses":1,"expires":0},
            {"invite":2,"rooms":["dev"],"uses":23,"expires":0,"note":"team","by":"Al","came":["a","b","c","d","e","f"]}]}"#;
        assert_eq!(
            shown(invites)[1..3],
            [
                "  1  1 left until 1970-01-01 00:00",
                "  2  team: 23 left until 1970-01-01 00:00, into #dev, by Al; came: a, b, c, d, e, …",
            ]
        );
        assert_eq!(
            shown(r#"{"type":"invites","invites":[]}"#)[0],
            "No invites that are still good"
        );
    }

    #[test]
    fn a_mention_is_a_line_whatever_it_says() {
        let mentions = r#"{"type":"mentions","messages":[{"type":"message","room":"dev","sender":"Bob",
            "content":"@Al\n**look**","id":1,"at":0}],"more":false}"#;
        let expected = ["Messages that mention you:", "1970-01-01 00:00 #dev Bob: @Al look"];
        assert_eq!(shown(mentions), expected);
    }

    #[test]
    fn a_mention_by_a_program_says_so() {
        let mentions = r#"{"type":"mentions","messages":[{"type":"message","room":"dev","sender":"grafana",
            "content":"@Al disk full","id":1,"at":0,"bot":true}],"more":false}"#;
        assert_eq!(shown(mentions)[1], "1970-01-01 00:00 #dev grafana (bot): @Al disk full");
    }

    #[test]
    fn an_invite_is_shown_as_code_address_and_command() {
        let invite = r#"{"type":"invite","invite":2,"code":"9V5TQ2M80KXDB3HN","uses":25,
            "expires":0,"note":"the new team"}"#;
        assert_eq!(
            shown(invite),
            [
                "Invite 2: 9V5T-Q2M8-0KXD-B3HN",
                "",
                "To send: https://chat.example/#invite=9V5TQ2M80KXDB3HN",
                "It opens in a browser, or with nebula --invite",
                "For 25 people, until 1970-01-01 00:00",
                "Into +Ops team",
                "Note: the new team",
            ]
        );
    }
}
