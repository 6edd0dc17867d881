//! How runs are played from their seeds, and what is asked of many of them.
//!
//! This file does not know what happens in a run.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::Mutant;

/// A mutant that this many seeds do not notice is one that the checkers do not see.
const SEEDS_FOR_A_MUTANT: u64 = 5_000;
/// What may go wrong happens this often at least in the runs that are looked at.
const HAPPENS_MIN: usize = 3;

/// A run, in which a seed decides everything.
pub(super) trait Run: Sized {
    fn new(seed: u64, mutant: Mutant, tracing: Tracing) -> Self;

    /// Plays it to its end: what went wrong, if anything did.
    fn play(&mut self) -> Result<(), String>;

    /// Everything that happened, if it was remembered.
    fn told(self) -> Vec<String>;
}

/// Whether the steps of a run are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracing {
    Off,
    Remember,
    Print,
}

/// The steps of a run.
#[derive(Debug)]
pub(super) struct Steps {
    tracing: Tracing,
    pub(super) count: usize,
    pub(super) told: Vec<String>,
}

impl Steps {
    pub(super) fn new(tracing: Tracing) -> Self {
        Steps { tracing, count: 0, told: Vec::new() }
    }

    pub(super) fn take(&mut self, what: impl FnOnce() -> String) {
        self.count += 1;
        match self.tracing {
            Tracing::Off => {}
            Tracing::Remember => self.told.push(what()),
            Tracing::Print => println!("{:>6} {}", self.count, what()),
        }
    }
}

/// Nothing goes wrong with any of so many seeds. Variables of the environment begin with `name`: `…_SEED` plays
/// one seed and tells its steps, `…_SEEDS` more of them, `…_FIRST` others.
pub(super) fn nothing_goes_wrong<R: Run>(name: &str, count: u64) {
    let number = |what: &str| {
        std::env::var(format!("{name}_{what}")).ok().map(|text| text.parse::<u64>().unwrap())
    };
    if let Some(seed) = number("SEED") {
        play::<R>(seed, Mutant::None, Tracing::Print).unwrap();
        return;
    }
    let first = number("FIRST").unwrap_or_default();
    let seeds = first..first + number("SEEDS").unwrap_or(count);
    println!("seeds {seeds:?}");
    if let Some((seed, why)) = first_failure::<R>(seeds, Mutant::None, "") {
        panic!(
            "seed {seed}: {why}\nplay it again with {name}_SEED={seed} cargo test -p server --lib \
             sim -- --nocapture"
        );
    }
}

/// A seed is the same run each time; each has so many steps at least.
pub(super) fn seeds_decide<R: Run>(steps_min: usize) {
    for seed in 0..20 {
        let runs = [0, 1].map(|_| told::<R>(seed));
        assert_eq!(runs[0], runs[1], "seed {seed}");
        assert!(runs[0].len() > steps_min, "seed {seed} does too little");
    }
}

/// All that these words tell of happens in the runs of the first seeds: a simulator in which nothing goes wrong
/// proves nothing.
pub(super) fn all_happens<R: Run>(seeds: u64, words: &[&str]) {
    let told: Vec<_> = (0..seeds).flat_map(told::<R>).collect();
    for what in words {
        let count = told.iter().filter(|step| step.contains(what)).count();
        assert!(count >= HAPPENS_MIN, "{what} happens {count} times in {seeds} seeds");
    }
}

/// Each mutant goes wrong with some seed, in the way that a word tells.
pub(super) fn all_are_noticed<R: Run>(mutants: &[(Mutant, &str)]) {
    let mut missed = Vec::new();
    for (mutant, word) in mutants {
        match first_failure::<R>(0..SEEDS_FOR_A_MUTANT, *mutant, word) {
            Some((seed, why)) => println!("{mutant:?} is noticed with seed {seed}: {why}"),
            None => missed.push((mutant, word)),
        }
    }
    assert!(missed.is_empty(), "nobody notices {missed:?}");
}

fn told<R: Run>(seed: u64) -> Vec<String> {
    let mut run = R::new(seed, Mutant::None, Tracing::Remember);
    run.play().unwrap();
    run.told()
}

/// Plays one seed: what went wrong, if anything did. A panic is a failure like others.
fn play<R: Run>(seed: u64, mutant: Mutant, tracing: Tracing) -> Result<(), String> {
    let played = catch_unwind(AssertUnwindSafe(|| R::new(seed, mutant, tracing).play()));
    played.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        Err(said.unwrap_or_else(|| "a panic".to_owned()))
    })
}

/// The first seed of some that goes wrong in the way that a word tells, and how.
fn first_failure<R: Run>(seeds: Range<u64>, mutant: Mutant, word: &str) -> Option<(u64, String)> {
    let next = AtomicU64::new(seeds.start);
    let failed = AtomicU64::new(u64::MAX);
    let play = |seed| play::<R>(seed, mutant, Tracing::Off);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || failed.load(Ordering::Relaxed) != u64::MAX {
                return;
            }
            if play(seed).is_err_and(|why| why.contains(word)) {
                failed.fetch_min(seed, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        (0..2).for_each(|_| drop(scope.spawn(work)));
    });
    let seed = failed.into_inner();
    (seed != u64::MAX).then(|| (seed, play(seed).unwrap_err()))
}
