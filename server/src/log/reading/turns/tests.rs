//! Who is next, and who has to wait.

use super::*;

const PAGE: u64 = 128 * 1024;
const RATE: u64 = 1024 * 1024;
/// One page costs so long.
const COST: Duration = Duration::from_millis(125);
const NOW: Duration = Duration::from_secs(9);

/// A MiB a second, and two at once.
fn turns<T>() -> Turns<T> {
    Turns::new(Quota::bytes_per_second(RATE, 2 * RATE))
}

/// Only turns.
fn no_quota<T>() -> Turns<T> {
    Turns::new(Quota::bytes_per_second(0, RATE))
}

fn from(host: u8) -> Origin {
    Origin { network: [192, 0, 2, host].into(), counts: true }
}

/// Reads so many, each a page.
fn read<T>(turns: &mut Turns<T>, now: Duration, most: usize) -> Vec<T> {
    let mut read = Vec::new();
    while read.len() < most
        && let Turn::Read(origin, one) = turns.next(now)
    {
        turns.spend(origin, PAGE, now);
        read.push(one);
    }
    read
}

/// Connections of an address that ask again as soon as they are answered, for some rounds.
fn greedy(turns: &mut Turns<usize>, host: u8, given: &mut [u64], rounds: usize) {
    for (n, given) in given.iter().enumerate() {
        turns.push(from(host), *given, NOW, n);
    }
    for _ in 0..rounds * given.len() {
        let Turn::Read(origin, n) = turns.next(NOW) else { panic!("nobody waits") };
        turns.spend(origin, PAGE, NOW);
        given[n] = turns.push(origin, given[n] + PAGE, NOW, n).0;
    }
}

#[test]
fn an_honest_reader_is_next_however_many_greedy_ones_wait_and_wherever() {
    for (host, honest_host) in [(1, 2), (1, 1)] {
        let mut turns = no_quota();
        greedy(&mut turns, host, &mut [0; 250], 40);
        for _ in 0..16 {
            turns.push(from(honest_host), 0, NOW, usize::MAX);
            assert_eq!(read(&mut turns, NOW, 1), [usize::MAX]);
        }
    }
}

#[test]
fn a_connection_that_asks_all_the_time_is_served_in_turns_with_those_that_do_so_too() {
    let (mut turns, mut given) = (no_quota(), [0; 10]);
    greedy(&mut turns, 1, &mut given, 100);
    let (least, most) = (given.iter().min().unwrap(), given.iter().max().unwrap());
    assert!(most - least <= PAGE, "{given:?}");
}

#[test]
fn addresses_take_turns_however_many_connections_each_has() {
    let mut turns = no_quota();
    for name in ["a1", "a2", "a3", "a4", "b1", "b2", "c1"] {
        turns.push(from(name.as_bytes()[0]), 0, NOW, name);
    }
    assert_eq!(read(&mut turns, NOW, 9), ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
}

#[test]
fn two_that_read_at_a_time_do_not_both_read_for_one_address() {
    let mut turns = no_quota();
    for name in ["a1", "a2", "b1"] {
        turns.push(from(name.as_bytes()[0]), 0, NOW, name);
    }
    let taken = [turns.next(NOW), turns.next(NOW)];
    assert_eq!(taken, [Turn::Read(from(b'a'), "a1"), Turn::Read(from(b'b'), "b1")]);
}

#[test]
fn within_an_address_who_was_given_least_is_next() {
    let mut turns = no_quota();
    for (given, name) in
        [(4, "greedy"), (1, "less so"), (0, "honest"), (0, "honest too"), (99, "very")]
    {
        turns.push(from(1), given * PAGE, NOW, name);
    }
    let order = ["honest", "honest too", "less so", "greedy", "very"];
    assert_eq!(read(&mut turns, NOW, 9), order);
}

#[test]
fn who_waits_is_not_overtaken_for_ever_by_those_who_come() {
    let mut turns = no_quota();
    turns.push(from(1), u64::MAX, NOW, "waits");
    let mut before = 0;
    loop {
        turns.push(from(1), 0, NOW, "comes");
        if read(&mut turns, NOW, 1) == ["waits"] {
            break;
        }
        before += 1;
        assert!(before * PAGE <= 2 * CREDIT * PATIENCE, "never");
    }
}

#[test]
fn an_address_over_its_quota_waits_and_nobody_else_does() {
    let (mut turns, now) = (turns(), Duration::ZERO);
    for n in 0..40 {
        turns.push(from(1), 0, now, n);
    }
    // 2 MiB are 16 pages, and the last may go over.
    assert_eq!(read(&mut turns, now, 99).len(), 17);
    assert_eq!(turns.next(now), Turn::Wait(COST));
    assert_eq!(turns.take_at_once(from(1), 0, PAGE, now), None);
    assert!(turns.take_at_once(from(2), 0, PAGE, now).is_some());
    turns.push(from(2), 0, now, 99);
    assert_eq!(read(&mut turns, now, 99), [99]);
    assert_eq!(read(&mut turns, COST, 99), [17]);
    assert_eq!(turns.waiting(), 22);
    assert_eq!(read(&mut turns, COST * 100, 99).len(), 17);
}

#[test]
fn this_machine_takes_turns_and_has_no_quota() {
    let mut turns = turns();
    let here = Origin { network: [127, 0, 0, 1].into(), counts: false };
    for n in 0..100 {
        turns.push(here, 0, NOW, n);
    }
    assert_eq!(read(&mut turns, NOW, 50).len(), 50);
    turns.push(from(1), 0, NOW, 777);
    assert_eq!(read(&mut turns, NOW, 1), [777]);
    assert_eq!(read(&mut turns, NOW, 99).len(), 50);
}

#[test]
fn where_too_many_wait_the_one_that_was_given_most_loses_its_place() {
    let mut turns = no_quota();
    for n in 0..ADDRESS_WAITING_MAX {
        assert_eq!(turns.push(from(1), CREDIT + PAGE, NOW, n).1, None);
    }
    let honest = usize::MAX;
    assert_eq!(turns.push(from(1), 0, NOW, honest).1, Some(ADDRESS_WAITING_MAX - 1));
    assert_eq!(turns.next(NOW), Turn::Read(from(1), honest));
    assert_eq!(turns.push(from(1), CREDIT, NOW, 1).1, None);
    assert_eq!(turns.push(from(1), CREDIT + 2 * PAGE, NOW, 2).1, Some(2), "itself");
}

#[test]
fn so_many_addresses_are_remembered() {
    let mut turns = turns();
    turns.push(from(1), 0, NOW, "waits");
    for n in 0..3 * u32::try_from(ADDRESSES_MAX).unwrap() {
        let network = IpAddr::from((0x0a00_0000 + n).to_be_bytes());
        turns.spend(Origin { network, counts: true }, PAGE, NOW);
        assert!(turns.addresses.len() <= ADDRESSES_MAX);
    }
    assert_eq!(turns.next(NOW), Turn::Read(from(1), "waits"));
}
