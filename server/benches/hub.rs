//! The hub: its rules alone, and one message into many outboxes and out again.

#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use divan::Bencher;
use divan::counter::ItemsCount;
use protocol::{Body, Message, MessageId, RoomName, UserName};
use server::bench::{FanOut, Rules};

fn main() {
    divan::main();
}

#[divan::bench(args = [10, 1000, 20_000])]
fn rules_for_a_message(bencher: Bencher<'_, '_>, members: u64) {
    let mut rules = Rules::new(members).unwrap();
    bencher.bench_local(|| rules.deliver());
}

/// One comes and goes again.
#[divan::bench(args = [10, 199, 1000, 20_000])]
fn rules_for_coming_and_going(bencher: Bencher<'_, '_>, members: u64) {
    let mut rules = Rules::new(members).unwrap();
    bencher.bench_local(|| rules.come().unwrap() + rules.go().unwrap());
}

#[divan::bench(args = [10, 1000, 20_000])]
fn fan_out(bencher: Bencher<'_, '_>, members: usize) {
    let mut fan_out = FanOut::new(members);
    let sender = UserName::try_from("Alice").unwrap();
    let content = Body::try_from("x".repeat(100)).unwrap();
    let id = MessageId::try_from(1_795_522_918_645_253).unwrap();
    let message = Message::new(RoomName::general(), sender, content, id, 1_795_522_918_645);
    bencher
        .counter(ItemsCount::new(members))
        .with_inputs(|| message.clone())
        .bench_local_values(|message| fan_out.deliver(message));
}
