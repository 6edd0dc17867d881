//! The state of the connection, in as many words as there is room for: it is never out of sight.

use jiff::Timestamp;
use ratatui::style::Style;

use super::{beside, fitted};
use crate::keys::Wish;
use crate::model::{Link, Model};
use crate::{text, theme};

/// The longest of its forms that fits; of the shortest what fits.
pub(super) fn within(model: &Model, cells: usize) -> (String, Style) {
    let (mut states, style) = variants(model);
    let shortest = states.pop().unwrap_or_default();
    let fits = states.into_iter().find(|state| text::width(state) <= cells);
    (fits.unwrap_or_else(|| fitted(&shortest, cells)), style)
}

/// The same in fewer and fewer words.
pub(super) fn variants(model: &Model) -> (Vec<String>, Style) {
    let room = model.room();
    let people = text::grouped(room.people.count());
    match &model.link {
        Link::Online if room.out.is_some() => (
            forms(&["✕ connected, not in this room", "✕ not in this room", "✕ out"]),
            model.looks.fault(),
        ),
        Link::Online if !room.joined => {
            (forms(&["○ connected, joining …", "○ joining …", "○ joining", "○ …"]), theme::quiet())
        }
        // Who is here is told in a moment.
        Link::Online if room.people.count() == 0 => (forms(&["● connected"]), Style::new()),
        Link::Online => {
            let brief = format!("● {people} online");
            let full = format!("● connected · {people} online");
            // Who they are is a key away, where they do not stand beside the text.
            let key = model.keys.shown(Wish::People).filter(|_| !beside(model).1);
            let who = key.map(|key| format!("{full} ({key})"));
            // Below a millisecond nobody cares.
            let timed =
                model.latency.map(|took| format!("{full} · {} ms", took.as_millis().max(1)));
            let forms = timed.into_iter().chain(who).chain([full, brief, format!("● {people}")]);
            (forms.collect(), Style::new())
        }
        Link::Connecting => (forms(&["○ connecting …", "○ connecting", "○ …"]), theme::quiet()),
        Link::Waiting { seconds, .. } => {
            let when = match seconds {
                Some(0) | None => "connecting …".to_owned(),
                Some(seconds) => format!("retry in {seconds} s"),
            };
            let since = model
                .offline_since
                .map(|at| format!("○ offline since {}, {when}", clock(model, at)));
            let forms = since.into_iter().chain([
                format!("○ offline, {when}"),
                format!("○ {when}"),
                "○ offline".to_owned(),
            ]);
            (forms.collect(), model.looks.fault())
        }
        Link::Refused { .. } => (
            forms(&["✕ not connected; /reconnect tries again", "✕ not connected", "✕ offline"]),
            model.looks.fault(),
        ),
    }
}

fn forms(words: &[&str]) -> Vec<String> {
    words.iter().map(|words| (*words).to_owned()).collect()
}

fn clock(model: &Model, at: u64) -> String {
    let at = i64::try_from(at).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.unwrap_or_default().to_zoned(model.zone.clone()).strftime("%H:%M").to_string()
}
