//! Which hue each person of a room has: the one that their name has in every client, unless somebody
//! in this room has nearly the same. Whoever has one keeps it.
//!
//! This file does not know who is in the room.

use protocol::UserName;

use super::{HUES, Looks, hue};

/// Hues that differ by less could be taken for each other (a distance in OKLab; neighbours among the
/// twelve are 0.04 to 0.1 apart). Eight people cannot all be that far apart: then as far as can be.
const NEAR: f64 = 0.12;

/// Hues that are given away.
#[derive(Debug, Clone, Default)]
pub struct Hues(Vec<(UserName, usize)>);

impl Hues {
    pub const fn new() -> Self {
        Hues(Vec::new())
    }

    /// The hue of a person.
    pub fn of(&self, name: &UserName) -> usize {
        let known = self.0.iter().find(|(known, _)| known == name);
        known.map_or_else(|| hue(name.as_str()), |(_, hue)| *hue)
    }

    /// Gives a person a hue. When all are taken, those of whom is not here are free again.
    pub fn meet(&mut self, name: &UserName, looks: Looks, is_here: impl Fn(&UserName) -> bool) {
        if self.0.iter().any(|(known, _)| known == name) {
            return;
        }
        if self.0.len() >= HUES {
            let gone = self.0.iter().position(|(known, _)| !is_here(known));
            let Some(gone) = gone.filter(|_| is_here(name)) else { return };
            self.0.remove(gone);
        }
        let own = hue(name.as_str());
        let nearest = |hue: usize| {
            let taken = self.0.iter().map(|(_, taken)| looks.difference(hue, *taken));
            taken.fold(f64::INFINITY, f64::min)
        };
        let farthest = (0..HUES).max_by(|a, b| nearest(*a).total_cmp(&nearest(*b)));
        let hue = if nearest(own) < NEAR { farthest.unwrap_or(own) } else { own };
        self.0.push((name.clone(), hue));
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::screen::theme::{Depth, Theme};

    fn name(text: &str) -> UserName {
        UserName::try_from(text).unwrap()
    }

    #[test]
    fn no_two_of_eight_people_have_nearly_the_same_colour() {
        for theme in Theme::value_variants().iter().filter(|theme| **theme != Theme::Mono) {
            for depth in [Depth::TwoFiftySix, Depth::True] {
                let looks = Looks { theme: *theme, depth };
                for room in 0..200 {
                    let mut hues = Hues::default();
                    let people: Vec<_> = (0..8).map(|n| name(&format!("p{n} of {room}"))).collect();
                    people.iter().for_each(|name| hues.meet(name, looks, |_| true));
                    for (at, one) in people.iter().enumerate() {
                        for other in &people[..at] {
                            let difference = looks.difference(hues.of(one), hues.of(other));
                            assert!(
                                difference > 0.07,
                                "{looks:?}: {one} and {other}: {difference}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_lone_person_has_the_colour_of_every_client_and_whoever_has_one_keeps_it() {
        let (mut hues, looks) = (Hues::default(), Looks::default());
        // By their names alone, Alice and Ωmega have the same in the file that all clients are held to.
        hues.meet(&name("Alice"), looks, |_| true);
        hues.meet(&name("Ωmega"), looks, |_| true);
        let omega = hues.of(&name("Ωmega"));
        assert_eq!(hues.of(&name("Alice")), hue("Alice"));
        assert_ne!(omega, hue("Ωmega"));
        for n in 0..100 {
            hues.meet(&name(&format!("p{n}")), looks, |name| name.as_str() != "Alice");
        }
        assert_eq!(hues.of(&name("Ωmega")), omega);
        assert_eq!(hues.0.len(), HUES, "no more is kept than there is to give");
        assert!(!hues.0.iter().any(|(known, _)| known.as_str() == "Alice"), "who left makes room");
    }

    #[test]
    fn the_terminal_s_own_colours_are_told_apart_as_far_as_they_go() {
        let looks = Looks { theme: Theme::Any, depth: Depth::Sixteen };
        let mut hues = Hues::default();
        let people: Vec<_> = (0..6).map(|n| name(&format!("p{n}"))).collect();
        people.iter().for_each(|name| hues.meet(name, looks, |_| true));
        for (at, one) in people.iter().enumerate() {
            assert!(
                people[..at]
                    .iter()
                    .all(|other| looks.difference(hues.of(one), hues.of(other)) > 0.0)
            );
        }
    }
}
