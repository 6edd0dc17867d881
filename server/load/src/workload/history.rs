//! Greedy readers of pages, or people who search, beside honest ones and a conversation, before and after the greedy come.
//!
//! The greedy run in a thread of their own, so that what they receive delays nobody's measuring. This
//! file does not know how they connect.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use hdrhistogram::Histogram;
use protocol::{SearchQuery, ToClient, ToServer};

use super::storm::gap;
use crate::crowd::{Crowd, Hears};
use crate::options::{Common, pin};
use crate::payload::Stamp;
use crate::process;
use crate::report::{Phase, Report};

/// Characters of four bytes: the longest text there is.
const TEXT: &str = "😀";
const CHARACTERS: usize = 4096;
/// Longest wait for something that should come at once.
const PATIENCE: Duration = Duration::from_secs(120);
/// What the server allows a connection to ask for in a second.
const GREEDY_GAP: Duration = Duration::from_millis(50);
/// How often an honest one asks.
const HONEST_GAP: Duration = Duration::from_millis(250);
/// Where the conversation and the readers come from: the last part of an address. The greedy are below.
const CHAT_HOST: usize = 200;
const HONEST_HOST: usize = 100;
/// How envelopes begin.
const HISTORY: &[u8] = br#"{"type":"history""#;
const FOUND: &[u8] = br#"{"type":"found""#;
const MESSAGE: &[u8] = br#"{"type":"message""#;
const ERROR: &[u8] = br#"{"type":"error""#;

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Connections that ask for the largest pages, as often as they may
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(crate) greedy: usize,
    /// What they search for all the time, instead of asking for pages
    #[arg(long, value_name = "QUERY")]
    pub(crate) search: Option<String>,
    /// Addresses that they come from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) addresses: usize,
    /// Readers of other addresses, each of its own, who ask four times a second
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub(crate) honest: usize,
    /// Long messages in the room that is read
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(crate) texts: usize,
    /// People in the conversation beside it
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) members: usize,
    /// Messages a second in it
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) rate: u32,
    /// Seconds, without the greedy and then with them
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    pub(crate) seconds: f64,
}

/// One honest reader.
#[derive(Debug, Clone, Copy)]
struct Reader {
    /// When it asked first, if it waits.
    asked: Option<Instant>,
    /// When it asks, or asks again; none while an answer is on its way.
    due: Option<Instant>,
    turn: u32,
}

/// The conversation and the honest readers. The first members talk and hear, the others read.
struct Honest {
    begun: Instant,
    members: usize,
    sent: u64,
    readers: Vec<Reader>,
    chat: Histogram<u64>,
    pages: Histogram<u64>,
    refused: u64,
}

impl Hears for Honest {
    fn heard(&mut self, connection: usize, payload: &[u8]) {
        let Some(reader) = connection.checked_sub(self.members) else {
            if let Some(Ok(stamp)) = Stamp::find(payload) {
                let took = nanos(self.begun).saturating_sub(stamp.sent_ns);
                self.chat.saturating_record(took.max(1));
            }
            return;
        };
        let reader = &mut self.readers[reader];
        if payload.starts_with(HISTORY) {
            if let Some(asked) = reader.asked.take() {
                self.pages.saturating_record(nanos(asked).max(1));
                reader.due = Some(Instant::now().max(asked + HONEST_GAP));
                reader.turn += 1;
            }
        } else if let Some(wait) = refusal(payload) {
            // It asks again, and what it waits counts.
            self.refused += 1;
            reader.due = Some(Instant::now() + wait);
        }
    }
}

impl Honest {
    fn new(members: usize, readers: usize) -> anyhow::Result<Self> {
        let histogram = || Histogram::new_with_bounds(1, 60_000_000_000, 3);
        Ok(Honest {
            begun: Instant::now(),
            members,
            sent: 0,
            readers: vec![Reader { asked: None, due: None, turn: 0 }; readers],
            chat: histogram()?,
            pages: histogram()?,
            refused: 0,
        })
    }

