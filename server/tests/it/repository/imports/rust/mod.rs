//! What the files of a crate need, read from their tokens: the paths that they name, followed through modules and
//! re-exports to the file where a thing is defined.
//!
//! Code for tests alone is left out. A module that declares or re-exports another does not need it.

mod reading;
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use reading::Reader;

type Path = Vec<String>;

/// How often a name may stand for another, which stands for another.
const RENAMED_MAX: usize = 16;

/// All files of one crate.
pub(super) struct Crate {
    modules: Vec<Module>,
    /// The names of what it is built with.
    others: BTreeSet<String>,
}

#[derive(Default)]
struct Module {
    file: String,
    /// The folder of the files of its modules.
    folder: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    items: BTreeSet<String>,
    /// What `use` brings in, by the names that it has here.
    bound: BTreeMap<String, Path>,
    globs: Vec<Path>,
    /// What `pub use` brings in, which may be for others alone.
    passed_on: BTreeSet<String>,
    /// All names in its code.
    names: BTreeSet<String>,
    paths: Vec<Path>,
}

enum Found {
    Module(usize),
    /// It is defined in this module.
    Item(usize),
    Other(Path),
    Unknown,
}

impl Crate {
    /// Reads it from its first file; `read` gives the text of a file, if it is there.
    pub(super) fn read(
        root: &str,
        others: impl IntoIterator<Item = String>,
        read: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let others = others.into_iter().chain(["std", "core", "alloc"].map(str::to_owned));
        Crate { modules: Reader::all(root, read), others: others.collect() }
    }

    /// Adds its files and their arrows.
    pub(super) fn draw(&self, graph: &mut Graph) {
        for (at, module) in self.modules.iter().enumerate() {
            graph.add_file(&module.file);
            let is_used = |name| !module.passed_on.contains(name) || module.names.contains(name);
            let uses = module.bound.iter().filter(|(name, _)| is_used(*name));
            let paths = module.paths.iter().chain(uses.map(|(_, path)| path));
            for path in paths {
                if let Found::Item(other) = self.resolve(at, path, RENAMED_MAX) {
                    graph.add(&module.file, &self.modules[other].file);
                }
            }
            for path in &module.globs {
                if let Found::Module(other) | Found::Item(other) =
                    self.resolve(at, path, RENAMED_MAX)
                {
                    graph.add(&module.file, &self.modules[other].file);
                }
            }
        }
    }

    /// What its files use of other crates, as whole paths.
    pub(super) fn used(&self) -> BTreeSet<(String, String)> {
        let mut used = BTreeSet::new();
        for (at, module) in self.modules.iter().enumerate() {
            let paths = module.paths.iter().chain(module.bound.values()).chain(&module.globs);
            for path in paths {
                if let Found::Other(path) = self.resolve(at, path, RENAMED_MAX) {
                    used.insert((module.file.clone(), path.join("::")));
                }
            }
        }
        used
    }

    /// What a path in a module leads to.
    fn resolve(&self, module: usize, path: &[String], renamed: usize) -> Found {
        let Some((first, rest)) = path.split_first() else { return Found::Unknown };
        let start = match first.as_str() {
            "crate" => Found::Module(0),
            "self" => Found::Module(module),
            "super" => match self.modules[module].parent {
                Some(parent) => Found::Module(parent),
                None => Found::Unknown,
            },
            name => match self.find(module, name, renamed) {
                Found::Unknown if self.others.contains(name) => Found::Other(vec![name.into()]),
                found => found,
            },
        };
        rest.iter().fold(start, |found, name| match found {
            Found::Module(at) if name == "super" => {
                self.modules[at].parent.map_or(Found::Unknown, Found::Module)
            }
            Found::Module(at) => match self.find(at, name, renamed) {
                // Made by a macro, or a name that no rule here knows.
                Found::Unknown => Found::Item(at),
                found => found,
            },
            Found::Other(mut path) => {
                path.push(name.clone());
                Found::Other(path)
            }
            found => found,
        })
    }

    /// What a name stands for in a module.
    fn find(&self, module: usize, name: &str, renamed: usize) -> Found {
        let within = &self.modules[module];
        if let Some(child) = within.children.get(name) {
            return Found::Module(*child);
        }
        if within.items.contains(name) {
            return Found::Item(module);
        }
        if renamed == 0 {
            return Found::Unknown;
        }
        if let Some(path) = within.bound.get(name) {
            // `use std::fs;` is not its own module.
            let is_itself = path.len() == 1 && path[0] == name;
            return if is_itself {
                self.other(name)
            } else {
                self.resolve(module, path, renamed - 1)
            };
        }
        let globs =
            within.globs.iter().filter_map(|path| match self.resolve(module, path, renamed - 1) {
                Found::Module(other) if other != module => {
                    Some(self.find(other, name, renamed - 1))
                }
                _ => None,
            });
        globs.into_iter().find(|found| !matches!(found, Found::Unknown)).unwrap_or(Found::Unknown)
    }

    fn other(&self, name: &str) -> Found {
        if self.others.contains(name) { Found::Other(vec![name.into()]) } else { Found::Unknown }
    }
}
