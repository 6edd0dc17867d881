//! One answer of a metrics endpoint: Prometheus's text format, as far as the server writes it.
//!
//! This file does not know which metrics there are.

use std::collections::BTreeMap;

/// The value of each series.
#[derive(Debug, Default)]
pub(super) struct Sample(BTreeMap<String, f64>);

impl Sample {
    pub(super) fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Sample(series.collect())
    }

    pub(super) fn value(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// The values of a metric with one label, by that label.
    pub(super) fn by<'a>(
        &'a self,
        name: &'a str,
        label: &'a str,
    ) -> impl Iterator<Item = (&'a str, f64)> {
        self.0
            .range(name.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(name))
            .filter_map(move |(key, value)| {
                let labels = key.strip_prefix(name)?.strip_prefix('{')?.strip_suffix('}')?;
                let quoted = labels.strip_prefix(label)?.strip_prefix("=\"")?;
                Some((quoted.strip_suffix('"')?, *value))
            })
    }

    /// The sum over these values of a label, or over all of them.
    pub(super) fn sum(&self, name: &str, label: &str, wanted: &[&str]) -> f64 {
        let is_wanted = |value: &str| wanted.is_empty() || wanted.contains(&value);
        self.by(name, label).filter(|(value, _)| is_wanted(value)).map(|(_, value)| value).sum()
    }
}

/// How much a counter grew. One that fell was started anew.
pub(super) fn growth(from: f64, to: f64) -> f64 {
    if to < from { to } else { to - from }
}

/// The quantile of what a histogram observed between two samples, as Prometheus estimates it; none if that
/// was nothing.
pub(super) fn quantile(q: f64, name: &str, from: &Sample, to: &Sample) -> Option<f64> {
    let name = format!("{name}_bucket");
    let before: BTreeMap<_, _> = from.by(&name, "le").collect();
    let mut buckets: Vec<(f64, f64)> = to
        .by(&name, "le")
        .filter_map(|(le, count)| {
            let grown = growth(before.get(le).copied().unwrap_or_default(), count);
            Some((le.parse().ok()?, grown))
        })
        .collect();
    buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
    let total = buckets.last()?.1;
    if total <= 0.0 {
        return None;
    }
    let rank = q * total;
    let (mut lower, mut below) = (0.0, 0.0);
    for (upper, count) in buckets {
        if count >= rank {
            // Above the last bound nothing is known but that it is above.
            let within = (rank - below) / (count - below);
            return Some(if upper.is_finite() { lower + (upper - lower) * within } else { lower });
        }
        (lower, below) = (upper, count);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP nebula_rooms Rooms.\n# TYPE nebula_rooms gauge\nnebula_rooms 3\n\
        nebula_ended_total{reason=\"gone\"} 2\nnebula_ended_total{reason=\"stalled\"} 5\n\
        nebula_ended_totals{reason=\"gone\"} 9\nnebula_beat 1.5e-3\nnonsense\n";

    fn histogram(counts: [u32; 3]) -> Sample {
        let [one, two, all] = counts;
        Sample::parse(&format!(
            "t_bucket{{le=\"0.1\"}} {one}\nt_bucket{{le=\"0.2\"}} {two}\nt_bucket{{le=\"+Inf\"}} {all}\n"
        ))
    }

    #[test]
    fn values_are_found_by_name_and_by_label() {
        let sample = Sample::parse(TEXT);
        assert_eq!(sample.value("nebula_rooms"), Some(3.0));
        assert_eq!(sample.value("nebula_beat"), Some(0.0015));
        assert_eq!(sample.value("nonsense"), None);
        assert_eq!(sample.sum("nebula_ended_total", "reason", &[]), 7.0);
        assert_eq!(sample.sum("nebula_ended_total", "reason", &["stalled", "silent"]), 5.0);
        assert_eq!(sample.sum("nebula_ended_total", "code", &[]), 0.0);
    }

    #[test]
    fn a_quantile_is_that_of_the_time_between() {
        let (from, to) = (histogram([100, 100, 100]), histogram([150, 250, 300]));
        let between = |q| quantile(q, "t", &from, &to);
        assert_eq!(between(0.125), Some(0.05));
        assert_eq!(between(0.5), Some(0.15000000000000002));
        assert_eq!(between(0.99), Some(0.2), "no more is known than that it is above");
        assert_eq!(quantile(0.5, "t", &to, &to), None);
        assert_eq!(quantile(0.5, "other", &from, &to), None);
    }

    #[test]
    fn a_counter_that_fell_was_started_anew() {
        assert_eq!((growth(5.0, 7.0), growth(7.0, 2.0)), (2.0, 2.0));
        assert_eq!(
            quantile(0.5, "t", &histogram([900, 900, 900]), &histogram([10, 10, 10])),
            Some(0.05)
        );
    }
}
