//! Checks of what the best clients get wrong, on the real binary and the real server: they speak of
//! bytes, times and processes.

use std::time::{Duration, Instant};

use crate::processes::{CutLine, Home, PATIENCE, Running, ServerProcess};
use crate::terminal::sequences::sequences;
use crate::terminal::{BEGIN, Client, END, Terminal};

/// A person without a screen, who writes lines.
fn writer(home: &Home, server: &str, user: &str) -> Running {
    home.start(&["--plain", "--server", server, "--room", "dev", "--user", user])
}

/// The terminal says that it lost the focus; what is typed after that shows that it was heard.
pub(crate) fn looks_away(alice: &mut Terminal) {
    alice.types("\u{1b}[Ox");
    alice.expect("> x");
    alice.types("\u{3}");
    alice.wait_for("an empty input", |screen| !screen.contents().contains("> x"));
}

/// What was written outside of synchronized updates, and what inside, one text for each.
fn updates(text: &str) -> (String, Vec<&str>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        outside.push_str(before);
        // The last one may not be whole yet.
        let Some((frame, behind)) = after.split_once(END) else { return (outside, inside) };
        inside.push(frame);
        rest = behind;
    }
    outside.push_str(rest);
    (outside, inside)
}

#[test]
fn check_4_the_line_above_what_is_new_stays_over_focus_arrivals_reconnect_and_restart() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let server = ServerProcess::start(&db);
    let line = CutLine::to(&server.address);
    let (home, other) = (Home::new(), Home::new());
    let client = Client { size: (80, 80), ..Client::of(&home, &line.address, "Alice") };
    let mut alice = client.start();
    alice.expect("1 online");
    let mut bob = writer(&other, &server.address, "Bob");
    alice.expect("Bob joined");
    bob.types("seen\n");
    alice.expect("Bob         seen");
    looks_away(&mut alice);
    (1..=25).for_each(|n| bob.types(&format!("unseen {n}\n")));
    alice.expect("unseen 25");
    let below = |terminal: &Terminal| {
        let contents = terminal.contents();
        let rows: Vec<_> = contents.lines().collect();
        let line = rows.iter().position(|row| row.contains(" new since "));
        line.map(|at| rows[at + 1].contains("Bob         unseen 1 "))
    };
    assert_eq!(below(&alice), Some(true));
    alice.wait("25 in the title", |alice| alice.text().contains("\u{1b}]2;(25) #dev"));
    line.cut();
    (26..=50).for_each(|n| bob.types(&format!("unseen {n}\n")));
    alice.expect("unseen 50");
    alice.wait("50 in the title", |alice| alice.text().contains("\u{1b}]2;(50) #dev"));
    assert_eq!(below(&alice), Some(true), "{}", alice.contents());
    // Back: all is read, and the line stays while one reads.
    alice.types("\u{1b}[I");
    alice.wait("nothing in the title", |alice| {
        alice.text().ends_with(END) && {
            let text = alice.text();
            text.rfind("]2;#dev") > text.rfind("]2;(50)")
        }
    });
    assert_eq!(below(&alice), Some(true));
    // Long enough for what was read to be written down with the end of the run.
    alice.leaves();
    let mut again = client.start();
    again.expect("unseen 50");
    assert_eq!(below(&again), Some(true), "{}", again.contents());
    again.leaves();
    drop(bob);
}

#[test]
fn check_5_nothing_is_written_while_nothing_happens() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online ·");
    // The last of what begins: the frame after the first answer to a ping.
    while alice.read(Duration::from_secs(2)) {}
    let before = alice.raw.len();
    let end = Instant::now() + Duration::from_secs(60);
    while alice.read(end.saturating_duration_since(Instant::now())) {}
    // Three answers to a ping may each have come faster than those before, which is told.
    let text = &alice.text()[before..];
    let frames = text.matches(BEGIN).count();
    assert!(frames <= 3 && (frames > 0 || text.is_empty()), "{text:?}");
    alice.leaves();
}