    /// Asks where it is time: in turns for a page of long texts, and to come into a calm room.
    fn ask(&mut self, crowd: &mut Crowd) {
        let now = Instant::now();
        for (number, reader) in self.readers.iter_mut().enumerate() {
            if reader.due.is_none_or(|due| due > now) {
                continue;
            }
            let connection = self.members + number;
            if reader.turn.is_multiple_of(2) {
                crowd.say(connection, r#"{"type":"history","room":"big","limit":50}"#);
            } else {
                if reader.asked.is_none() && reader.turn > 1 {
                    crowd.say(connection, r#"{"type":"leave","room":"calm"}"#);
                }
                crowd.say(connection, r#"{"type":"join","room":"calm","history":50}"#);
            }
            reader.asked.get_or_insert(now);
            reader.due = None;
        }
    }

    /// One stretch of it: how long what was said took, and what was read.
    fn run(
        &mut self,
        crowd: &mut Crowd,
        options: &Options,
        name: &str,
    ) -> anyhow::Result<[Phase; 2]> {
        let (gap, began) = (gap(options.rate), Instant::now());
        let end = began + Duration::from_secs_f64(options.seconds);
        self.chat.clear();
        self.pages.clear();
        for (number, reader) in (0..).zip(&mut self.readers) {
            reader.due = Some(began + HONEST_GAP * number / options.honest.max(1) as u32);
        }
        let mut talk = began;
        while Instant::now() < end || self.readers.iter().any(|reader| reader.asked.is_some()) {
            if Instant::now() >= talk {
                let sent_ns = nanos(self.begun);
                let stamp = Stamp { publisher: 0, number: self.sent, sent_ns };
                crowd.say(self.sent as usize % self.members, &stamp.envelope("chat", 100));
                self.sent += 1;
                talk += gap;
            }
            if Instant::now() >= end {
                let idle = self.readers.iter_mut().filter(|reader| reader.asked.is_none());
                idle.for_each(|reader| reader.due = None);
            }
            self.ask(crowd);
            crowd.turn(Duration::from_millis(1), self)?;
            if crowd.dropped > 0 || began.elapsed() > PATIENCE {
                bail!("{} were dropped, after {:?}", crowd.dropped, began.elapsed());
            }
        }
        let phase = |what: &str, measured: &Histogram<u64>| {
            let name = format!("{what} {name}");
            Phase::new(&name, began.elapsed(), measured.len(), None, measured)
        };
        Ok([phase("chat", &self.chat), phase("pages", &self.pages)])
    }
}

/// What the greedy got.
#[derive(Debug, Default)]
struct Greedy {
    pages: u64,
    refused: u64,
}

impl Hears for Greedy {
    fn heard(&mut self, _connection: usize, payload: &[u8]) {
        let is_page = payload.starts_with(HISTORY) || payload.starts_with(FOUND);
        self.pages += u64::from(is_page);
        self.refused += u64::from(refusal(payload).is_some());
    }
}

/// Asks for all it may until it is told to end; begins when all are connected.
fn be_greedy(options: &Options, state: &State) -> anyhow::Result<Greedy> {
    let mut greedy = Greedy::default();
    let mut crowd = Crowd::new(&Common { quiet: true, spin: false, ..options.common.clone() })?;
    let addresses = options.addresses.max(1);
    crowd.come_from(move |index| 1 + index % addresses);
    let query = |index: usize| format!("room=big&username=g{index}");
    crowd.connect(options.greedy, query, &mut greedy)?;
    state.connected.store(true, Ordering::Release);
    let question = match &options.search {
        Some(query) => ToServer::Search(SearchQuery::new(query)).encode(),
        None => r#"{"type":"history","room":"big","limit":200}"#.to_owned(),
    };
    let mut due = Instant::now();
    while !state.over.load(Ordering::Acquire) {
        if Instant::now() >= due {
            for index in 0..options.greedy {
                crowd.say(index, &question);
            }
            due += GREEDY_GAP;
        }
        crowd.turn(Duration::from_millis(5), &mut greedy)?;
    }
    Ok(greedy)
}

#[derive(Debug, Default)]
struct State {
    connected: AtomicBool,
    over: AtomicBool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let common = &options.common;
    anyhow::ensure!(options.members > 0 && options.addresses < HONEST_HOST, "too few or too many");
    pin(common.pin)?;
    let (members, count) = (options.members, options.members + options.honest);
    let mut honest = Honest::new(members, options.honest)?;
    let mut crowd = Crowd::new(common)?;
    let host =
        move |index: usize| index.checked_sub(members).map_or(CHAT_HOST, |n| HONEST_HOST + n % 99);
    crowd.come_from(host);
    let begun = Instant::now();
    let room = |index: usize| if index < members { "chat" } else { "big" };
    let query = |index: usize| format!("room={}&username=h{index}", room(index));
    crowd.connect(count, query, &mut honest)?;
    let connected = begun.elapsed();
    fill(&mut crowd, options)?;
    let alone = honest.run(&mut crowd, options, "alone")?;
    let cpu = process::cpu(common.pid);
    let state = State::default();
    let (beside, greedy) = thread::scope(|scope| {
        let greedy = scope.spawn(|| be_greedy(options, &state));
        while !state.connected.load(Ordering::Acquire) && !greedy.is_finished() {
            crowd.turn(Duration::from_millis(5), &mut honest)?;
        }
        let beside = honest.run(&mut crowd, options, "beside");
        state.over.store(true, Ordering::Release);
        let greedy = greedy.join().map_err(|_| anyhow::anyhow!("the greedy failed"))?;
        Ok::<_, anyhow::Error>((beside?, greedy.context("the greedy")?))
    })?;
    let used = process::cpu(common.pid).zip(cpu).map(|(after, before)| after - before);
    Ok(Report {
        connections: count + options.greedy,
        connect_seconds: connected.as_secs_f64(),
        phases: [alone, beside].concat(),
        bytes_received: crowd.bytes_received,
        server_cpu_seconds: used.map(|used| used.as_secs_f64()),
        server_memory_mib: process::memory(common.pid).map(|bytes| bytes as f64 / 1048576.0),
        notes: vec![
            format!("greedy             {} pages, {} refused", greedy.pages, greedy.refused),
            format!("honest             {} refused", honest.refused),
        ],
        ..Report::default()
    })
}

/// Fills the room that is read with the longest texts, and a calm one with short ones.
fn fill(crowd: &mut Crowd, options: &Options) -> anyhow::Result<()> {
    let writer = options.members;
    let mut told = Told { writer, messages: 0, refused: 0 };
    let long = TEXT.repeat(CHARACTERS);
    crowd.say(writer, r#"{"type":"join","room":"calm"}"#);
    let (begun, mut sent) = (Instant::now(), 0);
    let wanted = 2 * options.texts as u64;
    while told.messages < wanted {
        // Some at a time: the server would wait for the log, not for a flood.
        while sent < wanted && sent < told.messages + 4 {
            let (room, text) = if sent < wanted / 2 { ("big", &*long) } else { ("calm", "short") };
            let envelope = format!(r#"{{"type":"message","room":"{room}","content":"{text}"}}"#);
            crowd.say(writer, &envelope);
            sent += 1;
        }
        crowd.turn(Duration::from_millis(5), &mut told)?;
        if begun.elapsed() > PATIENCE || told.refused > 0 {
            bail!("the room cannot be filled: start the server with --message-rate 0");
        }
    }
    crowd.say(writer, r#"{"type":"leave","room":"calm"}"#);
    Ok(())
}

/// How much came back to who fills the rooms, and how much was refused.
struct Told {
    writer: usize,
    messages: u64,
    refused: u64,
}

impl Hears for Told {
    fn heard(&mut self, connection: usize, payload: &[u8]) {
        if connection == self.writer {
            self.messages += u64::from(payload.starts_with(MESSAGE));
            self.refused += u64::from(payload.starts_with(ERROR));
        }
    }
}

/// When to try again, if it is a refusal.
fn refusal(payload: &[u8]) -> Option<Duration> {
    if !payload.starts_with(ERROR) {
        return None;
    }
    let text = std::str::from_utf8(payload).ok()?;
    match ToClient::parse(text).ok()? {
        ToClient::Error(note) => note.retry_ms.map(Duration::from_millis),
        _ => None,
    }
}

fn nanos(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
