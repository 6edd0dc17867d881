//! Private and direct rooms on the screen, the list of all rooms, and the ways to all of them.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::Effect;
use nebula::screen::Event;

use crate::client::{Client, sent};

pub(super) const OPS: &str = "+q7x2m9k4t1ab";
pub(super) const BOB: &str = "@k3x9m2q7t4ab";

/// In an open room, a private one and a direct one.
pub(super) fn settled(columns: u16, rows: u16) -> Client {
    let mut client = Client::entered(columns, rows);
    client.screen.chat.list.is_wanted = true;
    client.types("/join zoo\n");
    client.hears(r#"{"type":"join","room":"zoo","sender":"Alice"}"#);
    for (room, answer) in [
        (BOB, r#""kind":"direct","users":["Alice","Bob"]"#),
        (OPS, r#""kind":"private","title":"Ops team","role":"owner""#),
    ] {
        let typed = if room == BOB { "/msg Bob\n" } else { "/create Ops team private\n" };
        client.types(typed);
        let reference =
            sent(&client.did()).last().unwrap().split("\"ref\":").nth(1).unwrap().to_owned();
        client.hears(&format!(r#"{{"type":"room","room":"{room}",{answer},"ref":{reference}"#));
        client.hears(&format!(r#"{{"type":"join","room":"{room}","sender":"Alice"}}"#));
    }
    client.hears(&format!(r#"{{"type":"presence","room":"{BOB}","users":["Alice","Bob"]}}"#));
    client.hears(&format!(r#"{{"type":"presence","room":"{OPS}","users":["Alice","Cy"]}}"#));
    client.hears(&format!(
        r#"{{"type":"room","room":"{OPS}","kind":"private","title":"Ops team","topic":"pagers","role":"owner","members":[{{"user":"Alice","role":"owner"}},{{"user":"Bob","role":"moderator"}},{{"user":"Cy","role":"member"}}]}}"#
    ));
    client.did();
    client.screen.chat.notice = None;
    client
}

pub(super) fn says(client: &mut Client, room: &str, id: u64, sender: &str, content: &str) {
    client.hears(&format!(
        r#"{{"type":"message","room":"{room}","sender":"{sender}","content":"{content}","id":{id},"at":0}}"#
    ));
}

#[test]
fn the_list_has_rooms_and_below_them_direct_rooms_under_the_names_of_the_others() {
    let mut client = settled(80, 24);
    let screen = client.screen();
    let column: Vec<_> = screen[1..7].iter().map(|row| row[..19].trim_end()).collect();
    assert_eq!(column, [" 1 #dev", " 2 #zoo", ">3 +Ops team", " Direct messages", " 4 ● Bob", ""]);
    assert!(screen[0].starts_with(">+Ops team │ pagers"), "{}", screen[0]);
    assert!(screen[23].starts_with("> Message +Ops team as Alice"), "{}", screen[23]);
    says(&mut client, BOB, 10, "Bob", "hi");
    says(&mut client, "zoo", 11, "Bob", "hi");
    client.hears(&format!(r#"{{"type":"leave","room":"{BOB}","sender":"Bob"}}"#));
    let screen = client.screen();
    assert!(screen[2].starts_with(" 2 #zoo          1 │"), "{}", screen[2]);
    assert!(screen[5].starts_with(" 4 ○ Bob        !1 │"), "{}", screen[5]);
    // The heading is no room.
    client.happens(Event::Click(3, 4));
    assert_eq!(client.screen.chat.active, 2);
    client.happens(Event::Click(3, 5));
    assert_eq!(client.screen.chat.active, 3);
    assert!(client.screen()[0].starts_with(">@Bob "), "{}", client.screen()[0]);
    assert_eq!(nebula::screen::view::title(&client.screen), "(1) @Bob · Nebula");
}

#[test]
fn it_can_be_read_at_every_size() {
    for (columns, rows) in [(40, 12), (200, 50), (60, 5)] {
        let mut client = settled(columns, rows);
        says(&mut client, BOB, 10, "Bob", "hi");
        let screen = client.screen();
        let screen = screen.join("\n");
        assert!(screen.contains("+Ops team"), "{columns} x {rows}:\n{screen}");
        assert!(screen.contains("!1"), "{columns} x {rows}:\n{screen}");
    }
}

#[test]
fn people_stand_under_their_roles_also_while_they_are_away() {
    let mut client = settled(120, 24);
    client.hears(&format!(r#"{{"type":"presence","room":"{OPS}","users":["Alice","Cy","Mod"]}}"#));
    let people: Vec<_> = client.screen()[1..11]
        .iter()
        .map(|row| row.rsplit('│').next().unwrap().trim().to_owned())
        .collect();
    assert_eq!(
        people,
        [
            "3 online",
            "owner",
            "● Alice",
            "moderators",
            "○ Bob",
            "members",
            "● Cy",
            "others",
            "● Mod",
            ""
        ]
    );
    client.types("/members\n");
    let screen = client.screen().join("\n");
    assert!(screen.contains("Who belongs to +Ops team:"), "{screen}");
    assert!(screen.contains("  Bob: moderator"), "{screen}");
}

#[test]
fn direct_messages_notify_and_so_do_mentions_under_the_room_s_title() {
    let mut client = settled(80, 24);
    client.happens(Event::Focus(false));
    says(&mut client, BOB, 10, "Bob", "hi");
    assert_eq!(client.did(), [Effect::Notify("Bob in @Bob: hi".to_owned())]);
    says(&mut client, OPS, 11, "Cy", "alice: look");
    assert_eq!(client.did(), [Effect::Notify("Cy in +Ops team: alice: look".to_owned())]);
    client.types("/room bob\n/mute\n");
    assert!(client.screen().join("").contains("@Bob muted"));
    client.happens(Event::Focus(false));
    client.did();
    says(&mut client, BOB, 12, "Bob", "hi");
    assert_eq!(client.did(), []);
}

#[test]
fn one_key_leads_to_rooms_to_people_and_to_rooms_that_were_not_joined() {
    let mut client = settled(80, 24);
    // There is nothing to cut.
    client.presses(KeyCode::Char('k'), KeyModifiers::CONTROL);
    client.types("cy");
    let asked = sent(&client.did());
    assert!(asked[0].starts_with(r#"{"type":"rooms","query":"c""#), "{asked:?}");
    let reference = asked[0].split("\"ref\":").nth(1).unwrap();
    client.hears(&format!(
        r#"{{"type":"rooms","rooms":[{{"room":"cycling","kind":"open","people":3}}],"more":false,"ref":{reference}"#
    ));
    let screen = client.screen().join("\n");
    assert!(screen.contains("#cycling (join)") && screen.contains("@Cy (write)"), "{screen}");
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.did();
    client.types("\n");
    let asked = sent(&client.did());
    assert!(asked[0].starts_with(r#"{"type":"direct","users":["Cy"]"#), "{asked:?}");
    assert!(client.screen.chat.browser.is_none(), "what nobody looks at is let go");
    // With something written it cuts.
    client.types("hello");
    client.presses(KeyCode::Home, KeyModifiers::NONE);
    client.presses(KeyCode::Char('k'), KeyModifiers::CONTROL);
    assert!(client.screen()[23].starts_with("> Message"), "{}", client.screen()[23]);
    client.presses(KeyCode::Char('g'), KeyModifiers::CONTROL);
    client.types("bo\n");
    assert!(client.screen()[0].starts_with(">@Bob"), "{}", client.screen()[0]);
}

#[test]
fn all_rooms_are_looked_through_as_one_types_and_joined_with_enter() {
    let mut client = settled(80, 24);
    client.presses(KeyCode::F(6), KeyModifiers::NONE);
    assert!(client.screen().join("").contains("looking …"));
    let page = |client: &mut Client, rooms: &str, more: bool| {
        let asked = sent(&client.did());
        let asked = asked.last().unwrap_or_else(|| panic!("nothing was asked")).clone();
        let reference = asked.split("\"ref\":").nth(1).unwrap();
        client.hears(&format!(
            r#"{{"type":"rooms","rooms":[{rooms}],"more":{more},"ref":{reference}"#
        ));
        asked
    };
    let room = |name: &str| {
        format!(
            r#"{{"room":"{name}","kind":"open","people":3,"topic":"about {name}","last":86400000}}"#
        )
    };
    page(&mut client, &[room("art"), room("bikes")].join(","), true);
    let screen = client.screen().join("\n");
    assert!(
        screen.contains(">#art                     3 online, 1970-01-02   about art"),
        "{screen}"
    );
    assert!(screen.contains("All rooms: Enter joins one, Esc cancels"), "{screen}");
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    let asked = page(&mut client, &room("cars"), false);
    assert!(asked.contains(r#""after":"bikes""#), "{asked}");
    assert!(client.screen().join("").contains("#cars"));
    client.types("ca");
    page(&mut client, &room("cars"), false);
    page(&mut client, &room("cars"), false);
    assert!(!client.screen().join("").contains("#bikes"));
    client.types("\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"cars","history":100}"#]);
    assert!(client.screen()[0].starts_with(">#cars"), "{}", client.screen()[0]);
    // By the command as well, with words to look for.
    client.types("/list art\n");
    assert!(client.screen()[23].starts_with("rooms with: art"), "{}", client.screen()[23]);
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert!(client.screen.chat.browser.is_none());
}

#[test]
fn keys_lead_back_and_to_who_wrote_last() {
    let mut client = settled(80, 24);
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    client.presses(KeyCode::Char('0'), KeyModifiers::ALT);
    assert_eq!(client.screen.chat.active, 2);
    client.presses(KeyCode::Char('0'), KeyModifiers::ALT);
    assert_eq!(client.screen.chat.active, 0);
    client.presses(KeyCode::Char('r'), KeyModifiers::ALT);
    assert!(client.screen().join("").contains("Nobody else has written here yet"));
    client.says(10, "Bob", "hi");
    client.says(11, "Alice", "hi");
    client.presses(KeyCode::Char('r'), KeyModifiers::ALT);
    assert!(client.screen()[0].starts_with(">@Bob"), "{}", client.screen()[0]);
}

#[test]
fn leaving_a_private_room_says_what_it_means() {
    let mut client = settled(80, 24);
    client.types("/remove Alice\n");
    let screen = client.screen().join("");
    assert!(
        screen.contains("Leave Ops team for good? To come back you have to be added again"),
        "{screen}"
    );
    client.types("n");
    assert!(client.screen().join("").contains("You stay a member"));
    client.types("/leave\n");
    let screen = client.screen().join("");
    assert!(
        screen.contains("You are still a member of +Ops team: /list finds it again"),
        "{screen}"
    );
    client.types("/room bob\n/leave\n");
    assert!(client.screen().join("").contains("A direct room stays in your list"));
}

#[test]
fn the_last_member_is_told_that_the_room_ends() {
    let mut client = settled(80, 24);
    for user in ["Bob", "Cy"] {
        client.hears(&format!(
            r#"{{"type":"removed","room":"{OPS}","user":"{user}","by":"Alice","id":20,"at":0}}"#
        ));
    }
    assert!(client.screen().join("").contains("you removed Cy from +Ops team"));
    client.types("/remove Alice\n");
    let screen = client.screen().join(" ");
    assert!(screen.contains("You are its last member"), "{screen}");
}

#[test]
fn in_a_private_room_one_invites_into_it() {
    let mut client = settled(80, 24);
    client.types("/invite 3 team\n");
    let asked = sent(&client.did()).pop().unwrap();
    assert!(
        asked
            .starts_with(&format!(r#"{{"type":"invite","rooms":["{OPS}"],"uses":3,"note":"team""#)),
        "{asked}"
    );
    let reference = asked.split("\"ref\":").nth(1).unwrap();
    client.hears(&format!(
        r#"{{"type":"invite","invite":1,"code":"9V5TQ2M80KXDB3HN","rooms":["{OPS}"],"uses":3,"expires":0,"ref":{reference}"#
    ));
    assert!(client.screen().join("").contains("Into +Ops team"));
}

#[test]
fn the_next_room_with_something_new_is_one_where_one_is_written_to_alone() {
    let mut client = settled(80, 24);
    says(&mut client, "zoo", 10, "Bob", "hi");
    says(&mut client, BOB, 11, "Bob", "hi");
    client.presses(KeyCode::Char('a'), KeyModifiers::ALT);
    assert!(client.screen()[0].starts_with(">@Bob"), "{}", client.screen()[0]);
    client.presses(KeyCode::Char('a'), KeyModifiers::ALT);
    assert!(client.screen()[0].starts_with(">#zoo"), "{}", client.screen()[0]);
}

#[test]
fn people_and_choices_can_be_clicked() {
    let mut client = settled(120, 24);
    // Bob is away, and has a direct room already; Cy has none.
    client.happens(Event::Click(110, 5));
    assert!(client.screen()[0].contains(">@Bob"), "{:?}", client.screen()[0]);
    client.presses(KeyCode::Char('3'), KeyModifiers::ALT);
    client.did();
    // Oneself and headings are nobody to write to.
    client.happens(Event::Click(110, 3));
    client.happens(Event::Click(110, 2));
    assert_eq!(client.did(), []);
    client.happens(Event::Click(110, 7));
    let asked = sent(&client.did());
    assert!(asked[0].starts_with(r#"{"type":"direct","users":["Cy"]"#), "{asked:?}");
    client.presses(KeyCode::Char('g'), KeyModifiers::CONTROL);
    let screen = client.screen();
    let row =
        screen.iter().position(|row| row.contains(" #zoo") && !row.contains("2 #zoo")).unwrap();
    client.happens(Event::Click(30, u16::try_from(row).unwrap()));
    assert!(client.screen()[0].contains(">#zoo"), "{:?}", client.screen()[0]);
}

#[test]
fn tab_completes_members_who_are_away_and_people_of_other_rooms() {
    let mut client = settled(80, 24);
    client.types("/role bo");
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "/role Bob ");
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    client.types("/msg cy");
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "/msg Cy ");
}