#[test]
fn check_5_a_message_is_seen_at_once_and_a_flood_is_one_frame_in_16_ms() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online ·");
    let mut bob = writer(&other, &server.address, "Bob");
    alice.expect("Bob joined");
    // What a key takes here while nothing else happens: some machines are slower than people.
    let key = (1..=5).map(|n| {
        let typed = Instant::now();
        alice.types("y");
        alice.expect(&format!("> {}", "y".repeat(n)));
        typed.elapsed()
    });
    let at_once = Duration::from_millis(50).max(8 * key.min().unwrap());
    alice.types("\u{3}");

    let mut took: Vec<_> = (1..=21)
        .map(|n| {
            let began = Instant::now();
            bob.types(&format!("quick {n}.\n"));
            alice.expect(&format!("quick {n}."));
            began.elapsed()
        })
        .collect();
    took.sort_unstable();
    assert!(took[5] < at_once, "a quarter took {:?} or less, not {at_once:?}", took[5]);

    // Some hundred a second, by as many hands as the server hears at once.
    let flood: Vec<_> = (0..4)
        .map(|n| {
            let home = Home::new();
            let mut writer = writer(&home, &server.address, &format!("Writer{n}"));
            let lines: String = (1..=500).map(|n| format!("flood {n}\n")).collect();
            let mut input = writer.stdin.take().unwrap();
            let hand = std::thread::spawn(move || {
                use std::io::Write as _;
                input.write_all(lines.as_bytes()).unwrap();
            });
            (home, writer, hand)
        })
        .collect();
    alice.expect("flood ");
    while alice.read(Duration::ZERO) {}
    let (began, from) = (Instant::now(), alice.raw.len());
    let mut echo = Vec::new();
    for n in 0..20 {
        let typed = Instant::now();
        alice.types("x");
        alice.expect(&format!("> {}", "x".repeat(n + 1)));
        echo.push(typed.elapsed());
    }
    let frames = alice.text()[from..].matches(BEGIN).count();
    let most = began.elapsed().as_millis() / 16 + 2;
    assert!((frames as u128) <= most, "{frames} frames, {most} at most");
    echo.sort_unstable();
    assert!(echo[5] < at_once, "a quarter took {:?} or less, not {at_once:?}", echo[5]);
    for (_home, writer, hand) in flood {
        hand.join().unwrap();
        assert_eq!(writer.finish().0, 0);
    }
    alice.types("\u{3}");
    alice.leaves();
}

#[test]
fn check_6_every_frame_is_one_synchronized_update_also_of_another_size() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("some words\r\u{1b}OP");
    alice.expect("Commands");
    alice.types("\u{1b}[6~\u{c}");
    for (cols, rows) in [(40, 12), (200, 60), (79, 23), (1, 1), (80, 24)] {
        alice.resize(cols, rows);
        let from = alice.raw.len();
        alice.wait("a frame", |alice| alice.text()[from..].contains(END));
    }
    // Closes the help, and leaves.
    alice.types("\u{1b}OP\u{3}\u{3}");
    assert_eq!(alice.read_to_end(), 0);
    let text = alice.text();
    let (outside, inside) = updates(&text);
    assert!(inside.len() > 5, "{}", inside.len());
    // What is left is what takes the terminal and gives it back: no text, and no place for any.
    assert!(!outside.contains(['H', 'J', 'K', ' ']), "{outside:?}");
    let words: String = outside
        .split('\u{1b}')
        .map(|sequence| {
            sequence
                .trim_start_matches(['[', '?', '>', '<', ';'])
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
        })
        .collect();
    assert!(words.len() < 60, "{words:?}");
}

#[test]
fn check_10_a_link_over_three_rows_is_one_link_and_copying_gives_the_source() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    let path = "x".repeat(100);
    let link = format!("https://example.org/{path}/end");
    alice.types(&format!("see {link} now\r"));
    // Not in the input, but in the messages.
    alice
        .wait("a link", |alice| alice.text().contains("\u{1b}]8;;") && alice.text().ends_with(END));
    let text = alice.text();
    let (_, frames) = updates(&text);
    let opened: Vec<_> = frames
        .iter()
        .flat_map(|frame| frame.split("\u{1b}]8;").skip(1))
        .map(|rest| rest.split("\u{1b}\\").next().unwrap())
        .filter(|target| *target != ";")
        .collect();
    assert!(opened.len() >= 3, "{opened:?}");
    assert!(opened.iter().all(|target| *target == opened[0]), "{opened:?}");
    assert!(opened[0].starts_with("id=") && opened[0].ends_with(&format!(";{link}")), "{opened:?}");
    // What is not a link is outside of it.
    assert_eq!(text.matches("\u{1b}]8;id").count(), text.matches("\u{1b}]8;;").count());

    // Only what the server has stored is copied.
    alice.expect("Alice       see");
    alice.types("/copy\r");
    let source = base64(format!("see {link} now").as_bytes());
    alice.wait("the copy", |alice| alice.text().contains(&format!("\u{1b}]52;c;{source}")));
    alice.types("/url 1\r");
    let source = base64(link.as_bytes());
    alice.wait("the link", |alice| alice.text().contains(&format!("\u{1b}]52;c;{source}")));
    alice.leaves();
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let all = chunk.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let sign = char::from(SIGNS[(all >> (18 - 6 * at)) as usize & 63]);
            text.push(if at <= chunk.len() { sign } else { '=' });
        }
    }
    text
}

