//! The defaults stand at the flags alone: what the table of settings says of them is held against those.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::{Args as _, Command};
use server::Config;

/// What a page says of one flag: its variable, and its default.
type Row = (String, String);

/// The rows of all tables of flags, one for each flag.
fn told() -> BTreeMap<String, Row> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let mut rows = BTreeMap::new();
    for page in pages.chain([root.join("README.md")]) {
        let text = fs::read_to_string(page).unwrap();
        for line in text.lines().filter(|line| line.starts_with("| `--")) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let variables: Vec<_> = cells[2].split(", ").collect();
            for (flag, variable) in cells[1].split(", ").zip(variables) {
                rows.insert(flag.trim_matches('`').to_owned(), (variable.into(), cells[3].into()));
            }
        }
    }
    rows
}

#[test]
fn the_table_of_settings_has_each_with_its_default() {
    let mut told = told();
    for flag in Config::augment_args(Command::new("flags")).get_arguments() {
        let Some(name) = flag.get_long() else { continue };
        let (variable, default) = told.remove(&format!("--{name}")).expect(name);
        let named = flag.get_env().and_then(|name| name.to_str()).expect(name);
        // Of two flags in one row, the second has the end of its variable.
        let end = variable.trim_matches('`').trim_start_matches('…');
        assert!(named.ends_with(end), "--{name} is {named}, not {variable}");
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        let parsed = flag.get_default_values().first().and_then(|value| value.to_str());
        match default.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
            // One that follows from another setting is a sentence in the help.
            Some(value) if parsed.is_none() => {
                assert!(help.contains(&format!("[default: {value}")), "--{name}: {default}");
            }
            value => assert_eq!(value, parsed.filter(|it| *it != "false"), "--{name}: {default}"),
        }
    }
    assert_eq!(told, BTreeMap::new(), "there are no such flags");
}

#[test]
fn the_settings_of_the_package_are_settings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join("contrib/nebula-server.env")).unwrap();
    let flags = Config::augment_args(Command::new("flags"));
    let known: Vec<_> = flags.get_arguments().filter_map(|flag| flag.get_env()?.to_str()).collect();
    let lines = text.lines().map(|line| line.trim_start_matches('#'));
    let set: Vec<_> = lines.filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert!(set.len() > 3, "{set:?}");
    for name in set {
        assert!(known.contains(&name), "{name}");
    }
}
