//! The table of ARCHITECTURE.md that says which part may need which, and what from outside it may not use.
//!
//! This file does not know how files say what they need.

use super::graph::Graph;

/// The title above the table.
const TITLE: &str = "## Who may import whom";

/// One row: a folder or a file.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    place: String,
    may_import: Vec<String>,
    may_not_use: Vec<String>,
}

/// All rows.
#[derive(Debug)]
pub(super) struct Table {
    parts: Vec<Part>,
}

impl Table {
    /// Reads it from the page.
    pub(super) fn read(page: &str) -> Self {
        let section = page.split_once(TITLE).unwrap_or_else(|| panic!("no {TITLE}")).1;
        let section = section.split("\n## ").next().unwrap_or_default();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        let parts = rows.map(|row| {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(quoted).collect();
            let [places, may_import, may_not_use] = &cells[..] else {
                panic!("three cells: {row}")
            };
            let part = |place: &String| Part {
                place: place.clone(),
                may_import: may_import.clone(),
                may_not_use: may_not_use.clone(),
            };
            places.iter().map(part).collect::<Vec<_>>()
        });
        Table { parts: parts.flatten().collect() }
    }

    /// Places that are listed and hold no file.
    pub(super) fn empty(&self, graph: &Graph) -> Vec<String> {
        let places = self.parts.iter().flat_map(|part| part.may_import.iter().chain([&part.place]));
        let is_empty = |place: &&String| !graph.files().any(|file| is_in(file, place));
        places.filter(is_empty).cloned().collect()
    }

    /// Arrows that the table does not allow, and files of which it says nothing.
    pub(super) fn forbidden(&self, graph: &Graph) -> Vec<String> {
        let unknown = graph.files().filter(|file| self.part_of(file).is_none());
        let unknown = unknown.map(|file| format!("{file} is in no part"));
        let is_forbidden = |(from, to): &(&str, &str)| {
            let part = self.part_of(from);
            part.is_some_and(|part| {
                let own = self.part_of(to).is_some_and(|other| other.place == part.place);
                !own && !part.may_import.iter().any(|place| is_in(to, place))
            })
        };
        let arrows = graph.arrows().filter(is_forbidden);
        unknown.chain(arrows.map(|(from, to)| format!("{from} → {to}"))).collect()
    }

    /// Uses of what is not for a file: of the part that it is in, and of those around it.
    pub(super) fn misused<'a>(
        &self,
        uses: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Vec<String> {
        let is_misuse = |(file, used): &(&str, &str)| {
            let mut around = self.parts.iter().filter(|part| is_in(file, &part.place));
            around.any(|part| part.may_not_use.iter().any(|what| begins(used, what)))
        };
        uses.filter(is_misuse).map(|(file, used)| format!("{file} uses {used}")).collect()
    }

    /// The nearest one around a file.
    fn part_of(&self, file: &str) -> Option<&Part> {
        let around = self.parts.iter().filter(|part| is_in(file, &part.place));
        around.max_by_key(|part| part.place.len())
    }
}

/// What stands between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn is_in(file: &str, place: &str) -> bool {
    file.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path is a path of Rust or a name of JavaScript.
fn begins(used: &str, what: &str) -> bool {
    used.strip_prefix(what).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::{Graph, Table};

    const PAGE: &str = "# x\n## Who may import whom\n\nwords\n\n| where | may import | may not use |\n|---|---|---|\n\
        | `web` | | `eval` |\n| `web/core` | | `window` |\n| `web/view`, `web/main.js` | `web/core` | |\n## y\n| `no` | | |\n";

    #[test]
    fn an_arrow_is_allowed_within_a_part_and_where_the_nearest_row_says_so() {
        let mut graph = Graph::default();
        for (from, to) in [
            ("web/view/a.js", "web/view/b.js"),
            ("web/view/a.js", "web/core/x/c.js"),
            ("web/core/c.js", "web/core/x/d.js"),
            ("web/main.js", "web/core/c.js"),
            ("web/core/c.js", "web/view/a.js"),
            ("web/main.js", "web/view/a.js"),
            ("web/core/c.js", "other/x.rs"),
        ] {
            graph.add(from, to);
        }
        let table = Table::read(PAGE);
        let forbidden = [
            "other/x.rs is in no part",
            "web/core/c.js → other/x.rs",
            "web/core/c.js → web/view/a.js",
            "web/main.js → web/view/a.js",
        ];
        assert_eq!(table.forbidden(&graph), forbidden);
        assert!(table.empty(&graph).is_empty());
        assert_eq!(table.empty(&Graph::default()).len(), 6);
    }

    #[test]
    fn what_is_not_for_a_part_is_not_for_those_in_it() {
        let uses = [
            ("web/core/c.js", "window"),
            ("web/core/c.js", "windows"),
            ("web/core/c.js", "eval"),
            ("web/view/a.js", "window"),
        ];
        let misused = Table::read(PAGE).misused(uses.into_iter());
        assert_eq!(misused, ["web/core/c.js uses window", "web/core/c.js uses eval"]);
    }
}