#[test]
fn check_12_without_colours_none_is_written_and_bold_and_reverse_are_left() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    for (environment, arguments, coloured, words) in [
        (("NO_COLOR", ""), &[][..], true, "as usual"),
        (("NO_COLOR", "1"), &[], false, "plain"),
        // What is asked for outranks the variable.
        (("NO_COLOR", "1"), &["--color", "256"], true, "asked for"),
        (("COLORTERM", "truecolor"), &["--color", "none"], false, "refused"),
    ] {
        let environment = [environment];
        let client = Client {
            environment: &environment,
            arguments,
            ..Client::of(&home, &server.address, "Alice")
        };
        let mut alice = client.start();
        alice.expect("● Alice");
        alice.types(&format!("{words}\r"));
        alice.expect(&format!("Alice       {words}"));
        let text = alice.text();
        let (_, frames) = updates(&text);
        let colours = |parameters: &str| {
            parameters
                .split(';')
                .any(|parameter| matches!(parameter.parse(), Ok(30..=49 | 90..=107)))
        };
        let styles: Vec<_> = frames
            .iter()
            .flat_map(|frame| sequences(frame))
            .filter(|(_, sequence)| sequence.starts_with("\u{1b}[") && sequence.ends_with('m'))
            .map(|(_, sequence)| sequence[2..sequence.len() - 1].to_owned())
            .collect();
        assert_eq!(styles.iter().any(|style| colours(style)), coloured, "{styles:?}");
        assert!(!styles.contains(&String::new()), "a bare reset");
        let has = |wanted| styles.iter().any(|style| style.split(';').any(|one| one == wanted));
        assert!(has("1") && has("7"), "{styles:?}");
        alice.leaves();
    }
}

#[test]
fn check_13_the_cursor_stands_at_the_caret_in_every_frame() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online ·");
    let mut column = 2;
    // What is typed, and how many cells it takes.
    for (text, cells) in
        [("a", 1), ("日", 2), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("❤\u{fe0f}", 2), ("ש", 1), ("z", 1)]
    {
        column += cells;
        alice.types(text);
        alice.wait(text, |alice| {
            let text = alice.text();
            let cursor = alice.screen().cursor_position();
            text.ends_with(END) && cursor == (23, column)
        });
    }
    for cells in [1, 1, 2, 2, 1, 2, 1] {
        column -= cells;
        alice.types("\u{1b}[D");
        alice.wait("the caret", |alice| alice.screen().cursor_position() == (23, column));
    }
    // In every frame the cursor is shown, and its place comes last.
    let text = alice.text();
    let (_, frames) = updates(&text);
    for frame in &frames {
        let end = &frame[frame.rfind("\u{1b}[?25h").unwrap()..];
        let (_, place) = sequences(end)[1].clone();
        assert!(place.starts_with("\u{1b}[24;") && place.ends_with('H'), "{end:?}");
    }
    alice.types("\u{3}");
    alice.leaves();
}

#[test]
fn a_bell_rings_once_in_two_seconds() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    let mut bob = writer(&other, &server.address, "Bob");
    alice.expect("Bob joined");
    let bells = |alice: &Terminal| {
        let text = alice.text();
        updates(&text).0.matches('\u{7}').count()
    };
    bob.types("alice: looking\n");
    alice.expect("looking");
    assert_eq!(bells(&alice), 0);
    looks_away(&mut alice);
    let began = Instant::now();
    (1..=5).for_each(|n| bob.types(&format!("alice: {n}.\n")));
    alice.expect("5.");
    alice.wait("a bell", |alice| bells(alice) > 0);
    assert!(bells(&alice) == 1 || began.elapsed() > Duration::from_secs(2));
    assert!(began.elapsed() < PATIENCE);
    alice.leaves();
}
