//! How a server is, from what its metrics said again and again: figures, their last minutes, and what to do about
//! those that are red. Pure: it is told the time.
//!
//! This file does not know where the metrics come from, or how they are shown.

pub(crate) mod figures;
mod reasons;
mod sample;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use strum::VariantArray as _;

use self::figures::{FIGURES, Figure, Source, When};
use self::sample::{Sample, growth, quantile};
use crate::monitoring::readiness::NotReady;

/// Points of a plot: more than a wide terminal has columns for them.
const POINTS_MAX: usize = 240;
/// Rates and quantiles are those of the time between so many samples, so that what is red stays so long enough to
/// be read.
const SAMPLES_MAX: usize = 6;

/// What is known of one server.
#[derive(Debug)]
pub(crate) struct Monitor {
    samples: VecDeque<Taken>,
    /// For each figure, oldest first.
    points: Vec<VecDeque<Option<f64>>>,
    /// Why the newest question was not answered.
    fault: Option<String>,
}

/// One sample, with the time since the first one, and the time of day.
#[derive(Debug)]
struct Taken {
    at: Duration,
    now_ms: u64,
    sample: Sample,
}

/// One figure as it is now.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) figure: &'static Figure,
    /// None: not known yet.
    pub(crate) value: Option<f64>,
    pub(crate) points: &'a VecDeque<Option<f64>>,
    pub(crate) is_red: bool,
}

/// Something that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) what: String,
    pub(crate) to_do: &'static str,
}

impl Default for Monitor {
    fn default() -> Self {
        let points = FIGURES.iter().map(|_| VecDeque::new()).collect();
        Monitor { samples: VecDeque::new(), points, fault: None }
    }
}

impl Monitor {
    /// The metrics answered.
    pub(crate) fn heard(&mut self, at: Duration, now_ms: u64, text: &str) {
        self.fault = None;
        self.samples.push_back(Taken { at, now_ms, sample: Sample::parse(text) });
        if self.samples.len() > SAMPLES_MAX {
            self.samples.pop_front();
        }
        let values: Vec<_> = FIGURES.iter().map(|figure| self.value(figure)).collect();
        self.add(values.into_iter());
    }

    /// They did not.
    pub(crate) fn failed(&mut self, fault: String) {
        self.fault = Some(fault);
        // What is counted once it answers again has nothing to do with now.
        self.samples.clear();
        self.add(FIGURES.iter().map(|_| None));
    }

    fn add(&mut self, values: impl Iterator<Item = Option<f64>>) {
        for (points, value) in self.points.iter_mut().zip(values) {
            points.push_back(value);
            if points.len() > POINTS_MAX {
                points.pop_front();
            }
        }
    }

    /// Whether nothing was answered yet.
    pub(crate) fn is_waiting(&self) -> bool {
        self.samples.is_empty() && self.fault.is_none()
    }

    /// Whether the server welcomes connections; none if it did not answer.
    pub(crate) fn is_ready(&self) -> Option<bool> {
        Some(self.samples.back()?.sample.value("nebula_ready")? > 0.0)
    }

    /// Everything there is to say about this server; a figure that means nothing to it is left out.
    pub(crate) fn figures(&self) -> impl Iterator<Item = Shown<'_>> {
        let all = FIGURES.iter().zip(&self.points).map(|(figure, points)| {
            let value = self.value(figure);
            Shown { figure, value, points, is_red: value.is_some_and(|it| is_red(figure, it)) }
        });
        all.filter(|shown| {
            let may_be_nothing = matches!(
                shown.figure.source,
                Source::NonZero(_) | Source::OfNode(_) | Source::Until(_)
            );
            shown.value.is_some() || !may_be_nothing
        })
    }

    /// What is not as it should be, the gravest first.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        if let Some(fault) = &self.fault {
            let to_do = "Is the server running, with --metrics-listen? Its log says in one line why it could not start.";
            return vec![Problem { what: fault.clone(), to_do }];
        }
        let reasons = NotReady::VARIANTS.iter().filter(|reason| self.holds(**reason));
        let mut problems: Vec<_> = reasons
            .map(|reason| Problem {
                what: sentence(reason.sentence()),
                to_do: reasons::to_do(*reason),
            })
            .collect();
        // A newer server may have a reason that is not known here.
        if problems.is_empty() && self.is_ready() == Some(false) {
            let what = "The server is not ready.".to_owned();
            problems.push(Problem { what, to_do: "See its log." });
        }
        let figures = self.figures().filter(|shown| shown.is_red);
        let figures = figures.filter_map(|shown| shown.figure.red.as_ref());
        problems.extend(figures.map(|red| Problem { what: red.what.to_owned(), to_do: red.to_do }));
        problems
    }

    fn holds(&self, reason: NotReady) -> bool {
        let newest = self.samples.back();
        newest.is_some_and(|it| {
            it.sample.sum("nebula_not_ready", "reason", &[&reason.to_string()]) > 0.0
        })
    }

    fn value(&self, figure: &Figure) -> Option<f64> {
        let newest = self.samples.back()?;
        let sample = &newest.sample;
        match figure.source {
            Source::Gauge(name) => sample.value(name),
            Source::NonZero(name) => sample.value(name).filter(|value| *value != 0.0),
            Source::OfNode(name) => {
                let is_node = sample.value("nebula_cluster_standing")? > 0.0;
                sample.value(name).filter(|_| is_node)
            }
            Source::Until(name) => {
                let moment = sample.value(name).filter(|moment| *moment > 0.0)?;
                Some(moment - Duration::from_millis(newest.now_ms).as_secs_f64())
            }
            Source::Rate(name) => self.rate(|sample| sample.value(name)),
            Source::RateOf(name, label, values) => {
                self.rate(|sample| Some(sample.sum(name, label, values)))
            }
            Source::Quantile(q, name) => quantile(q, name, &self.oldest()?.sample, sample),
        }
    }

    /// How much something grew in a second.
    fn rate(&self, count: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        let (oldest, newest) = (self.oldest()?, self.samples.back()?);
        let seconds = newest.at.saturating_sub(oldest.at).as_secs_f64();
        (seconds > 0.0).then_some(growth(count(&oldest.sample)?, count(&newest.sample)?) / seconds)
    }

    /// What the newest sample is compared with.
    fn oldest(&self) -> Option<&Taken> {
        self.samples.front().filter(|_| self.samples.len() > 1)
    }
}

fn is_red(figure: &Figure, value: f64) -> bool {
    figure.red.as_ref().is_some_and(|red| match red.when {
        When::Above(bound) => value > bound,
        When::Below(bound) => value < bound,
    })
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).chain(['.']).collect()
}
