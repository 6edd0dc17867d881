//! `nebula tail`: the messages of a room as they come, for scripts and logs.
//!
//! This file does not know how lines look.

use std::time::Duration;

use protocol::{HISTORY_MAX, MessageId, ToClient};
use tokio::time::{Instant, sleep_until};

use super::lines::Liner;
use super::session::Session;
use super::teller::{News, StartAt, Teller};
use crate::chat::What;
use crate::cli::args::BEFORE_MAX;
use crate::cli::settings::Settings;
use crate::exit::Exit;
use crate::output::{self, tell, write_lines};
use crate::text::is_obeyed;

/// Entries that are kept: pages of what was missed come newest first, so that all of them have to be
/// here before the first one is told. They take some 50 MB. Among them are those who came and left.
const KEPT_MAX: usize = 2 * BEFORE_MAX;

#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Messages from before; `since` outranks it.
    pub before: usize,
    /// Everything after this one.
    pub since: Option<MessageId>,
    /// Envelopes of the protocol instead of lines for people.
    pub json: bool,
    /// How long to try before the room was entered once. Later cuts are waited out.
    pub wait: Duration,
}

/// Follows a room until nobody reads any more.
///
/// # Errors
/// If standard output cannot be written.
pub async fn tail(settings: &Settings, wanted: &Wanted) -> anyhow::Result<Exit> {
    let mut session = Session::new(settings);
    let mut teller =
        Teller::new(wanted.since.map_or(StartAt::Before(wanted.before), StartAt::After));
    let mut liner = Liner::new(settings.zone.clone());
    session.model.room_mut().reading_max = KEPT_MAX;
    let first = u16::try_from(wanted.before).unwrap_or(HISTORY_MAX);
    // One at least: it says where to come back to after a cut.
    session.model.history_on_join = first.clamp(1, HISTORY_MAX);
    if let Some(since) = wanted.since {
        // No id is 0 or 1, so that both mean the beginning; but 0 here means that nothing is asked.
        session.model.room_mut().head = since.max(MessageId::try_from(1)?);
    }
    session.dial();
    let deadline = Instant::now() + wanted.wait;
    let mut reader_goes = output::reader_goes();
    let mut entered = false;
    loop {
        let event = tokio::select! {
            event = session.next() => event,
            () = sleep_until(deadline), if !entered => {
                tell(&format!("cannot reach {}; is the server running?", session.trouble()));
                return Ok(Exit::UsageOrConnection);
            }
            Some(()) = reader_goes.recv() => return Ok(Exit::Success),
        };
        session.happens(event);
        if let Some(refusal) = session.refusal() {
            tell(&refusal);
            return Ok(Exit::Refused);
        }
        entered |= session.model.room().joined;
        if std::mem::take(&mut session.model.room_mut().cut) {
            tell(&format!("there are more than {KEPT_MAX} messages: the oldest are left out"));
        }
        let (news, effects) = teller.news(&mut session.model);
        session.perform(effects);
        let lines: Vec<_> = news.iter().flat_map(|news| told(news, wanted, &mut liner)).collect();
        if !write_lines(&lines)? {
            return Ok(Exit::Success);
        }
    }
}

fn told(news: &News, wanted: &Wanted, liner: &mut Liner) -> Vec<String> {
    match &news.what {
        What::Message(message) if wanted.json => {
            vec![envelope(&ToClient::Message(message.clone()))]
        }
        What::Message(_) => liner.lines(news),
        _ => Vec::new(),
    }
}

/// One line of JSON that is also safe to look at: what a terminal would obey stands escaped.
fn envelope(envelope: &ToClient) -> String {
    let mut line = String::new();
    for c in envelope.encode().chars() {
        if is_obeyed(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            // All of these are below U+10000: one escape holds them.
            line.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            line.push(c);
        }
    }
    line
}
