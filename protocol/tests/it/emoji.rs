//! The table of emoji that the page has is made from the data of the `emojis` crate, by which the server judges. After an
//! update of that, run this test with `NEBULA_WRITE_EMOJI=1`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const BEGIN: &str = "const TABLE = `\n";
const END: &str = "`;\n";

/// Joins pictures to one.
const JOINER: char = '\u{200D}';
/// Makes a picture of what may also be a letter.
const AS_PICTURE: char = '\u{FE0F}';
/// Of the emoji that are joined of several pictures, those that the table has beside the two genders of others.
const JOINED: [&str; 8] = [
    "heart_on_fire",
    "mending_heart",
    "rainbow_flag",
    "transgender_flag",
    "pirate_flag",
    "black_cat",
    "polar_bear",
    "service_dog",
];
/// Joined behind a person, and joined in their place: a man and a woman.
const SIGNS: [(&str, &str); 2] = [("\u{2642}\u{FE0F}", "_man"), ("\u{2640}\u{FE0F}", "_woman")];
const PERSON: char = '\u{1F9D1}';
const PEOPLE: [(&str, &str); 2] = [("\u{1F468}", "man_"), ("\u{1F469}", "woman_")];

fn codes_of(emoji: &str) -> Option<Vec<String>> {
    emojis::get(emoji).map(|it| it.shortcodes().map(str::to_owned).collect())
}

/// The two genders of an emoji, where their codes follow from its own: which they are, and how that is written.
fn genders(emoji: &str, codes: &[String]) -> Option<([String; 2], String)> {
    let bare = emoji.trim_end_matches(AS_PICTURE);
    let ways = std::iter::once((codes, String::new())).chain(
        codes.iter().enumerate().map(|(at, code)| (std::slice::from_ref(code), at.to_string())),
    );
    for (codes, which) in ways {
        let signed = SIGNS.map(|(sign, end)| {
            (format!("{bare}{JOINER}{sign}"), codes.iter().map(|it| format!("{it}{end}")).collect())
        });
        let replaced = PEOPLE.map(|(person, begin)| {
            (
                emoji.replace(PERSON, person),
                codes.iter().map(|it| format!("{begin}{it}")).collect::<Vec<_>>(),
            )
        });
        for (mark, both) in [('%', signed), ('*', replaced)] {
            if !codes.is_empty()
                && both
                    .iter()
                    .all(|(it, codes)| it != emoji && codes_of(it).as_ref() == Some(codes))
            {
                return Some((both.map(|it| it.0), format!("{mark}{which}")));
            }
        }
    }
    None
}

/// `clock130` and the like: 24 faces that nobody looks for.
fn is_clock(code: &str) -> bool {
    code.strip_prefix("clock").is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
}

/// The letters of a country's flag.
fn country(emoji: &str) -> Option<String> {
    let letter = |char| char::from_u32(u32::from(char).checked_sub(0x1F1E6)? + u32::from('A'));
    emoji.chars().map(|char| letter(char).filter(char::is_ascii_uppercase)).collect()
}

/// One emoji in a line: the picture, what the clients call it between colons or, behind a bar, its name. A picture that
/// follows the one before in Unicode is left out, or a point where it needs to be made one.
fn table() -> String {
    let mut all: Vec<_> = emojis::iter().map(emojis::Emoji::as_str).collect();
    all.sort_by_key(|it| it.chars().collect::<Vec<_>>());
    let (mut lines, mut known, mut before) = (Vec::new(), std::collections::HashSet::new(), 0);
    for emoji in all.iter().copied() {
        let codes = codes_of(emoji).unwrap();
        let mark = genders(emoji, &codes).map(|(both, mark)| {
            known.extend(both);
            mark
        });
        let is_joined = emoji.contains(JOINER) && mark.is_none();
        let is_left_out = is_joined && !codes.iter().any(|it| JOINED.contains(&it.as_str()));
        if is_left_out || codes.iter().any(|it| is_clock(it)) {
            continue;
        }
        let chars: Vec<_> = emoji.chars().map(u32::from).collect();
        let follows = chars[0] == before + 1;
        let picture = match chars[..] {
            [_] if follows => "",
            [_, 0xFE0F] if follows => ".",
            _ => emoji,
        };
        if matches!(chars[..], [_] | [_, 0xFE0F]) {
            before = chars[0];
        }
        let picture = country(emoji).unwrap_or_else(|| picture.to_owned());
        let name = emojis::get(emoji).unwrap().name().to_lowercase();
        let name = if codes.is_empty() { format!("|{name}") } else { String::new() };
        lines.push((
            emoji,
            format!("{picture} {}{}{name}", codes.join(" "), mark.unwrap_or_default()),
        ));
    }
    let mut table = String::new();
    for (_, line) in lines.iter().filter(|(emoji, _)| !known.contains(*emoji)) {
        let _ = writeln!(table, "{line}");
    }
    table
}

#[test]
fn the_page_has_the_emoji_that_the_server_takes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/core/emoji.js");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the table begins");
    let (there, behind) = rest.split_once(END).expect("the table ends");
    let wanted = table();
    if env::var_os("NEBULA_WRITE_EMOJI").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{wanted}{END}{behind}")).unwrap();
    } else {
        assert!(there == wanted, "web/core/emoji.js is of other data");
    }
}
