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
use super::Mutant;
use super::seeds::{all_are_noticed, all_happens, nothing_goes_wrong, seeds_decide};

const SEEDS: u64 = 10_000;
#[test]
fn whatever_happens_to_nodes_the_promises_hold() {
    nothing_goes_wrong::<World>("NEBULA_SIM_CLUSTER", SEEDS);
}

#[test]
fn the_same_seed_is_the_same_run_of_nodes() {
    // Where the stream loses its tail, it is over soon.
    seeds_decide::<World>(30);
}

#[test]
fn everything_that_may_go_wrong_with_nodes_does() {
    let words = [
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
    ];
    all_happens::<World>(200, &words);
}

#[test]
fn every_mutant_of_nodes_is_noticed() {
    all_are_noticed::<World>(&[
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
    ]);
}
