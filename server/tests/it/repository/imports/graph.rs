//! Which file needs which, as a graph, and its circles.
//!
//! This file does not know any language.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Files by their paths below the repository, and for each those that it needs.
#[derive(Debug, Default, Clone)]
pub(super) struct Graph {
    arrows: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    pub(super) fn add_file(&mut self, file: &str) {
        self.arrows.entry(file.to_owned()).or_default();
    }

    /// A file that needs itself needs nothing.
    pub(super) fn add(&mut self, from: &str, to: &str) {
        self.add_file(to);
        let arrows = self.arrows.entry(from.to_owned()).or_default();
        if from != to {
            arrows.insert(to.to_owned());
        }
    }

    /// The files of some folders, and the arrows between them.
    pub(super) fn only(&self, folders: &[&str]) -> Graph {
        let is_in =
            |file: &str| folders.iter().any(|folder| file.starts_with(&format!("{folder}/")));
        let mut graph = Graph::default();
        self.files().filter(|file| is_in(file)).for_each(|file| graph.add_file(file));
        let arrows = self.arrows().filter(|(from, to)| is_in(from) && is_in(to));
        arrows.for_each(|(from, to)| graph.add(from, to));
        graph
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.arrows.keys().map(String::as_str)
    }

    pub(super) fn arrows(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.arrows.iter();
        all.flat_map(|(from, to)| to.iter().map(move |to| (from.as_str(), to.as_str())))
    }

    /// Arrows whose removal leaves no circle, each with a shortest circle that it closes.
    pub(super) fn circles(&self) -> Vec<Vec<String>> {
        let (mut graph, mut found) = (self.clone(), Vec::new());
        for file in self.arrows.keys() {
            while let Some(circle) = graph.shortest_circle(file) {
                let last = circle.last().cloned().unwrap_or_default();
                graph.arrows.entry(last).or_default().remove(file);
                found.push(circle);
            }
        }
        found
    }

    /// A way from a file back to itself: all that are on it, in order.
    fn shortest_circle(&self, start: &str) -> Option<Vec<String>> {
        let mut before = BTreeMap::<&str, &str>::new();
        let mut next = VecDeque::from([start]);
        while let Some(file) = next.pop_front() {
            for to in self.arrows.get(file)? {
                if to == start {
                    let steps = std::iter::successors(Some(file), |at| before.get(at).copied());
                    let mut circle: Vec<_> = steps.map(str::to_owned).collect();
                    circle.reverse();
                    return Some(circle);
                }
                if !before.contains_key(to.as_str()) {
                    before.insert(to, file);
                    next.push_back(to);
                }
            }
        }
        None
    }
}

#[test]
fn a_circle_is_found_however_long_it_is_and_only_where_it_is() {
    let of = |arrows: &[(&str, &str)]| {
        let mut graph = Graph::default();
        arrows.iter().for_each(|(from, to)| graph.add(from, to));
        graph.circles()
    };
    assert!(of(&[("a", "b"), ("b", "c"), ("a", "c"), ("d", "a"), ("c", "c")]).is_empty());
    assert_eq!(of(&[("a", "b"), ("b", "a"), ("b", "c")]), [["a", "b"]]);
    let long = [("x", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("d", "e")];
    assert_eq!(of(&long), [["a", "b", "c", "d"]]);
    let two = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")];
    assert_eq!(of(&two), [["a", "b"], ["b", "c"]]);
}
