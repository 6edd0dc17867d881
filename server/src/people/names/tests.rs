//! Names in use and names that are kept, without a server around them.

use super::*;
use crate::people::devices::Device;
use protocol::{Key, MessageId};

fn name(text: &str) -> UserName {
    UserName::try_from(text).unwrap()
}

fn key(byte: u8) -> Proof {
    Proof::Key(hash(byte))
}

fn hash(byte: u8) -> KeyHash {
    KeyHash::of(&Key::new(&[byte; 16]).unwrap())
}

fn kept(text: &str, byte: u8, used: u64) -> Kept {
    Kept { name: name(text), devices: Devices::one(hash(byte)), used, person: None }
}

fn names(kept: Vec<Kept>) -> Names<u32> {
    Names::new(Some(1000), kept, HashMap::new(), 0)
}

fn claim(
    names: &Names<u32>,
    text: &str,
    proof: Proof,
    member: u32,
    now: u64,
) -> Result<Claim<u32>, Taken> {
    names.claim(Person::new(name(text), proof), member, now)
}

#[test]
fn a_name_is_free_again_when_its_last_connection_ends() {
    let names = names(Vec::new());
    let first = claim(&names, "Alice", key(1), 1, 0).unwrap();
    let second = claim(&names, "ALICE", key(1), 2, 0).unwrap();
    assert_eq!(second.name().as_str(), "Alice");
    assert_eq!(names.find(&name("alice")).unwrap().1, [1, 2]);
    drop(first);
    assert_eq!(claim(&names, "alice", Proof::None, 3, 0).unwrap_err(), Taken::InUse);
    assert_eq!(claim(&names, "alice", key(2), 3, 0).unwrap_err(), Taken::InUse);
    assert_eq!(claim(&names, "alice", Proof::Token, 3, 0).unwrap_err(), Taken::InUse);
    drop(second);
    assert!(claim(&names, "alice", Proof::None, 3, 0).is_ok());
    assert!(names.lock().in_use.is_empty());
}

#[test]
fn without_a_key_every_connection_is_a_person_of_its_own() {
    let names = names(Vec::new());
    let _first = claim(&names, "Bob", Proof::None, 1, 0).unwrap();
    assert_eq!(claim(&names, "Bob", Proof::None, 2, 0).unwrap_err(), Taken::InUse);
}

#[test]
fn guests_get_names_of_their_own() {
    let names = names(Vec::new());
    let guests: Vec<_> = (0..100).map(|n| names.claim_guest(Proof::None, &n, 0).unwrap()).collect();
    assert!(guests.iter().all(|guest| guest.name().as_str().len() == "guest-".len() + 4));
    assert_eq!(names.lock().in_use.len(), 100);
}

#[test]
fn a_kept_name_is_its_owners_until_it_was_not_used_for_too_long() {
    let names = names(vec![kept("Alice", 1, 0)]);
    for stranger in [Proof::None, key(2)] {
        assert_eq!(claim(&names, "alice", stranger, 1, 999).unwrap_err(), Taken::Kept);
    }
    drop(claim(&names, "alice", key(1), 1, 999).unwrap());
    assert!(names.used(&name("alice"), 999));
    assert_eq!(claim(&names, "alice", key(2), 1, 1998).unwrap_err(), Taken::Kept);
    assert!(claim(&names, "alice", key(2), 1, 1999).is_ok());
    assert_eq!(names.kept(&name("alice"), 0), None, "it is forgotten");
}

#[test]
fn a_new_name_must_not_look_like_one_that_is_taken() {
    let names = names(vec![kept("Alice", 1, 0)]);
    let bob = claim(&names, "Bob", Proof::None, 1, 0).unwrap();
    for (other, taken) in [("\u{410}lice", "Alice"), ("A1ice", "Alice"), ("B\u{43e}b", "Bob")] {
        let refused = claim(&names, other, key(2), 2, 0).unwrap_err();
        assert_eq!(refused, Taken::Similar(name(taken)), "{other}");
    }
    drop(bob);
    assert!(claim(&names, "B\u{43e}b", key(2), 2, 0).is_ok(), "Bob is nobody's now");
    assert!(claim(&names, "\u{410}lice", key(2), 2, 1000).is_ok(), "so is Alice");
    assert!(claim(&names, "A1ice", Proof::Token, 2, 0).is_ok(), "a token is the operator's word");
    assert!(names.lock().looks.like(&name("Bob")).is_empty());
}

#[test]
fn ones_own_name_must_not_look_like_anothers_in_a_new_spelling() {
    let names = names(vec![kept("Alice", 1, 0), kept("aiice", 2, 0)]);
    let refused = claim(&names, "AIice", key(2), 1, 0).unwrap_err();
    assert_eq!(refused, Taken::Similar(name("Alice")));
    for spelling in ["aiice", "Aiice", "AIICE"] {
        let claimed = claim(&names, spelling, key(2), 1, 0).unwrap();
        assert_eq!(claimed.name().as_str(), spelling);
    }
    assert!(claim(&names, "AIice", key(2), 1, 1000).is_ok(), "Alice is nobody's now");
}

#[test]
fn a_name_that_was_kept_before_there_were_looks_is_its_owners_still() {
    let names = names(vec![kept("Alice", 1, 0), kept("AIice", 2, 0)]);
    assert!(claim(&names, "AIice", key(2), 1, 0).is_ok());
    assert!(claim(&names, "Alice", key(1), 1, 0).is_ok());
}

