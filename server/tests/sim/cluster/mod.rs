//! The simulator of a cluster: one to four nodes with all that is real of a server and of the order, around a
//! stream that is late, repeats, loses what is on the way and changes its leader, nodes that die, pause, are cut
//! off and come back, and the clients of the simulator of one server, who come in anywhere.
//!
//! `NEBULA_SIM_CLUSTER_SEED=4711 cargo test -p server --lib sim::cluster -- --nocapture` plays one seed again and
//! tells each step; `NEBULA_SIM_CLUSTER_SEEDS=1000000` plays more of them, `NEBULA_SIM_CLUSTER_FIRST=10000` others.

mod check;
mod engine;
mod faults;
pub(super) mod gate;
mod mutants;
mod node;
mod rest;
mod talk;
mod world;

use self::world::World;
use super::{Mutant, Tracing, first_failure, number, play};

const SEEDS: u64 = 10_000;
/// A mutant that this many seeds do not notice is one that the checkers do not see.
const SEEDS_FOR_A_MUTANT: u64 = 4_000;

fn play_one(seed: u64, mutant: Mutant, tracing: Tracing) -> Result<(), String> {
    play(|| World::new(seed, mutant, tracing).play())
}

#[test]
fn whatever_happens_to_nodes_the_promises_hold() {
    if let Some(seed) = number("NEBULA_SIM_CLUSTER_SEED") {
        play_one(seed, Mutant::None, Tracing::Print).unwrap();
        return;
    }
    let seeds = number("NEBULA_SIM_CLUSTER_SEEDS").unwrap_or(SEEDS);
    let first = number("NEBULA_SIM_CLUSTER_FIRST").unwrap_or_default();
    let seeds = first..first + seeds;
    println!("seeds {seeds:?}");
    if let Some((seed, why)) = first_failure(seeds, Mutant::None, "", play_one) {
        panic!(
            "seed {seed}: {why}\nplay it again with NEBULA_SIM_CLUSTER_SEED={seed} \
             cargo test -p server --lib sim::cluster -- --nocapture"
        );
    }
}

#[test]
fn the_same_seed_is_the_same_run_of_nodes() {
    for seed in 0..20 {
        let runs = [0, 1].map(|_| {
            let mut world = World::new(seed, Mutant::None, Tracing::Remember);
            world.play().unwrap();
            world.told()
        });
        assert_eq!(runs[0], runs[1], "seed {seed}");
        // Where the stream loses its tail, it is over soon.
        assert!(runs[0].len() > 30, "seed {seed} does too little");
    }
}

/// A simulator in which nothing goes wrong proves nothing.
#[test]
fn everything_that_may_go_wrong_with_nodes_does() {
    let told: Vec<_> = (0..200)
        .flat_map(|seed| {
            let mut world = World::new(seed, Mutant::None, Tracing::Remember);
            world.play().unwrap();
            world.told()
        })
        .collect();
    for what in [
        "dies, what it applies is stored: true",
        "copies the database",
        "stops",
        "pauses for",
        "is cut from the stream: true",
        "another leader",
        "the stream pauses",
        "reads anew",
        "the stream forgets",
        "clears up to",
        "misses a record",
        "ends: Hole",
        "arrives not",
        "arrives without an answer",
        "arrives and once more later",
        "is waiting",
        "is cut and speaks",
        "wanted to come in",
        "NameTaken",
        "NameClaimed",
        "Unavailable",
        "Muted",
        "action: Mute,",
    ] {
        let count = told.iter().filter(|step| step.contains(what)).count();
        assert!(count >= 3, "{what} happens {count} times in 200 seeds");
    }
}

#[test]
fn every_mutant_of_nodes_is_noticed() {
    let mut missed = Vec::new();
    for (mutant, word) in [
        (Mutant::TellOnPubAck, "not stored"),
        (Mutant::IgnoreNumbers, "instead of"),
        (Mutant::DedupByWindow, "never comes to rest"),
        (Mutant::LocalClock, "differs from another node"),
        (Mutant::ClearByOwnClock, "rows"),
        (Mutant::IgnoreEra, "never comes to rest"),
        (Mutant::NoBarrier, "after"),
        (Mutant::OpenBeforeHere, "instead of"),
        (Mutant::SkipHole, "differs from another node"),
        (Mutant::NeverBury, "which is dead"),
        (Mutant::BuryByWallClock, "too early"),
        (Mutant::KeepWithClaim, "kept for another"),
        (Mutant::IgnoreHash, "nobody noticed"),
    ] {
        match first_failure(0..SEEDS_FOR_A_MUTANT, mutant, word, play_one) {
            Some((seed, why)) => println!("{mutant:?} is noticed with seed {seed}: {why}"),
            None => missed.push((mutant, word)),
        }
    }
    assert!(missed.is_empty(), "nobody notices {missed:?}");
}
