//! Who is in a room, as far as the server told.
//!
//! Of a large room the server tells how many there are and the first names; the others are asked
//! for when somebody wants to see them. This file does not know how they are drawn.

use protocol::{Presence, UserName};

/// Most names that are kept, whatever a server tells: as many as one serves.
const NAMES_MAX: usize = 20_000;

#[derive(Debug, Clone, Default)]
pub struct People {
    /// Sorted; without a hole from the first on.
    known: Vec<UserName>,
    count: usize,
    /// The next names were asked for and have not come yet.
    asked: bool,
}

impl People {
    pub fn count(&self) -> usize {
        self.count
    }

    /// Those whose names are here.
    pub fn known(&self) -> &[UserName] {
        &self.known
    }

    /// Those whose names begin with this one and are longer: where a text may mean one of them, it does not
    /// name this person.
    pub fn longer_names(&self, me: &UserName) -> &[UserName] {
        let begins = |name: &UserName| name.key().starts_with(&**me.key());
        let from = self.known.partition_point(|name| name <= me);
        let count = self.known[from..].iter().take_while(|name| begins(name)).count();
        &self.known[from..from + count]
    }

    /// Takes a list, or more names that were asked for.
    pub fn listed(&mut self, presence: Presence) {
        let Presence { users, count, after, .. } = presence;
        self.count = count.unwrap_or(users.len());
        match after {
            Some(after) => {
                self.asked = false;
                // An answer to a question about an older list fits nowhere.
                if self.known.last() == Some(&after) {
                    self.known.extend(users);
                }
            }
            None => {
                // The first ones are certain now; those beyond them stay until they are asked
                // for anew, so that a list that comes while one reads takes nothing away.
                let last = users.last().cloned();
                let beyond = self.known.iter().filter(|name| last.as_ref() < Some(*name));
                let beyond: Vec<_> = beyond.cloned().collect();
                self.known = users;
                if self.known.len() + beyond.len() <= self.count {
                    self.known.extend(beyond);
                }
            }
        }
        self.known.truncate(NAMES_MAX);
        self.count = self.count.max(self.known.len());
    }

    /// Somebody came; a list may follow, or not for a while.
    pub fn came(&mut self, user: &UserName) {
        let Err(place) = self.known.binary_search(user) else { return };
        // Beyond the names that are here there may be others before this one.
        if place < self.known.len() || self.known.len() == self.count {
            self.known.insert(place, user.clone());
        }
        self.known.truncate(NAMES_MAX);
        self.count = self.count.saturating_add(1);
    }

    pub fn went(&mut self, user: &UserName) {
        if let Ok(place) = self.known.binary_search(user) {
            self.known.remove(place);
        }
        self.count = self.count.saturating_sub(1).max(self.known.len());
    }

    /// The name after which more are needed to know so many; they count as asked for then.
    pub fn wants(&mut self, count: usize) -> Option<UserName> {
        let needed = count.min(self.count).min(NAMES_MAX);
        if self.asked || self.known.len() >= needed {
            return None;
        }
        let last = self.known.last().cloned();
        self.asked = last.is_some();
        last
    }

    /// The name after which more were asked for, as long as they have not come.
    pub fn asked_after(&self) -> Option<&UserName> {
        self.known.last().filter(|_| self.asked)
    }

    /// Another connection: what was asked for on the old one does not come.
    pub fn reconnected(&mut self) {
        self.asked = false;
    }
}

#[cfg(test)]
mod tests {
    use protocol::RoomName;

    use super::*;

    fn name(n: usize) -> UserName {
        UserName::try_from(format!("p{n:03}").as_str()).unwrap()
    }

    fn list(names: std::ops::Range<usize>, count: Option<usize>, after: Option<usize>) -> Presence {
        let users = names.map(name).collect();
        Presence { room: RoomName::general(), users, count, after: after.map(name) }
    }

    #[test]
    fn names_are_asked_for_when_they_are_to_be_shown_and_only_once() {
        let mut people = People::default();
        people.listed(list(0..50, Some(200), None));
        assert_eq!((people.count(), people.wants(20)), (200, None));
        assert_eq!(people.wants(65), Some(name(49)));
        assert_eq!(people.wants(65), None, "asked already");
        people.listed(list(50..150, Some(200), Some(49)));
        assert_eq!((people.known().len(), people.wants(65)), (150, None));
        assert_eq!(people.wants(1000), Some(name(149)));
        people.reconnected();
        assert_eq!(people.wants(1000), Some(name(149)));
    }

    #[test]
    fn a_new_list_takes_nothing_away_from_who_reads_further_down() {
        let mut people = People::default();
        people.listed(list(0..50, Some(200), None));
        people.listed(list(50..150, Some(200), Some(49)));
        people.listed(list(1..50, Some(199), None));
        assert_eq!(people.known().len(), 149);
        people.listed(list(0..10, None, None));
        assert_eq!((people.known().len(), people.count()), (10, 10));
    }

    #[test]
    fn an_answer_about_an_older_list_is_dropped() {
        let mut people = People::default();
        people.listed(list(0..60, Some(200), None));
        people.listed(list(50..150, Some(200), Some(49)));
        assert_eq!(people.known().len(), 60);
    }

    #[test]
    fn between_lists_coming_and_going_is_counted() {
        let mut people = People::default();
        people.listed(list(0..50, Some(200), None));
        people.came(&name(300));
        people.went(&name(7));
        assert_eq!(people.count(), 200);
        people.went(&name(150));
        assert_eq!((people.count(), people.known().len()), (199, 49));
        let mut small = People::default();
        small.listed(list(0..2, None, None));
        small.came(&name(9));
        small.came(&name(9));
        assert_eq!((small.count(), small.known().len()), (3, 3));
    }
}
