//! Runs in which people make private rooms, add and remove each other, leave, talk, are cut off and come back,
//! while the server dies and starts: who is no member hears nothing that was said after they went, and
//! members lose nothing.

mod member;
mod world;

pub(super) use self::world::World;
use super::{Mutant, SEEDS_FOR_A_MUTANT, Tracing, first_failure, number, play};

const SEEDS: u64 = 600;

fn play_one(seed: u64, mutant: Mutant, tracing: Tracing) -> Result<(), String> {
    play(|| World::new(seed, mutant, tracing).play())
}

#[test]
fn private_rooms_are_their_members_alone_and_members_lose_nothing() {
    if let Some(seed) = number("NEBULA_SIM_SEED") {
        play_one(seed, Mutant::None, Tracing::Print).unwrap();
        return;
    }
    let seeds = number("NEBULA_SIM_SEEDS").unwrap_or(SEEDS);
    if let Some((seed, why)) = first_failure(0..seeds, Mutant::None, "", play_one) {
        panic!("seed {seed}: {why}");
    }
}

#[test]
fn everything_that_may_happen_to_rooms_does() {
    let told: Vec<_> = (0..100)
        .flat_map(|seed| {
            let mut world = World::new(seed, Mutant::None, Tracing::Remember);
            world.play().unwrap();
            world.told()
        })
        .collect();
    for what in [
        "hears Room(",
        "hears Added(",
        "hears Removed(",
        "hears Role(",
        "hears Message(",
        "hears History(",
        "NoSuchRoom",
        "NotAllowed",
        "Unavailable",
        "is cut",
        "the server dies",
    ] {
        let count = told.iter().filter(|step| step.contains(what)).count();
        assert!(count >= 3, "{what} happens {count} times in 100 seeds");
    }
}

#[test]
fn every_mutant_of_rooms_is_noticed() {
    for (mutant, word) in [
        (Mutant::ForgetMembers, "no member"),
        (Mutant::LookOnlyBefore, "no member"),
        (Mutant::RemoveLate, "no member"),
    ] {
        let failure = first_failure(0..SEEDS_FOR_A_MUTANT, mutant, word, play_one);
        let (seed, why) =
            failure.unwrap_or_else(|| panic!("nobody notices {mutant:?} as {word:?}"));
        println!("{mutant:?} is noticed with seed {seed}: {why}");
    }
}
