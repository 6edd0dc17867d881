//! What the workspace is built from: licences, sources and duplicates as `deny.toml` allows them,
//! found without a network. What is known against a version since is for `cargo deny` to ask.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--all-features"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The packages that are built on Linux, tests included. The resolution in the metadata has more:
/// what only a feature of something left out would ask for.
fn packages() -> Vec<Value> {
    let built = built("normal,build,dev");
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let version = |package: &Value| format!("v{}", text(&package["version"]));
    let is_built = |package: &&Value| {
        built.get(&text(&package["name"])).is_some_and(|known| known.contains(&version(package)))
    };
    packages.filter(is_built).cloned().collect()
}

/// The versions of each crate that the workspace is built from, over dependencies of these kinds.
fn built(kinds: &str) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--all-features", "--locked", "--offline"])
        .args(["--edges", kinds, "--prefix=none", "--format={p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut versions = BTreeMap::<_, BTreeSet<_>>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut words = line.split(' ').map(str::to_owned);
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        versions.entry(name).or_default().insert(version);
    }
    assert!(versions.len() > 100, "only {} crates", versions.len());
    versions
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn allowed() -> toml::Table {
    std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

fn words(list: &toml::Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_licence_is_one_of_those_allowed() {
    let deny = allowed();
    let licences = words(&deny["licenses"]["allow"]);
    let exceptions: BTreeMap<_, _> = deny["licenses"]["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["crate"].as_str().unwrap(), words(&it["allow"])))
        .collect();
    for package in packages() {
        let (name, licence) = (text(&package["name"]), text(&package["license"]));
        let parsed = Expression::parse_mode(&licence, ParseMode::LAX);
        let parsed = parsed.unwrap_or_else(|error| panic!("{name}: {licence:?}: {error}"));
        let more = exceptions.get(&*name).cloned().unwrap_or_default();
        let is_allowed = |word: &str| licences.contains(word) || more.contains(word);
        let fits = parsed.evaluate(|asked| is_allowed(&asked.to_string()));
        assert!(fits, "{name} is licensed under {licence}, which deny.toml does not allow");
    }
}

#[test]
fn everything_comes_from_the_one_registry_or_from_here() {
    let packages = packages();
    let sources = packages.iter().filter_map(|package| package["source"].as_str());
    let sources: BTreeSet<_> = sources.collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(sources.iter().all(|source| source.starts_with("registry+")), "{sources:?}");
    for package in packages.iter().filter(|package| package["source"].is_null()) {
        let path = text(&package["manifest_path"]);
        assert!(Path::new(&path).starts_with(root()), "{path} is not in the workspace");
    }
}

#[test]
fn two_versions_of_one_crate_have_a_reason_each() {
    // All but what only tests need.
    let mut versions = built("normal,build");
    versions.retain(|_, versions| versions.len() > 1);
    let deny = allowed();
    let skipped = deny["bans"]["skip"].as_array().unwrap().iter();
    let skipped: BTreeSet<_> = skipped.map(|it| it["crate"].as_str().unwrap()).collect();
    let found: BTreeSet<_> = versions.keys().map(String::as_str).collect();
    assert_eq!(found, skipped, "{versions:?}");
}
