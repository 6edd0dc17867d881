//! What is typed, and what is understood of it.

use protocol::{NewRoom, Note, PrivateRoom, Reason, RoomRole, Title};

use super::*;

#[test]
fn commands_are_understood_and_mistakes_are_never_sent() {
    let text = |text: &str| Ok(Typed::Text(text.to_owned()));
    assert_eq!(parse("hello /join"), text("hello /join"));
    assert_eq!(parse("//etc"), text("/etc"));
    assert_eq!(parse("/me waves"), text("/me waves"));
    assert_eq!(parse("/join  #Dev "), Ok(Typed::Join(RoomName::try_from("dev").unwrap())));
    assert_eq!((parse("/quit"), parse("/part")), (Ok(Typed::Quit), Ok(Typed::Leave)));
    assert!(parse("/jion dev").unwrap_err().contains("/join"));
    assert!(parse("/help jion").unwrap_err().contains("/join"));
    assert!(parse("/xyzzy").unwrap_err().contains("/help"));
    for wrong in
        ["/join", "/nick \u{202e}x", "/me", "/", "/copy 0", "/room", "/leave #ops", "/mute x"]
    {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn commands_are_understood_in_any_case_and_as_wide_letters() {
    let join = Ok(Typed::Join(RoomName::try_from("ops").unwrap()));
    for typed in ["/Join ops", "／join ops", "／ＪＯＩＮ　＃ops", "/J ops"] {
        assert_eq!(parse(typed), join, "{typed}");
    }
    let text = |text: &str| Ok(Typed::Text(text.to_owned()));
    assert_eq!(parse("/ME waves"), text("/me waves"));
    assert_eq!((parse("／／etc"), parse("/／etc")), (text("／etc"), text("／etc")));
    assert_eq!(parse("/HELP ／Join"), parse("/help join"));
    assert!(parse("/JION ops").unwrap_err().contains("Did you mean /join?"));
    assert_eq!(parse("/BAN　-S Bob 2H"), parse("/ban -s Bob 2h"));
}

#[test]
fn what_a_moderator_does_has_a_name_a_time_and_a_reason() {
    let moderation = |action, everywhere, user: &str, seconds, reason: Option<&str>| {
        let user = UserName::try_from(user).unwrap();
        let reason = reason.map(|reason| Reason::try_from(reason).unwrap());
        Ok(Typed::Ask(Asked::Moderate(ModerationCommand {
            action,
            user,
            everywhere,
            seconds,
            reason,
        })))
    };
    let (kick, ban, mute) = (Action::Kick, Action::Ban, Action::Mute);
    assert_eq!(parse("/kick Bob"), moderation(kick, false, "Bob", None, None));
    assert_eq!(parse("/kick Bob: 2h late"), moderation(kick, false, "Bob", None, Some("2h late")));
    assert_eq!(parse("/ban \"Bob B\" 2h"), moderation(ban, false, "Bob B", Some(7200), None));
    assert_eq!(parse("/ban -s Bob spam"), moderation(ban, true, "Bob", None, Some("spam")));
    assert_eq!(
        parse("/silence Bob 10m too loud"),
        moderation(mute, false, "Bob", Some(600), Some("too loud"))
    );
    for wrong in ["/silence Bob", "/silence Bob 900d", "/kick", "/kick -s Bob", "/delete x"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_command_of_the_table_exists_under_all_its_names() {
    for command in COMMANDS {
        let arguments = match command.name {
            "help" => "join",
            "theme" => "dark",
            "url" | "copy" => "2",
            "ban" | "silence" => "-s bob 2h spam",
            "kick" => "bob",
            "react" => "👍 2",
            "edit" | "reply" | "open" | "permalink" => "2",
            "delete" | "revoke" | "uninvite" => "2",
            "link" => "7k3m-q0zd",
            "msg" => "bob,\"ann lee\" hi",
            "create" => "ops private",
            "role" => "bob owner",
            "move" => "2",
            "notify" => "nothing",
            "unmute" => "",
            "invite" => "-r 5 2d team",
            name if name.starts_with("un") => "-s \"bob b\"",
            _ => command.arguments,
        };
        for name in command.aliases.iter().chain([&command.name]) {
            assert!(parse(&format!("/{name} {}", arguments.to_lowercase())).is_ok(), "/{name}");
        }
    }
    let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
    names.extend(COMMANDS.iter().flat_map(|command| command.aliases));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands twice");
}

#[test]
fn an_invite_is_for_the_room_or_the_server_and_has_uses_a_time_and_a_note() {
    let invite = |into_room, uses, seconds, note: Option<&str>| {
        let note = note.map(|note| Note::try_from(note).unwrap());
        Ok(Typed::Ask(Asked::Invite(InviteCommand { into_room, uses, seconds, note })))
    };
    assert_eq!(parse("/invite"), invite(false, None, None, None));
    assert_eq!(parse("/invite -R"), invite(true, None, None, None));
    let team = Some("the new team");
    assert_eq!(parse("/invite -r 25 2d the new team"), invite(true, Some(25), Some(172_800), team));
    assert_eq!(parse("/invite 2h the new team"), invite(false, None, Some(7200), team));
    assert_eq!(parse("/invite the new team"), invite(false, None, None, team));
    let long = format!("/invite {}", "x".repeat(101));
    for wrong in ["/invite 0", "/invite 10001", &long] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_code_of_a_link_is_taken_as_it_is_shown_read_aloud_or_in_an_address() {
    let code = AccessCode::try_from("7K3MQ01D").unwrap();
    for typed in ["7K3MQ01D", "7k3m-qoid", "7K3M Q0LD", "https://chat.example/#link=7K3MQ01D"] {
        assert_eq!(parse(&format!("/link {typed}")), Ok(Typed::LinkBy(code.clone())), "{typed}");
    }
    for wrong in ["/link 7K3M", "/link 9V5TQ2M80KXDB3HN", "/revoke", "/revoke x", "/uninvite -1"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_emoji_is_typed_as_a_picture_or_by_its_name() {
    let thumb = Emoji::try_from("👍").unwrap();
    for typed in ["/react 👍", "/react :thumbsup:", "/react Thumbsup", "/react +1 1"] {
        assert_eq!(parse(typed), Ok(Typed::React(thumb.clone(), 1)), "{typed}");
    }
    assert_eq!(parse("/react 👍 3"), Ok(Typed::React(thumb, 3)));
    for wrong in ["/react", "/react no-such-emoji", "/react 👍 0", "/react 👍👍", "/reply x"]
    {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

fn person(name: &str) -> UserName {
    UserName::try_from(name).unwrap()
}

#[test]
fn who_is_written_to_is_one_or_several_and_the_text_is_the_rest() {
    let write = |names: &[&str], text: Option<&str>| {
        let names = names.iter().map(|name| person(name)).collect();
        Ok(Typed::WriteTo(names, text.map(str::to_owned)))
    };
    assert_eq!(parse("/msg Bob"), write(&["Bob"], None));
    assert_eq!(parse("/msg @Bob: hi,  you"), write(&["Bob"], Some("hi,  you")));
    assert_eq!(
        parse("/msg Bob,\"Ann Lee\",cy /me waves"),
        write(&["Bob", "Ann Lee", "cy"], Some("/me waves"))
    );
    for wrong in ["/msg", "/msg ,", "/msg Bob, hi", "/msg \u{202e}"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_room_is_made_for_everybody_or_for_members_and_people_have_roles_in_it() {
    let open = RoomName::try_from("ops").unwrap();
    assert_eq!(parse("/create #ops"), Ok(Typed::Ask(Asked::Create(NewRoom::Open { room: open }))));
    let title = Title::try_from("The ops team").unwrap();
    let private = Asked::Create(NewRoom::Private(PrivateRoom { title }));
    assert_eq!(parse("/create The ops team  PRIVATE"), Ok(Typed::Ask(private)));
    let name = RoomName::try_from("private").unwrap();
    assert_eq!(
        parse("/create private"),
        Ok(Typed::Ask(Asked::Create(NewRoom::Open { room: name })))
    );
    let role = Asked::Role(person("Ann Lee"), RoomRole::Owner);
    assert_eq!(parse("/role Ann Lee Owner"), Ok(Typed::Ask(role.clone())));
    assert_eq!(parse("/role \"Ann Lee\" owner"), Ok(Typed::Ask(role)));
    assert_eq!(parse("/add @Bob"), Ok(Typed::Ask(Asked::Add(person("Bob")))));
    assert_eq!(parse("/remove Bob"), Ok(Typed::Remove(person("Bob"))));
    let address = RoomName::known("+q7x2m9k4t1ab").unwrap();
    assert_eq!(parse("/join +q7x2m9k4t1ab"), Ok(Typed::Join(address)));
    for wrong in ["/create +ops", "/create", "/role Bob", "/role Bob king", "/add", "/move 0"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_level_and_words_are_taken_in_any_case_and_what_is_none_is_told() {
    assert_eq!(parse("/notify"), Ok(Typed::Notify(None)));
    assert_eq!(parse("/notify MENTIONS"), Ok(Typed::Notify(Some(Notify::Mentions))));
    assert!(parse("/notify loud").unwrap_err().contains("everything, mentions"));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    assert_eq!(parse("/highlight"), Ok(Typed::Highlight(None)));
    assert_eq!(parse("/highlight -"), Ok(Typed::Highlight(Some(words(&[])))));
    let two = words(&["deploy", "李小龙"]);
    assert_eq!(parse("/highlight  deploy 李小龙"), Ok(Typed::Highlight(Some(two))));
    assert!(parse(&format!("/highlight {}", "x ".repeat(51))).unwrap_err().contains("at most 50"));
    assert_eq!((parse("/mute"), parse("/unmute")), (Ok(Typed::Mute(true)), Ok(Typed::Mute(false))));
}
