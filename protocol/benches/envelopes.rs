//! What it costs to read and to write an envelope.

#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use divan::Bencher;
use protocol::{
    Body, HistoryEnd, Message, MessageId, Presence, RoomName, Say, ToClient, ToServer, UserName,
    encode_history,
};

fn main() {
    divan::main();
}

fn message(bytes: usize) -> Message {
    let sender = UserName::try_from("Alice").unwrap();
    let content = Body::try_from("x".repeat(bytes)).unwrap();
    let id = MessageId::try_from(1_795_522_918_645_253).unwrap();
    Message::new(RoomName::general(), sender, content, id, 1_795_522_918_645)
}

#[divan::bench(args = [10, 100, 4096])]
fn decode_message(bencher: Bencher<'_, '_>, bytes: usize) {
    let content = Body::try_from("x".repeat(bytes)).unwrap();
    let (room, reply, reference) = (RoomName::general(), None, None);
    let envelope = ToServer::Message(Say { room, content, reply, reference });
    let frame = envelope.encode();
    bencher.bench(|| ToServer::parse(divan::black_box(&frame)));
}

#[divan::bench(args = [10, 100, 4096])]
fn encode_message(bencher: Bencher<'_, '_>, bytes: usize) {
    let envelope = ToClient::Message(message(bytes));
    bencher.bench(|| divan::black_box(&envelope).encode());
}

#[divan::bench(args = [10, 200, 500])]
fn encode_presence(bencher: Bencher<'_, '_>, people: usize) {
    let user = |n| UserName::try_from(format!("person{n}").as_str()).unwrap();
    let users = (0..people).map(user).collect();
    let list = Presence { room: RoomName::general(), users, count: None, after: None };
    let envelope = ToClient::Presence(list);
    bencher.bench(|| divan::black_box(&envelope).encode());
}

#[divan::bench(args = [50, 200])]
fn encode_replay(bencher: Bencher<'_, '_>, messages: usize) {
    let encoded = vec![ToClient::Message(message(100)).encode(); messages];
    let head = MessageId::try_from(1_795_522_918_645_253).unwrap();
    let room = RoomName::general();
    let (epoch, reference) = (None, None);
    let end = HistoryEnd { more: false, newer: false, head, changed_more: false, epoch, reference };
    bencher.bench(|| encode_history(&room, divan::black_box(&encoded), &[], end));
}
