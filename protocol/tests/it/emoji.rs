//! The emoji that the server takes, and the table that the page has, are made from the data of the `emojis` crate. After an
//! update of that, run these tests with `NEBULA_WRITE_EMOJI=1`, and then without it.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use protocol::{BadEmoji, Emoji};

const BEGIN: &str = "const TABLE = `\n";
/// A file has no more than a few hundred lines.
const EMOJI_PER_LINE: usize = 80;
const END: &str = "`;\n";

/// Joins pictures to one.
const JOINER: char = '\u{200D}';
/// Makes a picture of what may also be a letter.
const AS_PICTURE: char = '\u{FE0F}';
/// Of the emoji that are joined of several pictures, those that the table has beside the two genders of others.
const JOINED: [&str; 7] = [
    "heart_on_fire",
    "mending_heart",
    "rainbow_flag",
    "transgender_flag",
    "pirate_flag",
    "black_cat",
    "polar_bear",
];
/// Joined behind a person, and joined in their place: a man and a woman.
const SIGNS: [(&str, &str); 2] = [("\u{2642}\u{FE0F}", "_man"), ("\u{2640}\u{FE0F}", "_woman")];
const PERSON: char = '\u{1F9D1}';
const PEOPLE: [(&str, &str); 2] = [("\u{1F468}", "man_"), ("\u{1F469}", "woman_")];

/// Of all skin tones.
fn all() -> impl Iterator<Item = &'static emojis::Emoji> {
    emojis::iter().flat_map(|emoji| {
        let tones = emoji.skin_tones().into_iter().flatten();
        std::iter::once(emoji).chain(tones.filter(move |it| *it != emoji))
    })
}

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

/// Each emoji, some in a line: the picture, what the clients call it between colons or, behind a bar, its name. A picture that
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
    lines.retain(|(emoji, _)| !known.contains(*emoji));
    let mut table = String::new();
    for some in lines.chunks(EMOJI_PER_LINE) {
        let some: Vec<_> = some.iter().map(|(_, line)| line.as_str()).collect();
        let _ = writeln!(table, "{}", some.join(";"));
    }
    table
}

/// A file is made of this data, or is made anew.
fn is_made_of_it(path: &str, made: impl FnOnce(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let there = fs::read_to_string(&path).unwrap();
    let wanted = made(&there);
    if env::var_os("NEBULA_WRITE_EMOJI").is_some() {
        fs::write(&path, wanted).unwrap();
    } else {
        assert!(there == wanted, "{} is of other data", path.display());
    }
}

/// The text without what only says how a picture is drawn.
fn bare(emoji: &str) -> String {
    emoji.replace(['\u{FE0E}', AS_PICTURE], "")
}

#[test]
fn the_page_has_the_emoji_that_the_server_takes() {
    is_made_of_it("../web/core/emoji.js", |there| {
        let (before, rest) = there.split_once(BEGIN).expect("the table begins");
        let (_, behind) = rest.split_once(END).expect("the table ends");
        format!("{before}{BEGIN}{}{END}{behind}", table())
    });
}

#[test]
fn the_server_takes_all_of_them() {
    let mut lines: Vec<_> = all()
        .map(|it| std::iter::once(it.as_str()).chain(it.shortcodes()).collect::<Vec<_>>().join(" "))
        .collect();
    lines.sort_by_key(|line| bare(line.split(' ').next().unwrap()));
    is_made_of_it("src/emoji.txt", |_| lines.join("\n") + "\n");
}

#[test]
fn an_emoji_is_the_same_however_it_was_typed() {
    let texts: HashSet<_> = all().map(|it| bare(it.as_str())).collect();
    assert_eq!(texts.len(), all().count());
    for emoji in all() {
        let emoji = emoji.as_str();
        let spread = |text: &str| text.chars().flat_map(|it| [it, AS_PICTURE]).collect::<String>();
        for typed in [emoji.to_owned(), bare(emoji), spread(&bare(emoji))] {
            let taken = Emoji::try_from(&*typed);
            assert_eq!(taken.as_ref().map(Emoji::as_str).ok(), Some(emoji), "{typed:?}");
        }
        let (longer, twice) = (format!("{emoji}a"), emoji.repeat(2));
        for other in [longer, twice] {
            let taken = emojis::get(&other);
            assert_eq!(Emoji::try_from(&*other).is_ok(), taken.is_some(), "{other:?}");
        }
    }
    for text in ["", " ", "a", "1", "#", "\u{FE0F}", "\u{200D}", "\u{1F1E9}", "\u{1F3FB}"] {
        assert_eq!(Emoji::try_from(text).is_ok(), emojis::get(text).is_some(), "{text:?}");
    }
    assert_eq!(Emoji::try_from(""), Err(BadEmoji));
}

#[test]
fn an_emoji_has_all_its_names() {
    for emoji in all() {
        for name in emoji.shortcodes() {
            assert_eq!(Emoji::named(name).unwrap().as_str(), emoji.as_str(), "{name}");
        }
    }
    for name in ["", " ", "no_such_emoji", "Thumbsup", "👍"] {
        assert_eq!(Emoji::named(name), None, "{name:?}");
    }
}
