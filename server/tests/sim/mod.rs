//! The simulator: the real rules of the hub and of a connection, the real names, outboxes, rings and keeper of the log,
//! around a log that is late, fails and recovers, a process that dies, a clock that jumps, and
//! clients that cut, resume, resend, delete and mute. One number, the seed, decides everything that happens.
//!
//! `NEBULA_SIM_SEED=4711 cargo test -p server --lib sim -- --nocapture` plays one seed again and
//! tells each step; `NEBULA_SIM_SEEDS=1000000` plays more of them. It lives outside `src` because it
//! is no part of the server, and is compiled with it because it drives what is private.

mod check;
mod client;
mod cluster;
mod connection;
mod machine;
mod moderate;
mod process;
mod replay;
mod rooms;
mod seeds;
mod store;
mod talk;
mod time;
mod world;

use std::sync::Arc;

use self::seeds::{all_are_noticed, all_happens, nothing_goes_wrong, seeds_decide};
use self::world::World;
use crate::monitoring::metrics::Metrics;

/// What can be broken on purpose, to show that it would be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mutant {
    /// Nothing is broken.
    None,
    /// Messages are told before they are stored.
    TellBeforeCommit,
    /// A message that is sent again is stored again.
    ForgetRefs,
    /// What was done to a message is done again when it is sent again.
    ForgetDone,
    /// A person's other devices do not hear what was read.
    ForgetDevices,
    /// What was read is not stored.
    LoseMarkers,
    /// A message mentions nobody, whomever it calls.
    ForgetMentions,
    /// A text that is edited mentions nobody, whomever it calls.
    ForgetMentionsOfEdits,
    /// Nobody hears what a message answers.
    ForgetReplies,
    /// A replay that cannot be read is left out, and the client stays.
    GoOnWithoutReplay,
    /// What waited is let go before the replay, which comes after it.
    ReleaseBeforeReplay,
    /// The replay is read before the room is entered.
    ReadBeforeEntering,
    /// What is both in the replay and live is not dropped.
    ForgetTheSeam,
    /// Ids come from the machine's clock alone.
    TrustTheClock,
    /// Messages are stamped with what the machine's clock says, whatever it is.
    StampByTheClock,
    /// Names get old by it.
    AgeByTheClock,
    /// Everybody may have every name.
    ForgetOwners,
    /// A server that starts does not read whose names are kept.
    ForgetWhatIsKept,
    /// Who comes back is not told what changed.
    ForgetChanges,
    /// Who is cut stays in the room.
    KeepGhosts,
    /// What was sent again is answered at once, before what was stored in between.
    Overtake,
    /// A failed commit is told as a good one.
    HideFailures,
    /// What somebody sent again is told again to everybody.
    TellAllAgain,
    /// A refusal is told to another connection.
    TellAnother,
    /// Everybody may speak in every room.
    SpeakAnywhere,
    /// Everybody may delete.
    DeleteWithoutRight,
    /// Nobody is too fast.
    ForgetRates,
    /// What was checked against an older mute is applied all the same.
    ApplyUnchecked,
    /// What a person says is that of whoever has the name.
    OwnBySpelling,
    /// A message is changed before what was heard already.
    ChangeInThePast,
    /// What is told while history is read comes before it.
    UnheldHistory,
    /// Who joins is not told what the room is about.
    ForgetTopics,
    /// Everybody may enter a private room and read there.
    ForgetMembers,
    /// It is looked at only before somebody enters whether they may.
    LookOnlyBefore,
    /// Who is removed goes when their own connection finds out.
    RemoveLate,
    /// What a node says is told when the stream has it.
    TellOnPubAck,
    /// Records of a node count whatever their numbers are.
    IgnoreNumbers,
    /// Records of a node count once, in whatever order they come.
    DedupByWindow,
    /// Each node stamps by its own clock.
    LocalClock,
    /// Each node clears its database when it likes.
    ClearByOwnClock,
    /// Records of a life that is over count in the next.
    IgnoreEra,
    /// Who comes to a node is shown what it has, also if they saw more elsewhere.
    NoBarrier,
    /// A node lets people in before the others have told who is connected to them.
    OpenBeforeHere,
    /// A node goes on behind records that it missed.
    SkipHole,
    /// Nodes that are dead are not given up.
    NeverBury,
    /// Nodes that were not heard of for a time are given up, also if nobody was.
    BuryByWallClock,
    /// A name is kept before it is known whose it is.
    KeepWithClaim,
    /// Nodes do not compare what they made of the order.
    IgnoreHash,
}

