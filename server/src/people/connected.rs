//! Which connections are a person's, whatever they are called: by number, so that what concerns a person
//! reaches all of them.
//!
//! Only persons with numbers are here: nobody else has anything that others could tell them of. This file does
//! not know how a connection is reached.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use protocol::UserName;

use super::names::PersonId;

/// The connections of each person, and what each is called. Clones are the same.
#[derive(Debug)]
pub(crate) struct Connected<M>(Arc<Mutex<ByPerson<M>>>);

/// Their connections, each with the name that it has.
type ByPerson<M> = HashMap<PersonId, Vec<(UserName, M)>>;

impl<M> Clone for Connected<M> {
    fn clone(&self) -> Self {
        Connected(self.0.clone())
    }
}

impl<M> Default for Connected<M> {
    fn default() -> Self {
        Connected(Arc::default())
    }
}

impl<M: Clone + PartialEq> Connected<M> {
    /// A connection is a person's; it may be known already.
    pub(crate) fn add(&self, person: PersonId, name: &UserName, member: &M) {
        let mut all = self.0.lock();
        let theirs = all.entry(person).or_default();
        if !theirs.iter().any(|(_, other)| other == member) {
            theirs.push((name.clone(), member.clone()));
        }
    }

    /// A connection has ended.
    pub(crate) fn remove(&self, person: PersonId, member: &M) {
        let mut all = self.0.lock();
        let Some(theirs) = all.get_mut(&person) else { return };
        theirs.retain(|(_, other)| other != member);
        if theirs.is_empty() {
            all.remove(&person);
        }
    }

    /// The connections of a person.
    pub(crate) fn of(&self, person: PersonId) -> Vec<(UserName, M)> {
        self.0.lock().get(&person).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use protocol::MessageId;

    use super::*;

    #[test]
    fn a_person_is_reached_on_each_connection_once_until_it_ends() {
        let (connected, name) = (Connected::default(), UserName::try_from("Ann").unwrap());
        let [ann, bob] = [7, 8].map(|n| PersonId::made_by(MessageId::try_from(n).unwrap()));
        for (person, member) in [(ann, 1), (ann, 2), (ann, 1), (bob, 3)] {
            connected.add(person, &name, &member);
        }
        let of = |person| -> Vec<u8> {
            connected.of(person).into_iter().map(|(_, member)| member).collect()
        };
        assert_eq!((of(ann), of(bob)), (vec![1, 2], vec![3]));
        connected.remove(ann, &1);
        connected.remove(ann, &3);
        connected.remove(bob, &3);
        assert_eq!((of(ann), of(bob)), (vec![2], vec![]));
        assert_eq!(connected.0.lock().len(), 1);
    }
}
