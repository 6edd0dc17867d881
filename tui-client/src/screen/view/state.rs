//! The state of the connection, in as many words as there is room for: it is never out of sight.

use protocol::Standing;
use ratatui::style::Style;

use super::columns::beside;
use crate::chat::Connection;
use crate::chat::servers::{CUT, WAITING};
use crate::clock::clock;
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::screen::{measure, theme};
use crate::text;

/// The longest of its forms that fits; of the shortest what fits.
pub(super) fn within(screen: &Screen, cells: usize) -> (String, Style) {
    let (mut states, style) = variants(screen);
    let shortest = states.pop().unwrap_or_default();
    let fits = states.into_iter().find(|state| measure::width(state) <= cells);
    (fits.unwrap_or_else(|| measure::fitted_line(&shortest, cells)), style)
}

/// The same in fewer and fewer words.
pub(super) fn variants(screen: &Screen) -> (Vec<String>, Style) {
    if matches!(screen.overlay, Overlay::Entrance(_)) {
        return (forms(&["○ not connected yet", "○ not connected"]), theme::quiet());
    }
    let room = screen.chat.room();
    let people = text::grouped(room.people.count());
    match &screen.chat.connection {
        Connection::Online if room.excluded.is_some() => (
            forms(&["✕ connected, not in this room", "✕ not in this room", "✕ out"]),
            screen.looks.fault(),
        ),
        Connection::Online if !room.joined => {
            (forms(&["○ connected, joining …", "○ joining …", "○ joining", "○ …"]), theme::quiet())
        }
        Connection::Online if screen.chat.standing == Standing::Waiting => (
            forms(&[
                &format!("○ {WAITING}"),
                "○ messages wait for other servers",
                "○ messages wait",
                "○ waiting",
            ]),
            screen.looks.fault(),
        ),
        Connection::Online if screen.chat.standing == Standing::Cut => (
            forms(&[
                &format!("✕ {CUT}"),
                "✕ cut off from the other servers",
                "✕ cut off: read only",
                "✕ cut off",
            ]),
            screen.looks.fault(),
        ),
        // Who is here is told in a moment.
        Connection::Online if room.people.count() == 0 => (forms(&["● connected"]), Style::new()),
        Connection::Online => {
            let brief = format!("● {people} online");
            let full = format!("● connected · {people} online");
            // Who they are is a key away, where they do not stand beside the text.
            let key = screen.keys.shown(KeyCommand::People).filter(|_| !beside(screen).1);
            let who = key.map(|key| format!("{full} ({key})"));
            // Below a millisecond nobody cares.
            let timed =
                screen.chat.latency.map(|took| format!("{full} · {} ms", took.as_millis().max(1)));
            let forms = timed.into_iter().chain(who).chain([full, brief, format!("● {people}")]);
            (forms.collect(), Style::new())
        }
        Connection::Connecting => {
            (forms(&["○ connecting …", "○ connecting", "○ …"]), theme::quiet())
        }
        Connection::Waiting { seconds, .. } => (offline(screen, *seconds), screen.looks.fault()),
        Connection::Refused { .. } => (
            forms(&["✕ not connected; /reconnect tries again", "✕ not connected", "✕ offline"]),
            screen.looks.fault(),
        ),
    }
}

fn offline(screen: &Screen, seconds: Option<u64>) -> Vec<String> {
    let when = match seconds {
        Some(0) | None => "connecting …".to_owned(),
        Some(seconds) => format!("retry in {seconds} s"),
    };
    let since = screen.chat.offline_since;
    let since = since.map(|at| format!("○ offline since {}, {when}", clock(at, &screen.zone)));
    let brief = [format!("○ offline, {when}"), format!("○ {when}"), "○ offline".to_owned()];
    since.into_iter().chain(brief).collect()
}

fn forms(words: &[&str]) -> Vec<String> {
    words.iter().map(|words| (*words).to_owned()).collect()
}