#[test]
fn a_name_that_nobody_may_take_anew_is_its_owners_still() {
    let old = UserName::known("*").unwrap();
    let names = names(vec![Kept { name: old.clone(), ..kept("x", 1, 0) }]);
    let claim =
        |proof, now| names.claim(Person::new(old.clone(), proof), 1, now).map(|_| ()).unwrap_err();
    assert!(names.claim(Person::new(old.clone(), key(1)), 1, 0).is_ok());
    assert_eq!(claim(key(2), 999), Taken::Kept);
    assert_eq!(claim(key(2), 1000), Taken::Bad(NameError::SignsAlone), "it is nobody's now");
}

#[test]
fn everybody_with_a_key_is_found_under_whatever_name() {
    let names = names(Vec::new());
    let _claims = [("a", 1, 1), ("b", 1, 2), ("c", 2, 3)]
        .map(|(text, byte, n)| claim(&names, text, key(byte), n, 0).unwrap());
    let mut found = names.with_key(hash(1));
    found.sort_unstable();
    assert_eq!(found, [1, 2]);
}

#[test]
fn the_name_of_who_stays_is_used_all_the_time() {
    let names = names(vec![kept("Alice", 1, 0), kept("Bob", 2, 0)]);
    let _alice = claim(&names, "Alice", key(1), 1, 0).unwrap();
    assert!(names.tend(99, true).is_empty());
    assert_eq!(names.tend(100, true), [kept("Alice", 1, 100)]);
    assert!(names.tend(199, true).is_empty(), "a tenth of the expiry is soon enough");
    assert_eq!(names.tend(900, true), [kept("Alice", 1, 900)]);
    assert_eq!(names.tend(1000, true), [kept("Alice", 1, 1000)]);
    assert!(names.kept(&name("alice"), 1999).is_some());
    assert!(names.lock().kept.remove("bob").is_none(), "he did not come for too long");
    assert_eq!(names.tend(5000, true), [kept("Alice", 1, 5000)], "however seldom it is looked at");
}

#[test]
fn who_goes_has_used_the_name_until_then() {
    let names = names(vec![kept("Alice", 1, 0), kept("Bob", 2, 0)]);
    let alice = claim(&names, "Alice", key(1), 1, 0).unwrap();
    assert_eq!(names.left(alice.person(), 99), None, "that is not worth writing down");
    assert_eq!(names.left(alice.person(), 5000), Some(kept("Alice", 1, 5000)));
    drop(alice);
    assert_eq!(claim(&names, "Alice", key(2), 2, 5999).unwrap_err(), Taken::Kept);
    let stranger = claim(&names, "Bob", Proof::Token, 3, 0).unwrap();
    assert_eq!(names.left(stranger.person(), 5000), None, "it is not kept for them");
}

#[test]
fn what_is_on_its_way_into_the_database_is_not_given_up_because_it_is_not_there() {
    let names = names(vec![kept("Alice", 1, 0)]);
    let alice = names.stored(&name("alice"), 0).unwrap();
    names.release(&kept("Alice", 1, 5));
    assert_eq!(names.stored(&name("alice"), 0), Some(alice.clone()), "that was another use of it");
    names.release(&alice);
    assert_eq!(names.kept(&name("alice"), 0), None);
    assert!(names.keep(kept("Alice", 2, 10), 10));
    assert_eq!(names.stored(&name("alice"), 10), None);
    assert_eq!(claim(&names, "alice", key(1), 1, 10).unwrap_err(), Taken::Kept);
    let person = PersonId::made_by(MessageId::ZERO);
    names.has_stored(&name("alice"), (person, Devices::one(hash(2))));
    let stored = Kept { person: Some(person), ..kept("Alice", 2, 10) };
    assert_eq!(names.stored(&name("alice"), 10), Some(stored));
}

fn device(byte: u8, is_revoked: bool) -> Device {
    Device { key: hash(byte), is_revoked }
}

#[test]
fn whoever_has_one_of_the_owners_keys_is_the_owner() {
    let person = PersonId::made_by(MessageId::ZERO);
    let names = names(vec![Kept { person: Some(person), ..kept("Alice", 1, 0) }]);
    assert_eq!(claim(&names, "alice", key(2), 1, 0).unwrap_err(), Taken::Kept);
    let all = vec![device(1, false), device(2, false)];
    let later = MessageId::LAST;
    names.has_devices(&name("ALICE"), (person, Devices::new(hash(1), all, later)));
    let [one, other] =
        [1, 2].map(|byte| claim(&names, "alice", key(byte), byte.into(), 0).unwrap());
    assert_eq!((one.person().key(), other.person().key()), (Some(hash(1)), Some(hash(1))));
    assert_eq!(other.person().number(), Some(person));
    // What was told before that and comes later does not count.
    names.has_devices(&name("alice"), (person, Devices::one(hash(1))));
    assert!(claim(&names, "alice", key(2), 3, 0).is_ok());
    let all = vec![device(1, true), device(2, false)];
    names.has_devices(&name("alice"), (person, Devices::new(hash(1), all, later)));
    assert_eq!(claim(&names, "alice", key(1), 4, 0).unwrap_err(), Taken::Revoked);
    assert!(claim(&names, "alice", key(2), 5, 0).is_ok());
    assert!(claim(&names, "zoe", key(1), 6, 0).is_ok(), "under another name it is somebody else's");
}
