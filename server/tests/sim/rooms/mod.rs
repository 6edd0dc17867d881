//! Runs in which people make private rooms, add and remove each other, leave, talk, are cut off and come back,
//! while the server dies and starts: who is no member hears nothing that was said after they went, and
//! members lose nothing.

mod member;
mod world;

pub(super) use self::world::World;
use super::Mutant;
use super::seeds::{all_are_noticed, all_happens, nothing_goes_wrong};

const SEEDS: u64 = 600;

#[test]
fn private_rooms_are_their_members_alone_and_members_lose_nothing() {
    nothing_goes_wrong::<World>("NEBULA_SIM", SEEDS);
}

#[test]
fn everything_that_may_happen_to_rooms_does() {
    let words = [
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
    ];
    all_happens::<World>(100, &words);
}

#[test]
fn every_mutant_of_rooms_is_noticed() {
    all_are_noticed::<World>(&[
        (Mutant::ForgetMembers, "no member"),
        (Mutant::LookOnlyBefore, "no member"),
        (Mutant::RemoveLate, "no member"),
    ]);
}
