//! Warnings about what strangers bring about, who may do it as often as they like: each cause is
//! logged once an hour, with how often it came meanwhile.
//!
//! This file does not know what is warned of.

use std::collections::HashMap;
use std::fmt::Display;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

/// How long a cause is only counted after it was logged.
const PERIOD: Duration = Duration::from_secs(60 * 60);
/// Causes that are remembered, and so lines in an hour for each kind of them: more than an operator
/// reads. When there are more, all further ones of a kind count as one.
const CAUSES_MAX: usize = 64;
/// Characters of a stranger's text that are repeated.
const QUOTED_MAX: usize = 200;

/// A kind of cause, and which one it is.
type Cause = (&'static str, String);

/// What was logged, and when.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    causes: Mutex<Causes>,
}

#[derive(Debug, Default)]
struct Causes(HashMap<Cause, Told>);

#[derive(Debug)]
struct Told {
    at: Instant,
    sentence: String,
    /// How often it came since.
    again: u64,
}

impl Warnings {
    /// Logs a cause, or counts it if that was done within the hour.
    pub(crate) fn warn(
        &self,
        kind: &'static str,
        cause: impl Display,
        sentence: impl FnOnce() -> String,
    ) {
        let cause = (kind, cause.to_string());
        let line = self.lock().note(cause, Instant::now(), sentence);
        if let Some(line) = line {
            tracing::warn!("{line}");
        }
    }

    /// Logs what was only counted in an hour that is over.
    pub(crate) fn tend(&self) {
        let lines = self.lock().forget(Instant::now());
        for line in lines {
            tracing::warn!("{line}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Causes> {
        self.causes.lock()
    }
}

impl Causes {
    /// The line to log, if there is one.
    fn note(
        &mut self,
        cause: Cause,
        now: Instant,
        sentence: impl FnOnce() -> String,
    ) -> Option<String> {
        let Causes(causes) = self;
        let cause = if causes.len() < CAUSES_MAX || causes.contains_key(&cause) {
            cause
        } else {
            (cause.0, String::new())
        };
        if let Some(told) = causes.get_mut(&cause)
            && now.saturating_duration_since(told.at) < PERIOD
        {
            told.again += 1;
            return None;
        }
        let sentence = sentence();
        let told = Told { at: now, sentence: sentence.clone(), again: 0 };
        let before = causes.insert(cause, told).map_or(0, |before| before.again);
        Some(with_count(sentence, before))
    }

    /// Forgets what is over, with lines about what was not logged each time.
    fn forget(&mut self, now: Instant) -> Vec<String> {
        let is_over = |_: &Cause, told: &mut Told| now.saturating_duration_since(told.at) >= PERIOD;
        let over = self.0.extract_if(is_over).map(|(_, told)| told);
        over.filter(|told| told.again > 0)
            .map(|told| with_count(told.sentence, told.again))
            .collect()
    }
}

fn with_count(sentence: String, again: u64) -> String {
    match again {
        0 => sentence,
        n => format!("{sentence} ({n} more since this was last logged)"),
    }
}

/// A stranger's bytes as a line of the log may hold them.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(QUOTED_MAX)];
    format!("\"{}\"", cut.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(causes: &mut Causes, cause: &str, now: Instant) -> Option<String> {
        causes.note(("origin", cause.to_owned()), now, || format!("no {cause}"))
    }

    #[test]
    fn each_cause_is_told_once_an_hour_with_how_often_it_came() {
        let (mut causes, now) = (Causes::default(), Instant::now());
        assert_eq!(note(&mut causes, "a", now).unwrap(), "no a");
        assert_eq!(note(&mut causes, "b", now).unwrap(), "no b");
        let later = now + PERIOD - Duration::from_secs(1);
        for _ in 0..3 {
            assert_eq!(note(&mut causes, "a", later), None);
        }
        let line = note(&mut causes, "a", now + PERIOD).unwrap();
        assert_eq!(line, "no a (3 more since this was last logged)");
        assert_eq!(note(&mut causes, "a", later + PERIOD), None);
        assert_eq!(causes.forget(later + PERIOD), Vec::<String>::new(), "b came once");
        let line = causes.forget(now + 2 * PERIOD).pop().unwrap();
        assert_eq!(line, "no a (1 more since this was last logged)");
        assert!(causes.0.is_empty());
    }

    #[test]
    fn a_flood_of_causes_is_one_line_more_and_no_more_memory() {
        let (mut causes, now) = (Causes::default(), Instant::now());
        let mut lines = 0;
        for n in 0..10 * CAUSES_MAX {
            lines += usize::from(note(&mut causes, &n.to_string(), now).is_some());
        }
        assert_eq!((lines, causes.0.len()), (CAUSES_MAX + 1, CAUSES_MAX + 1));
        let rest = 10 * CAUSES_MAX - lines;
        assert!(causes.forget(now + PERIOD)[0].contains(&format!("({rest} more")));
    }

    #[test]
    fn a_strangers_text_is_short_and_shows_what_it_holds() {
        assert_eq!(quoted(b"a\x1b[2J\"\xff"), "\"a\\x1b[2J\\\"\\xff\"");
        assert!(quoted(&[0xff; 100_000]).len() < 1000);
    }
}
