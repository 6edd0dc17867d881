//! What a frame costs: at 200 × 60, with 100 and with 10,000 messages loaded, at the end and further
//! up, plain ones and formatted ones, with 10,000 unread in another room.
//!
//! `cargo bench -p tui-client` prints the medians and their ratio, and fails if the 10,000 cost
//! more than 1.2 times the 100 in each of three rounds: only what is seen may cost anything.

use std::time::{Duration, Instant};

use nebula::chat;
use nebula::chat::update::dial_now;
use nebula::chat::{Model, Room};
use nebula::screen::update::update;
use nebula::screen::view::view;
use nebula::screen::{Event, Screen};
use protocol::{RoomName, ToClient, UserName};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const SIZE: (u16, u16) = (200, 60);
const FEW: u64 = 100;
const MANY: u64 = 10_000;
const FRAMES: usize = 400;
const ROUNDS: usize = 3;
const RATIO_MAX: f64 = 1.2;
/// What the messages say; `N` is different in each.
const PLAIN: &str = "message N with a link https://ci.example/run/N and some more words, alice";
const FORMATTED: &str = "**message N** with `code`, [a link](https://ci.example/run/N) and ||more||, @alice\\n\
    > a quote\\n- an item\\n```rust\\nfn run() -> u32 {\\n    N // its number\\n}\\n```";

fn main() -> std::process::ExitCode {
    let mut is_flat = false;
    for round in 1..=ROUNDS {
        let mut ratios = Vec::new();
        for (what, text) in [("plain", PLAIN), ("formatted", FORMATTED)] {
            for (place, up) in [("at the end", 0), ("further up", 50)] {
                let [few, many] = medians(text, up);
                let ratio = many.as_secs_f64() / few.as_secs_f64();
                println!(
                    "round {round}, {what}, {place}: {few:?} with {FEW} messages, {many:?} with {MANY}: {ratio:.2}"
                );
                ratios.push(ratio);
            }
        }
        is_flat |= ratios.iter().all(|ratio| *ratio < RATIO_MAX);
    }
    if is_flat {
        return std::process::ExitCode::SUCCESS;
    }
    eprintln!("a frame costs more than {RATIO_MAX} times as much with {MANY} messages");
    std::process::ExitCode::FAILURE
}

/// Median times of a frame with few and with many messages, taken in turns: the machine is as busy
/// for both.
fn medians(text: &str, up: isize) -> [Duration; 2] {
    let mut screens = [FEW, MANY].map(|messages| screen(text, messages, up));
    let mut times = [Vec::new(), Vec::new()];
    for frame in 0..FRAMES {
        for (screen, times) in screens.iter_mut().zip(&mut times) {
            // Something changes between two frames.
            let envelope = message(text, "dev", 1_000_000 + frame as u64);
            update(screen, Event::Chat(chat::Event::Received(envelope)));
            let mut terminal = terminal();
            let began = Instant::now();
            let drawn = terminal.draw(|frame| drop(view(screen, frame)));
            times.push(began.elapsed());
            assert!(drawn.is_ok());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

fn terminal() -> Terminal<TestBackend> {
    let (columns, rows) = SIZE;
    match Terminal::new(TestBackend::new(columns, rows)) {
        Ok(terminal) => terminal,
        Err(never) => match never {},
    }
}

fn screen(text: &str, messages: u64, up: isize) -> Screen {
    let me = UserName::try_from("Alice").ok();
    let mut model = Model::new(RoomName::general(), me, "s".to_owned());
    drop(dial_now(&mut model));
    let mut other = Room::new(RoomName::general());
    if let Ok(name) = RoomName::try_from("dev") {
        other.name = name;
    }
    model.rooms.insert(0, other);
    let mut screen = Screen::new(model);
    update(&mut screen, Event::Resize(SIZE.0, SIZE.1));
    for id in 1..=messages {
        for room in ["dev", "general"] {
            update(&mut screen, Event::Chat(chat::Event::Received(message(text, room, id))));
        }
    }
    update(&mut screen, Event::Wheel(-up));
    screen
}

fn message(text: &str, room: &str, id: u64) -> ToClient {
    let content = text.replace('N', &id.to_string());
    let text = format!(
        r#"{{"type":"message","room":"{room}","sender":"Bob","content":"{content}","id":{id},"at":{}}}"#,
        id * 1000
    );
    match ToClient::parse(&text) {
        Ok(envelope) => envelope,
        Err(error) => panic!("{error}: {text}"),
    }
}
