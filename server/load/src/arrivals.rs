//! When messages are sent, and by whom.
//!
//! What arrives together can share a commit and a write, so a server's cost for each message depends on it.
//! This file does not know clocks or connections.

use std::time::Duration;

use clap::ValueEnum;

/// Both sides of a comparison get the same arrivals.
const SEED: u64 = 1_795_522_918;

/// How the messages of an open loop arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arrivals {
    /// At even gaps; the publishers of one room one after another, then those of the next room
    Bursts,
    /// At even gaps, each in another room than the one before
    Even,
    /// At random: independent publishers (exponential gaps, each message from any of them)
    Poisson,
}

/// The arrivals of one run.
pub(crate) struct Schedule {
    arrivals: Arrivals,
    rooms: usize,
    /// In each room.
    publishers: usize,
    mean_gap_s: f64,
    turn: usize,
    random: fastrand::Rng,
}

/// One message, and how long after it the next one is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arrival {
    /// Counted through all rooms.
    pub(crate) publisher: usize,
    pub(crate) gap: Duration,
}

impl Schedule {
    pub(crate) fn new(arrivals: Arrivals, rooms: usize, publishers: usize, rate: u64) -> Self {
        let (mean_gap_s, random) = (1.0 / rate as f64, fastrand::Rng::with_seed(SEED));
        Schedule { arrivals, rooms, publishers, mean_gap_s, turn: 0, random }
    }

    pub(crate) fn next(&mut self) -> Arrival {
        let all = self.rooms * self.publishers;
        let turn = self.turn % all;
        self.turn += 1;
        let publisher = match self.arrivals {
            Arrivals::Bursts => turn,
            Arrivals::Even => turn % self.rooms * self.publishers + turn / self.rooms,
            Arrivals::Poisson => self.random.usize(..all),
        };
        let gaps = match self.arrivals {
            Arrivals::Bursts | Arrivals::Even => 1.0,
            // Never of zero, whose logarithm has no end.
            Arrivals::Poisson => -(1.0 - self.random.f64()).ln(),
        };
        Arrival { publisher, gap: Duration::from_secs_f64(gaps * self.mean_gap_s) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOMS: usize = 100;
    const PUBLISHERS: usize = 5;
    const ALL: usize = ROOMS * PUBLISHERS;

    fn arrivals(of: Arrivals, count: usize) -> Vec<Arrival> {
        let mut schedule = Schedule::new(of, ROOMS, PUBLISHERS, 2000);
        (0..count).map(|_| schedule.next()).collect()
    }

    fn room(arrival: &Arrival) -> usize {
        arrival.publisher / PUBLISHERS
    }

    #[test]
    fn every_publisher_has_a_turn_before_any_has_another() {
        for of in [Arrivals::Bursts, Arrivals::Even] {
            let all = arrivals(of, 2 * ALL);
            for round in all.chunks(ALL) {
                let mut publishers: Vec<_> = round.iter().map(|it| it.publisher).collect();
                publishers.sort_unstable();
                assert!(publishers.into_iter().eq(0..ALL), "{of:?}");
            }
            assert!(all.iter().all(|it| it.gap == Duration::from_micros(500)), "{of:?}");
        }
    }

    #[test]
    fn bursts_stay_in_a_room_and_even_arrivals_come_back_to_it_last() {
        let bursts = arrivals(Arrivals::Bursts, ALL);
        assert!(
            bursts
                .chunks(PUBLISHERS)
                .all(|burst| burst.iter().all(|it| room(it) == room(&burst[0])))
        );
        let even = arrivals(Arrivals::Even, 3 * ALL);
        for (at, arrival) in even.iter().enumerate() {
            let again = even[at + 1..].iter().position(|other| room(other) == room(arrival));
            assert!(again.is_none_or(|after| after + 1 == ROOMS), "{at}");
        }
    }

    #[test]
    fn poisson_arrivals_are_independent_of_each_other() {
        const COUNT: usize = 200_000;
        let all = arrivals(Arrivals::Poisson, COUNT);
        let gaps: Vec<_> = all.iter().map(|it| it.gap.as_secs_f64() * 2000.0).collect();
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / COUNT as f64;
        let (first, second) =
            (mean(&mut gaps.iter().copied()), mean(&mut gaps.iter().map(|gap| gap * gap)));
        // Of an exponential distribution with mean 1: the mean, the second moment, and what is longer
        // than the mean.
        assert!((first - 1.0).abs() < 0.02, "{first}");
        assert!((second - 2.0).abs() < 0.1, "{second}");
        let longer = gaps.iter().filter(|gap| **gap > 1.0).count() as f64 / COUNT as f64;
        assert!((longer - (-1.0_f64).exp()).abs() < 0.01, "{longer}");
        // And no gap tells of the next.
        let covariance =
            gaps.windows(2).map(|two| (two[0] - first) * (two[1] - first)).sum::<f64>()
                / COUNT as f64;
        assert!(covariance.abs() < 0.02, "{covariance}");
        let mut said = vec![0_usize; ALL];
        all.iter().for_each(|it| said[it.publisher] += 1);
        let expected = COUNT / ALL;
        assert!(said.iter().all(|count| (expected / 2..expected * 2).contains(count)), "{said:?}");
        let same_room = all.windows(2).filter(|two| room(&two[0]) == room(&two[1])).count();
        assert!((COUNT / ROOMS / 2..COUNT / ROOMS * 2).contains(&same_room), "{same_room}");
    }

    #[test]
    fn both_sides_of_a_comparison_get_the_same_arrivals() {
        let [one, other] = [(); 2].map(|()| arrivals(Arrivals::Poisson, 1000));
        assert_eq!(one, other);
    }
}