thread_local! {
    /// Making one takes longer than a run; it only counts.
    static METRICS: Arc<Metrics> = Arc::default();
}

/// What all servers of a thread count with.
fn metrics() -> Arc<Metrics> {
    METRICS.with(Arc::clone)
}

const SEEDS: u64 = 10_000;

#[test]
fn whatever_happens_the_promises_hold() {
    nothing_goes_wrong::<World>("NEBULA_SIM", SEEDS);
}

#[test]
fn the_same_seed_is_the_same_run() {
    seeds_decide::<World>(100);
}

#[test]
fn everything_that_may_go_wrong_does() {
    let words = [
        "TooSlow",
        "NameTaken",
        "NameClaimed",
        "hears Deleted(",
        "hears Edited(",
        "hears Reacted(",
        "on: false",
        "reply: Some(",
        "hears Read(",
        "everybody: Some(",
        "mentions: [@",
        "NotInRoom",
        "NotAllowed",
        "TooFast",
        "Muted",
        "action: Mute,",
        "action: Unmute,",
        "Unavailable",
        "reference: None, retry_ms: Some(1)",
        "is cut",
        "is noticed to be gone",
        "well: false",
        "its commit stored: true",
        "its commit stored: false",
        "the clock jumps",
        "days off",
    ];
    all_happens::<World>(100, &words);
}

#[test]
fn every_mutant_is_noticed() {
    all_are_noticed::<World>(&[
        (Mutant::TellBeforeCommit, "not stored"),
        (Mutant::ForgetRefs, "stored twice"),
        (Mutant::ForgetDone, "stored twice"),
        (Mutant::ForgetDevices, "has read"),
        (Mutant::LoseMarkers, "has read"),
        (Mutant::ForgetMentions, "is mentioned by"),
        (Mutant::ForgetMentionsOfEdits, "is mentioned by"),
        (Mutant::ForgetReplies, "does not say that it answers"),
        (Mutant::GoOnWithoutReplay, "missed"),
        (Mutant::ReleaseBeforeReplay, "after"),
        (Mutant::ReadBeforeEntering, "missed"),
        (Mutant::ForgetTheSeam, "after"),
        (Mutant::TrustTheClock, "id"),
        (Mutant::StampByTheClock, "far ahead"),
        (Mutant::AgeByTheClock, "kept for another"),
        (Mutant::ForgetOwners, "two owners"),
        (Mutant::ForgetWhatIsKept, "kept for another"),
        (Mutant::ForgetChanges, "shows"),
        (Mutant::KeepGhosts, "left"),
        (Mutant::Overtake, "after"),
        (Mutant::HideFailures, "not stored"),
        (Mutant::TellAllAgain, "after"),
        (Mutant::TellAnother, "another"),
        (Mutant::SpeakAnywhere, "nobody was in"),
        (Mutant::DeleteWithoutRight, "no moderator"),
        (Mutant::ForgetRates, "too fast"),
        (Mutant::ApplyUnchecked, "while muted"),
        (Mutant::OwnBySpelling, "which another said"),
        (Mutant::ChangeInThePast, "hears of the change"),
        (Mutant::UnheldHistory, "before a change"),
        (Mutant::ForgetTopics, "shows the topic"),
    ]);
}
