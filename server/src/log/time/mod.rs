//! The time that the server goes by: the machine's clock as [`Judge`] takes it, told to everybody who
//! asks, and what is said of it when it is doubted.
//!
//! This file does not know what is stamped or how old it may be.

pub(crate) mod clock;
pub(crate) mod judge;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use self::clock::{now_us, since_boot};
use self::judge::{Age, Doubt, Judge, Reading};
use crate::monitoring::metrics::Metrics;
use crate::monitoring::moment::utc;
use crate::monitoring::readiness::{NotReady, Reasons};

/// A step that is worth a line: clocks that are kept right are moved by less.
const STEP_TOLD_MS: u64 = 60_000;

/// Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Time(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    judge: Mutex<(Judge, Option<Doubt>)>,
    age: Age,
    began: Duration,
    reasons: Reasons,
    metrics: Arc<Metrics>,
}

impl Time {
    /// `known_ms`: up to when time has passed for certain.
    pub(in crate::log) fn start(
        known_ms: Option<u64>,
        leap_max_ms: u64,
        accept: bool,
        reasons: &Reasons,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let judge = Judge::new(now_us(), known_ms, leap_max_ms, accept);
        let (age, began) = (judge.age(), since_boot());
        let (reasons, metrics) = (reasons.clone(), metrics.clone());
        let judge = Mutex::new((judge, None));
        let time = Time(Arc::new(Shared { judge, age, began, reasons, metrics }));
        let reading = time.read();
        let behind = known_ms.unwrap_or_default().saturating_sub(reading.now_ms());
        if reading.doubt.is_none() && behind >= STEP_TOLD_MS {
            let seconds = behind / 1000;
            tracing::warn!(seconds, "the machine's clock is behind the last time known");
        }
        if accept {
            tracing::warn!(
                now = %moment(reading.now_ms()),
                "--accept-clock: the machine's clock is trusted as it is; leave the flag out next time"
            );
        }
        time
    }

    /// What time it is.
    pub(crate) fn read(&self) -> Reading {
        // Nothing panics while it holds this lock.
        let mut judge = self.0.judge.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = judge.0.read(now_us(), self.passed());
        let before = std::mem::replace(&mut judge.1, reading.doubt);
        // Told in their order.
        self.tell(&reading, before);
        reading
    }

    /// Milliseconds since 1970 by a clock that nobody sets while the server runs: by it bans and
    /// disuse are measured. Asked for by every connection: it takes no lock, and looks at one clock.
    pub(crate) fn age_ms(&self) -> u64 {
        self.0.age.after(self.passed())
    }

    /// The later of both clocks: nothing is good any longer than either says.
    pub(crate) fn strict_ms(&self) -> u64 {
        let reading = self.read();
        reading.age_ms.max(reading.now_ms())
    }

    /// Whether anything may be let go because it is old.
    pub(crate) fn may_expire(&self) -> bool {
        self.read().doubt.is_none()
    }

    fn passed(&self) -> Duration {
        since_boot().saturating_sub(self.0.began)
    }

    fn tell(&self, reading: &Reading, before: Option<Doubt>) {
        let Reading { doubt, step_ms, .. } = *reading;
        if doubt.is_none() && step_ms.unsigned_abs() >= STEP_TOLD_MS {
            tracing::warn!(seconds = step_ms / 1000, "the machine's clock was set");
        }
        let offset = if doubt.is_none() { 0 } else { step_ms / 1000 };
        self.0.metrics.clock_offset_seconds(offset);
        if doubt == before {
            return;
        }
        for each in [Doubt::Impossible, Doubt::Ahead, Doubt::Behind] {
            self.0.reasons.set(reason(each), doubt == Some(each));
        }
        match doubt {
            None => tracing::info!("the machine's clock is trusted again"),
            Some(doubt) => {
                let now = moment(reading.now_ms());
                tracing::error!(seconds = step_ms / 1000, %now, "{}", reason(doubt).sentence());
            }
        }
    }
}

fn reason(doubt: Doubt) -> NotReady {
    match doubt {
        Doubt::Impossible => NotReady::ClockImpossible,
        Doubt::Ahead => NotReady::ClockAhead,
        Doubt::Behind => NotReady::ClockBehind,
    }
}

fn moment(ms: u64) -> String {
    format!("{:.0}Z", utc(ms))
}
