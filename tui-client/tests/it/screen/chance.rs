//! Whatever happens, in whatever order: no panic, counts that equal a recount, and a place that
//! holds.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::What;
use nebula::screen::Event;
use nebula::screen::keys::BINDINGS;
use nebula::screen::model::Scroll;
use proptest::prelude::*;

use crate::client::{Client, servers};

/// One thing that may happen.
#[derive(Debug, Clone)]
enum Chance {
    /// A key of the table.
    Key(usize),
    Type(String),
    Paste(String),
    Resize(u16, u16),
    Focus(bool),
    Wheel(isize),
    Click(u16, u16),
    /// Id, sender and text, in one of two rooms.
    Message(u64, usize, usize, bool),
    Traffic(bool, usize),
    History(u64, bool),
    Presence(usize),
    Lost(bool),
    Connected,
    Cluster(bool),
    Command(usize),
    /// A word is being completed, when a click or a paste comes between.
    Completing(bool, bool),
}

const WHO: &[&str] = &["Alice", "Bob", "李小龙", "zoë"];
const TEXTS: &[&str] =
    &["hi", "@alice?", "日本語 👩‍👩‍👧", "see https://a.example/x", "/me waves", "a\\nb"];
const COMMANDS: &[&str] = &[
    "/join ops\n",
    "/leave\n",
    "/clear\n",
    "/who\n",
    "/search hi\n",
    "/url\n",
    "/nick Alison\n",
    "/rooms\n",
    "/retry\n",
];

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        4 => (0..BINDINGS.len()).prop_map(Chance::Key),
        2 => "[ -~é日👩]{0,8}".prop_map(Chance::Type),
        1 => "[a\n\r\t\u{1b}]{0,60}".prop_map(Chance::Paste),
        2 => (1..210_u16, 1..70_u16).prop_map(|(columns, rows)| Chance::Resize(columns, rows)),
        2 => any::<bool>().prop_map(Chance::Focus),
        2 => (-9..9_isize).prop_map(Chance::Wheel),
        1 => (0..210_u16, 0..70_u16).prop_map(|(column, row)| Chance::Click(column, row)),
        9 => (1..400_u64, 0..WHO.len(), 0..TEXTS.len(), any::<bool>())
            .prop_map(|(id, who, text, room)| Chance::Message(id, who, text, room)),
        2 => (any::<bool>(), 0..WHO.len()).prop_map(|(came, who)| Chance::Traffic(came, who)),
        1 => (1..400_u64, any::<bool>()).prop_map(|(id, more)| Chance::History(id, more)),
        1 => (0..WHO.len()).prop_map(Chance::Presence),
        1 => any::<bool>().prop_map(Chance::Lost),
        1 => Just(Chance::Connected),
        1 => any::<bool>().prop_map(Chance::Cluster),
        1 => (0..COMMANDS.len()).prop_map(Chance::Command),
        2 => any::<(bool, bool)>().prop_map(|(click, back)| Chance::Completing(click, back)),
    ]
}

fn message(id: u64, who: usize, text: usize, room: &str) -> String {
    format!(
        r#"{{"type":"message","room":"{room}","sender":"{}","content":"{}","id":{id},"at":{}}}"#,
        WHO[who],
        TEXTS[text],
        id * 600_000
    )
}

