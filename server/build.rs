//! A release is built only if the page can be made into the bundle that it serves. A debug build makes it
//! from the files on the disk, when it is asked for, and is not built anew when they change.

use std::path::Path;
use std::{env, fs};

#[path = "src/http/assets/bundle.rs"]
mod bundle;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/http/assets/bundle.rs");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_release && let Err(fault) = check() {
        println!("cargo::error=web/ cannot be bundled: {fault}");
    }
}

fn check() -> Result<(), String> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    let read = |name: &str| {
        let path = web.join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        fs::read_to_string(path).ok()
    };
    let page = read("index.html").ok_or("index.html is not there")?;
    bundle::script(bundle::ENTRY, &read)?;
    bundle::styles(&page, &read)?;
    bundle::page(&page, "app.js", "app.css", "")?;
    Ok(())
}
