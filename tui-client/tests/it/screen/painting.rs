//! Check 7: what a terminal shows is what was drawn, also one that counts the cells of a text
//! otherwise than we do.

use std::cell::RefCell;
use std::num::NonZeroU16;
use std::rc::Rc;

use nebula::screen::terminal::links::Links;
use nebula::screen::terminal::paint::Painter;
use nebula::screen::view::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::client::Client;

const SIZE: (u16, u16) = (80, 12);

/// Texts that terminals do not agree on.
const TEXTS: &[&str] = &[
    "plain",
    "日本語テキスト 한국어",
    "family 👩‍👩‍👧 and 👨🏽‍🚀 here",
    "flags 🇩🇪🇫🇷 here",
    "hearts ❤️ ☂️ here, text ❤ too",
    "combining e\u{301} o\u{308}\u{323} here",
    "שלום עולם مرحبا لا",
    "keycaps 1️⃣ here",
    "👩‍👩‍👧👩‍👩‍👧❤️❤️👩‍👩‍👧end",
];

#[test]
fn check_7_the_terminal_shows_what_was_drawn() {
    for names_emoji in [false, true] {
        let mut client = Client::entered(SIZE.0, SIZE.1);
        client.screen.names_emoji = names_emoji;
        let (cols, rows) = SIZE;
        let size = |cells| NonZeroU16::new(cells).unwrap();
        let mut shown = vt100::Parser::new(size(rows), size(cols), 0);
        let links = Rc::new(RefCell::new(Links::default()));
        let painter = Painter::new(links, || Ok(SIZE));
        let mut painted = Terminal::new(painter).unwrap();
        for (id, text) in (1..).zip(TEXTS.iter().cycle().take(3 * TEXTS.len())) {
            client.says(id, "Bob", text);
            if id % 2 == 0 {
                client.types("x日");
            }
            // A new one each time: it keeps what stood under wide signs.
            let mut drawn = Terminal::new(TestBackend::new(cols, rows)).unwrap();
            drawn.draw(|frame| drop(view(&client.screen, frame))).unwrap();
            painted.draw(|frame| drop(view(&client.screen, frame))).unwrap();
            let mut bytes = Vec::new();
            painted.backend_mut().end(&mut bytes).unwrap();
            shown.process(&bytes);
            same(shown.screen(), drawn.backend(), text);
        }
    }
}

/// Cell by cell. Of what is joined of several signs, vt100 keeps the first in its place: so it must
/// be the beginning, and nothing else may have moved.
fn same(shown: &vt100::Screen, drawn: &TestBackend, text: &str) {
    for y in 0..SIZE.1 {
        let mut covered = 0;
        for x in 0..SIZE.0 {
            if x < covered {
                continue;
            }
            let wanted = drawn.buffer()[(x, y)].symbol();
            let cell = shown.cell(y, x).unwrap();
            let is = if cell.contents().is_empty() { " " } else { cell.contents() };
            assert!(wanted.starts_with(is), "{text}: {is:?} in place of {wanted:?} at {x}, {y}");
            covered = x + u16::try_from(nebula::screen::measure::width(wanted)).unwrap().max(1);
        }
    }
}

#[test]
fn a_row_that_terminals_do_not_agree_on_is_painted_once() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", &"👩‍👩‍👧".repeat(20));
    let links = Rc::new(RefCell::new(Links::default()));
    let mut painted = Terminal::new(Painter::new(links, || Ok(SIZE))).unwrap();
    painted.draw(|frame| drop(view(&client.screen, frame))).unwrap();
    let mut bytes = Vec::new();
    painted.backend_mut().end(&mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap().matches("👩‍👩‍👧").count(), 20);
}

#[test]
fn a_frame_like_the_one_before_is_not_written() {
    let client = Client::entered(80, 12);
    let links = Rc::new(RefCell::new(Links::default()));
    let mut painted = Terminal::new(Painter::new(links, || Ok(SIZE))).unwrap();
    for is_written in [true, false, false] {
        painted.draw(|frame| drop(view(&client.screen, frame))).unwrap();
        let mut bytes = Vec::new();
        painted.backend_mut().end(&mut bytes).unwrap();
        assert_eq!(!bytes.is_empty(), is_written);
    }
}
