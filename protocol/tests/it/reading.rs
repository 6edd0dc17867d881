//! Whom a text calls, and what is read of `read`, `mentions` and settings.

use protocol::{CALLS_MAX, Code, Everybody, ToServer, UserName, called};

fn calls(text: &str) -> Vec<Vec<String>> {
    let names = |names: Vec<UserName>| names.iter().map(|it| it.as_str().to_owned()).collect();
    called(text).into_iter().map(names).collect()
}

#[test]
fn behind_each_sign_stands_the_longest_name_first() {
    assert_eq!(calls("@Ann Lee: hi"), [vec!["Ann Lee: hi", "Ann Lee:", "Ann Lee", "Ann"]]);
    assert_eq!(calls("hi @ann"), [["ann"]]);
    assert_eq!(calls("@a\n@b"), [["a"], ["b"]]);
    assert_eq!(calls("(@ann)"), [["ann)", "ann"]]);
    assert_eq!(calls("＠Zoë!"), [["Zoë!", "Zoë"]]);
    assert_eq!(calls("你好@小明你好"), [["小明你好", "小明你", "小明", "小"]]);
}

#[test]
fn nobody_is_called_within_a_word_in_code_or_by_a_sign_alone() {
    for text in ["a@ann", "@", "@ ann", "no", "`@ann`", "```\n@ann\n```", "x`@ann` y"] {
        assert!(calls(text).is_empty(), "{text:?}: {:?}", calls(text));
    }
    assert_eq!(calls("`@ann` @bob"), [["bob"]]);
}

#[test]
fn of_very_many_signs_the_first_count() {
    let text = "@a ".repeat(CALLS_MAX + 1);
    assert_eq!(called(&text).len(), CALLS_MAX);
}

#[test]
fn everybody_has_two_names_in_any_case() {
    let everybody = |name| Everybody::called(&UserName::known(name).unwrap());
    assert_eq!(everybody("ALL"), Some(Everybody::All));
    assert_eq!(everybody("here"), Some(Everybody::Here));
    assert_eq!(everybody("alles"), None);
}

#[test]
fn what_is_no_marker_and_no_setting_is_refused() {
    for frame in [
        r#"{"type":"read","room":"dev"}"#,
        r#"{"type":"read","room":"dev","upto":-1}"#,
        r#"{"type":"read","room":"dev","upto":"1"}"#,
        r#"{"type":"mentions","before":1.5}"#,
        r#"{"type":"setting","room":"dev","notify":"some"}"#,
        r#"{"type":"setting","room":"dev","notify":"everything","muted":true}"#,
        r#"{"type":"setting","room":"dev","notify":"nothing","muted":false}"#,
        r#"{"type":"setting","room":"dev"}"#,
    ] {
        assert_eq!(ToServer::parse(frame).unwrap_err().refusal.code(), Code::BadField, "{frame}");
    }
}
