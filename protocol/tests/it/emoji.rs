//! The table of emoji that the page has is made from the data of the `emojis` crate, by which the server judges. After an
//! update of that, run this test with `NEBULA_WRITE_EMOJI=1`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const BEGIN: &str = "const TABLE = `\n";
const END: &str = "`;\n";

/// Shorter lines than this get another emoji.
const LINE_BYTES: usize = 140;

/// Each picture and what the clients call it between colons, several in a line.
fn table() -> String {
    let (mut table, mut line) = (String::new(), String::new());
    for emoji in emojis::iter() {
        let named = emoji.name().to_lowercase().replace([':', ',', '“', '”', '(', ')', '.'], "");
        let mut codes: Vec<_> = emoji.shortcodes().map(str::to_owned).collect();
        if codes.is_empty() {
            codes.push(named.replace([' ', '-'], "_"));
        }
        if line.len() > LINE_BYTES {
            let _ = writeln!(table, "{line}");
            line.clear();
        }
        let between = if line.is_empty() { "" } else { "," };
        let _ = write!(line, "{between}{emoji} {}", codes.join(" "));
    }
    let _ = writeln!(table, "{line}");
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
