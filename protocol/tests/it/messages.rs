//! What happens to messages: which emoji are one, and what a list of reactions is after each event.

use protocol::{
    Code, Emoji, MessageId, REACTION_USERS_MAX, Reacted, Reaction, RoomName, ToServer, UserName,
    encode_reactions, parse_reactions, react,
};

fn code(frame: &str) -> Option<Code> {
    ToServer::parse(frame).err().map(|bad| bad.refusal.code())
}

#[test]
fn one_emoji_is_the_same_text_however_it_was_typed() {
    for (typed, emoji) in [
        ("👍", "👍"),
        ("👍\u{FE0F}", "👍"),
        ("❤", "❤\u{FE0F}"),
        ("❤\u{FE0E}", "❤\u{FE0F}"),
        ("❤\u{FE0F}", "❤\u{FE0F}"),
        ("1\u{20E3}", "1\u{FE0F}\u{20E3}"),
        ("👩🏽\u{200D}🚀", "👩🏽\u{200D}🚀"),
        ("🏳\u{200D}🌈", "🏳\u{FE0F}\u{200D}🌈"),
        ("🇩🇪", "🇩🇪"),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
    ] {
        assert_eq!(Emoji::try_from(typed).map(|it| it.as_str().to_owned()), Ok(emoji.into()));
    }
}

#[test]
fn what_is_not_one_emoji_is_refused() {
    for text in ["", " ", "x", "1", "👍👍", "👍 ", ":+1:", "🏽", "\u{FE0F}", "🇩", "é", "漢"]
    {
        assert!(Emoji::try_from(text).is_err(), "{text:?}");
        let frame = format!(r#"{{"type":"react","room":"a","message":1,"emoji":"{text}"}}"#);
        assert_eq!(code(&frame), Some(Code::BadField), "{text:?}");
    }
    let long = "👍".repeat(1000);
    let frame = format!(r#"{{"type":"react","room":"a","message":1,"emoji":"{long}"}}"#);
    assert_eq!(code(&frame), Some(Code::BadField));
    assert!(Emoji::known(&long).is_err() && Emoji::known("").is_err());
    assert!(Emoji::known("one of Unicode 40").is_ok(), "a newer server knows more");
}

#[test]
fn a_page_is_on_one_side_of_an_id_or_around_it() {
    for fields in [r#""before":1,"after":1"#, r#""around":1,"before":1"#, r#""after":"x""#] {
        assert_eq!(
            code(&format!(r#"{{"type":"history","room":"a",{fields}}}"#)),
            Some(Code::BadField)
        );
    }
    for fields in [r#""after":0"#, r#""around":5,"limit":0"#] {
        assert_eq!(code(&format!(r#"{{"type":"history","room":"a",{fields}}}"#)), None);
    }
}

fn reacted(emoji: &str, on: bool, sender: &str, next: Option<&str>) -> Reacted {
    let user = |name| UserName::try_from(name).unwrap();
    Reacted {
        room: RoomName::general(),
        message: MessageId::default(),
        emoji: Emoji::try_from(emoji).unwrap(),
        on,
        sender: user(sender),
        next: next.map(user),
        id: MessageId::default(),
        at: 0,
        reference: None,
    }
}

fn told(reactions: &[Reaction]) -> Vec<(&str, u32, String)> {
    let names = |it: &Reaction| it.users.iter().map(UserName::as_str).collect::<Vec<_>>().join(" ");
    reactions.iter().map(|it| (it.emoji.as_str(), it.count, names(it))).collect()
}

#[test]
fn kinds_stay_in_the_order_in_which_they_came() {
    let mut list = Vec::new();
    for (emoji, on, sender) in
        [("👍", true, "Ann"), ("🚀", true, "Bob"), ("👍", true, "Bob"), ("👍", false, "ann")]
    {
        react(&mut list, &reacted(emoji, on, sender, None));
    }
    assert_eq!(told(&list), [("👍", 1, "Bob".into()), ("🚀", 1, "Bob".into())]);
    react(&mut list, &reacted("👍", false, "Bob", None));
    react(&mut list, &reacted("👍", true, "Ann", None));
    assert_eq!(told(&list), [("🚀", 1, "Bob".into()), ("👍", 1, "Ann".into())]);
    react(&mut list, &reacted("🎉", false, "Ann", None));
    assert_eq!(list.len(), 2, "what is not there cannot go");
    assert_eq!(parse_reactions(&encode_reactions(&list)).unwrap(), list);
    assert!(parse_reactions("[{").is_err());
}

#[test]
fn twenty_names_are_told_and_all_are_counted() {
    let mut list = Vec::new();
    for n in 0..25 {
        react(&mut list, &reacted("👍", true, &format!("u{n}"), None));
    }
    assert_eq!((list[0].count, list[0].users.len()), (25, REACTION_USERS_MAX));
    react(&mut list, &reacted("👍", false, "u24", None));
    assert_eq!((list[0].count, list[0].users.len()), (24, REACTION_USERS_MAX));
    react(&mut list, &reacted("👍", false, "u3", Some("u20")));
    assert_eq!((list[0].count, list[0].users.len()), (23, REACTION_USERS_MAX));
    assert_eq!(list[0].users.last().unwrap().as_str(), "u20");
}
