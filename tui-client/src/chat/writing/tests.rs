//! What is typed and pasted, with the caret where `^` stands.

use super::code::{blocks, fenced, is_inside, is_likely};
use super::emoji::{complete, offer};

fn caret(marked: &str) -> (String, usize) {
    let at = marked.find('^').unwrap();
    (marked.replace('^', ""), at)
}

#[test]
fn code_is_what_has_an_end_and_what_has_none_yet() {
    for (marked, inside) in [
        ("a ^b", false),
        ("`a^b`", true),
        ("`ab`^", false),
        ("`ab^", true),
        ("`a` b^", false),
        ("`a` `b^", true),
        ("``a ` b^", true),
        ("``a ` b`` c^", false),
        ("`a\nb^", false),
        ("```\na^", true),
        ("```rust\na^\n```", true),
        ("```\na\n```\n^", false),
        ("````\n```\na^", true),
        ("> ```\n> a^", true),
        ("> > ```\n> > a^", true),
        ("> ```\na^", false),
        ("``` two words\na^", false),
        ("```\n```no-end\na^", true),
        ("x ```\na^", false),
        ("a ^ `b`", false),
    ] {
        let (text, at) = caret(marked);
        assert_eq!(is_inside(&text, at), inside, "{marked}");
    }
}

#[test]
fn the_second_colon_makes_a_picture_but_not_in_code() {
    for (marked, picture) in [
        (":smile:^", Some((0, "😄"))),
        ("hi :+1:^", Some((3, "👍"))),
        ("(:Heart:^)", Some((1, "❤️"))),
        ("😄:crab:^", Some((4, "🦀"))),
        (":nonsense:^", None),
        ("::^", None),
        ("10:30:^", None),
        ("std::fire:^", None),
        ("http://fire:^", None),
        ("`:smile:^", None),
        ("`:smile:^`", None),
        ("```\n:smile:^", None),
        ("`a` :smile:^", Some((4, "😄"))),
    ] {
        let (text, at) = caret(marked);
        assert_eq!(complete(&text, at), picture, "{marked}");
    }
}

#[test]
fn the_beginning_of_a_name_is_offered_what_it_may_become() {
    let names = |marked: &str| {
        let (text, at) = caret(marked);
        let offer = offer(&text, at)?;
        Some(offer.found.iter().map(|named| named.name).collect::<Vec<_>>())
    };
    assert_eq!(names(":crab^").unwrap()[0], "crab");
    assert_eq!(names("a :smi^").unwrap()[..3], ["smile", "smirk", "smiley"]);
    assert!(names(":eyes^").unwrap().len() > 1, "words within a name count too");
    for marked in
        [":s^", ":^", "a:smi^", "10:30^", ":)^", ":qqq^", "`:smi^", "```\n:smi^", ": smi^"]
    {
        assert_eq!(names(marked), None, "{marked}");
    }
}

#[test]
fn the_blocks_of_a_text_are_what_was_typed_between_the_fences() {
    assert_eq!(blocks("a\n```rust\nfn x() {\n  1\n}\n```\nb `c`"), ["fn x() {\n  1\n}"]);
    assert_eq!(blocks("> ```\n> a\n> ```\n```\nb\n```"), ["a", "b"]);
    assert_eq!(blocks("a `b` c"), [""; 0]);
}

#[test]
fn several_lines_with_the_signs_of_code_look_like_it() {
    for code in [
        "fn main() {\n    go();\n}",
        "def f(x):\n    y = 1\n    return y",
        "<div>\n  <p>a</p>\n</div>",
        "int a;\nint b;",
        "\tone\n\ttwo",
    ] {
        assert!(is_likely(code), "{code}");
    }
    for text in [
        "one\ntwo",
        "fn main() {}",
        "a list:\n- one\n  - two\n  - three",
        "```\nint a;\nint b;\n```",
        "Dear all,\nI write;\nyou read.\nBye",
        "",
        "\n\n  \n",
    ] {
        assert!(!is_likely(text), "{text}");
    }
}

#[test]
fn a_fence_stands_on_lines_of_its_own_and_is_longer_than_any_in_the_code() {
    assert_eq!(fenced("a;\nb;\n", "", ""), "```\na;\nb;\n```");
    assert_eq!(fenced("a", "x", "y"), "\n```\na\n```\n");
    assert_eq!(fenced("a", "x\n", "\ny"), "```\na\n```");
    assert_eq!(fenced("````\na", "", ""), "`````\n````\na\n`````");
}
