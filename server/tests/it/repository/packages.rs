//! What packages are called, in a repository of two commits.

use std::fs;
use std::path::Path;
use std::process::Command;

const SCRIPT: &str = include_str!("../../../../scripts/package");

/// What it prints.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"];
    run(folder, "git", &[&who, arguments].concat())
}

#[test]
fn packages_have_the_version_of_their_own_revision() {
    let repository = tempfile::tempdir().unwrap();
    let folder = repository.path();
    fs::create_dir(folder.join("scripts")).unwrap();
    fs::write(folder.join("scripts/package"), SCRIPT).unwrap();
    git(folder, &["init", "-q"]);
    for version in ["1.0.0", "1.1.0"] {
        let manifest = format!("[workspace.package]\nversion = \"{version}\"\n");
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        git(folder, &["add", "Cargo.toml"]);
        git(folder, &["commit", "-q", "-m", version]);
    }
    let version = |revision: &str| run(folder, "bash", &["scripts/package", "version", revision]);
    let before = git(folder, &["rev-parse", "--short", "HEAD~1"]);
    assert_eq!(version("HEAD~1"), format!("1.0.0+1.g{before}"));
    git(folder, &["tag", "v1.1.0"]);
    assert_eq!(version("HEAD"), "1.1.0");
    assert_eq!(version("HEAD~1"), format!("1.0.0+1.g{before}"));
}
