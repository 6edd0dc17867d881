//! `nebula tail`: the messages of a room as they come, for scripts and logs.
//!
//! This file does not know how lines look.

use std::time::Duration;

use protocol::{HISTORY_MAX, MessageId, ToClient};
use tokio::time::{Instant, sleep_until};

use crate::model::What;
use crate::output;
use crate::plain::lines::Liner;
use crate::plain::news::{From, News, Teller};
use crate::plain::write_lines;
use crate::run::Exit;
use crate::session::{Session, tell};
use crate::settings::Settings;
use crate::text::is_obeyed;

/// Entries that are kept: pages of what was missed come newest first, so that all of them have to be
/// here before the first one is told. They take some 50 MB.
const KEPT_MAX: usize = 100_000;

/// Messages from before that can be asked for: among them are those who came and left.
pub const BEFORE_MAX: usize = KEPT_MAX / 2;

/// What is wanted.
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
    let mut teller = Teller::new(wanted.since.map_or(From::Before(wanted.before), From::After));
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
                let (server, reason) = (session.server(), session.trouble());
                tell(&format!("cannot reach {server}: {reason}; is the server running?"));
                return Ok(Exit::Unreachable);
            }
            Some(()) = reader_goes.recv() => return Ok(Exit::Well),
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
        let (news, actions) = teller.news(&mut session.model);
        session.perform(actions);
        let lines: Vec<_> = news.iter().flat_map(|news| told(news, wanted, &mut liner)).collect();
        if !write_lines(&lines)? {
            return Ok(Exit::Well);
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
