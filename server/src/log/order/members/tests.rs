//! Who is alive, and which node is the first.

use super::*;

fn node(name: &str) -> NodeName {
    name.parse().unwrap()
}

#[test]
fn a_node_that_begins_anew_goes_on_unless_another_process_did() {
    let (me, start) = (node("a"), Start::default());
    let mut members = Members::new(me.clone(), []);
    // A record from before this process, which has not begun.
    assert_eq!(members.start(&me, (5, 0), &start), []);
    assert_eq!(members.start(&me, (7, 7), &start), [Change::Started]);
    assert_eq!(members.end(&me), [Change::Buried]);
    assert_eq!(members.start(&me, (8, 8), &start), [Change::Started]);
    // A new life, of its own accord.
    assert_eq!(members.start(&me, (9, 9), &start), [Change::Started]);
    assert_eq!(members.start(&me, (10, 9), &start), [Change::Fenced]);
    // Also before its own start has come back.
    let mut early = Members::new(me.clone(), []);
    assert_eq!(early.start(&me, (10, 9), &start), [Change::Fenced]);
}

/// Tells that nobody is there.
fn tell(members: &mut Members, name: &str) {
    let here = Here { people: Vec::new(), is_last: true, address: None };
    members.here(&node(name), &here);
}

#[test]
fn the_first_is_one_that_knows_everybody() {
    let (b, start) = (node("b"), Start::default());
    let mut members = Members::new(b.clone(), []);
    members.start(&b, (1, 1), &start);
    assert_eq!(members.first(), None);
    tell(&mut members, "b");
    assert_eq!(members.first(), Some(&b));
    // One that would be before it begins.
    members.start(&node("a"), (2, 1), &start);
    members.start(&node("c"), (3, 1), &start);
    for name in ["a", "b"] {
        tell(&mut members, name);
        assert_eq!(members.first(), Some(&b), "{name} has told");
    }
    tell(&mut members, "c");
    assert_eq!(members.first(), Some(&node("a")));
    // It begins anew.
    members.start(&node("a"), (4, 1), &start);
    assert_eq!(members.first(), Some(&b));
    ["a", "b"].iter().for_each(|name| tell(&mut members, name));
    // The one that did not tell yet is gone: nobody waits for it.
    members.end(&node("c"));
    assert_eq!(members.first(), Some(&node("a")));
    members.end(&node("a"));
    assert_eq!(members.first(), Some(&b));
    members.end(&b);
    assert_eq!(members.first(), None);
}