fn happens(client: &mut Client, chance: &Chance) {
    match chance {
        Chance::Key(at) => {
            let (modifiers, code, ..) = BINDINGS[*at];
            client.presses(code, modifiers);
        }
        Chance::Type(text) => client.types(text),
        Chance::Paste(text) => client.happens(Event::Paste(text.clone())),
        Chance::Resize(columns, rows) => client.happens(Event::Resize(*columns, *rows)),
        Chance::Focus(focus) => client.happens(Event::Focus(*focus)),
        Chance::Wheel(rows) => client.happens(Event::Wheel(*rows)),
        Chance::Click(column, row) => client.happens(Event::Click(*column, *row)),
        Chance::Message(id, who, text, ops) => {
            client.hears(&message(*id, *who, *text, if *ops { "ops" } else { "dev" }));
        }
        Chance::Traffic(came, who) => {
            let what = if *came { "join" } else { "leave" };
            client.hears(&format!(r#"{{"type":"{what}","room":"dev","sender":"{}"}}"#, WHO[*who]));
        }
        Chance::History(id, more) => {
            let one = message(*id, 1, 0, "dev");
            client.hears(&format!(
                r#"{{"type":"history","room":"dev","messages":[{one}],"more":{more},"head":{id}}}"#
            ));
        }
        Chance::Presence(people) => {
            let names: Vec<_> = WHO[..*people].iter().map(|name| format!("\"{name}\"")).collect();
            let users = names.join(",");
            client.hears(&format!(r#"{{"type":"presence","room":"dev","users":[{users}]}}"#));
        }
        Chance::Lost(for_good) => {
            let code = for_good.then_some(4001);
            client.happens(chat::Event::Lost { code, reason: "cut".to_owned() });
        }
        Chance::Cluster(cut) => {
            let standing = if *cut { "cut" } else { "waiting" };
            let servers = r#"["http://127.0.0.1:1","http://127.0.0.1:2"]"#;
            client.hears(&format!(
                r#"{{"type":"cluster","standing":"{standing}","servers":{servers}}}"#
            ));
        }
        Chance::Connected => {
            client.happens(chat::Event::Connected);
            client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
        }
        Chance::Completing(click, back) => {
            happens(client, &Chance::Resize(80, 24));
            happens(client, &Chance::Command(0));
            client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
            client.types("see #d");
            client.presses(KeyCode::Tab, KeyModifiers::NONE);
            happens(client, &if *click { Chance::Click(8, 0) } else { Chance::Paste("a".into()) });
            client.presses(if *back { KeyCode::Esc } else { KeyCode::Tab }, KeyModifiers::NONE);
        }
        Chance::Command(at) => {
            client.presses(KeyCode::Esc, KeyModifiers::NONE);
            client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
            client.presses(KeyCode::Char('k'), KeyModifiers::CONTROL);
            client.types(COMMANDS[*at]);
        }
    }
}

/// Counts from what is there and what was read, in the plainest way.
fn counts_are_right(client: &Client) {
    let me = client.screen.chat.me.as_ref();
    for room in &client.screen.chat.rooms {
        let unread = room.entries.iter().filter(|entry| match &entry.what {
            What::Message(message) => message.id > room.read && Some(&message.sender) != me,
            _ => false,
        });
        let texts: Vec<_> = unread
            .map(|entry| match &entry.what {
                What::Message(message) => message.content.as_str().to_lowercase(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(room.unread(me), texts.len());
        let name = me.map(|me| me.as_str().to_lowercase()).unwrap_or_default();
        let named = texts
            .iter()
            .filter(|text| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == name));
        assert_eq!(room.mentions(me), named.count());
        let ids: Vec<_> = room.messages().map(|message| message.id).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|two| two[0] < two[1]), "{ids:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_counts_are_what_a_recount_gives(chances in prop::collection::vec(chance(), 1..80)) {
        let mut client = Client::entered(80, 24);
        client.screen.chat.servers = servers(&["ws://127.0.0.1:1"]);
        for chance in &chances {
            happens(&mut client, chance);
            counts_are_right(&client);
            let (_, rows) = client.screen.size;
            assert_eq!(client.screen().len(), usize::from(rows));
        }
    }

    #[test]
    fn what_arrives_moves_nothing_that_is_being_read(
        known in 30..200_u64,
        up in 1..200_isize,
        chances in prop::collection::vec(chance(), 1..60),
    ) {
        let mut client = Client::entered(80, 24);
        (1000..1000 + known).for_each(|id| client.says(id, "Bob", "line"));
        client.happens(Event::Wheel(-up));
        prop_assume!(client.screen.scroll() != Scroll::Bottom);
        // A line above the first text goes, if older ones come.
        let before = client.screen();
        let row = before.iter().position(|row| row.contains("Bob         line")).unwrap();
        for chance in &chances {
            let arrives = matches!(
                chance,
                Chance::Message(..) | Chance::Traffic(..) | Chance::Presence(_) | Chance::Lost(_) | Chance::Connected | Chance::Cluster(_)
            );
            if arrives {
                happens(&mut client, chance);
            }
        }
        let pane = |row: &str| row.split('│').next().unwrap().to_owned();
        assert_eq!(pane(&client.screen()[row]), pane(&before[row]));
    }
}
