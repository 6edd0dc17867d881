//! Who needs whom: the imports of the page and of the crates, read from their code, form no circle, and go only where
//! ARCHITECTURE.md says.

mod arrows;
mod graph;
mod javascript;
mod rust;

use std::collections::BTreeMap;
use std::fs;

use super::tidy::{root, sources};
use arrows::Table;
use graph::Graph;
use rust::Crate;

/// What is held to the table, and whose files form no circle.
const FOLDERS: &[&str] = &["protocol/src", "server/src", "tui-client/src", "web"];

/// Crates by their folders, with the files that they begin with.
const CRATES: [(&str, &[&str]); 3] = [
    ("protocol", &["lib.rs"]),
    ("server", &["lib.rs", "main.rs"]),
    ("tui-client", &["lib.rs", "main.rs"]),
];

/// All files with their arrows, and what they use from outside.
fn repository() -> (Graph, Vec<(String, String)>) {
    let (mut graph, mut uses) = (Graph::default(), Vec::new());
    for source in crates() {
        source.draw(&mut graph);
        uses.extend(source.used());
    }
    let page = page();
    let files = page.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    for (file, module) in javascript::modules(files) {
        graph.add_file(&file);
        module.imports.iter().for_each(|other| graph.add(&file, other));
        uses.extend(module.names.into_iter().map(|name| (file.clone(), name)));
    }
    (graph.only(FOLDERS), uses)
}

fn crates() -> Vec<Crate> {
    let files: BTreeMap<_, _> = sources().into_iter().collect();
    let read = |file: &str| files.get(file).cloned();
    let all = CRATES.iter().flat_map(|(folder, roots)| {
        let others = dependencies(folder);
        let roots = roots.iter().map(move |root| format!("{folder}/src/{root}"));
        roots.filter(|root| files.contains_key(root)).map(move |root| (root, others.clone()))
    });
    let all = all.collect::<Vec<_>>().into_iter();
    all.map(|(root, others)| Crate::read(&root, others, &read)).collect()
}

/// What a crate may name in its code.
fn dependencies(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let names = manifest.get("dependencies").and_then(toml::Value::as_table).into_iter();
    names.flat_map(toml::Table::keys).map(|name| name.replace('-', "_")).collect()
}

fn page() -> Vec<(String, String)> {
    let is_module = |(name, _): &(String, String)| {
        name.starts_with("web/") && name.ends_with(".js") && !name.starts_with("web/test/")
    };
    sources().into_iter().filter(is_module).collect()
}

#[test]
fn imports_form_no_circle() {
    let (graph, _) = repository();
    let circles: Vec<_> = graph.circles().iter().map(|circle| circle.join(" → ")).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn imports_go_where_the_page_says() {
    let (graph, uses) = repository();
    let table = Table::read(&fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
    assert_eq!(table.empty(&graph), [""; 0], "nothing is there");
    let forbidden = table.forbidden(&graph);
    assert!(forbidden.is_empty(), "{}", forbidden.join("\n"));
    let misused = table.misused(uses.iter().map(|(file, used)| (file.as_str(), used.as_str())));
    assert!(misused.is_empty(), "{}", misused.join("\n"));
}

#[test]
fn one_folder_of_the_server_knows_what_is_between_the_nodes() {
    let (_, uses) = repository();
    let knows = |(file, used): &&(String, String)| {
        file.starts_with("server/src/") && used.split("::").next() == Some("async_nats")
    };
    let files: Vec<_> = uses.iter().filter(knows).map(|(file, _)| file.as_str()).collect();
    assert!(!files.is_empty());
    let elsewhere = files.iter().find(|file| !file.starts_with("server/src/cluster/nats/"));
    assert_eq!(elsewhere, None);
}

#[test]
fn one_file_of_the_page_opens_a_connection() {
    let (_, uses) = repository();
    let opens = |(_, used): &&(String, String)| used == "WebSocket";
    let files: Vec<_> = uses.iter().filter(opens).map(|(file, _)| file.as_str()).collect();
    assert_eq!(files, ["web/browser/socket.js"]);
}
