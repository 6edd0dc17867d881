//! Packs the browser client into a release, which is built only if the page can be made into the bundle that it
//! serves. A debug build takes the files from the disk, when they are asked for, and is not built anew when they
//! change, unless `NEBULA_WEB_IN_BINARY` is set: then it has them as a release has.

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

#[path = "src/http/assets/bundle.rs"]
mod bundle;
#[path = "src/http/assets/folder.rs"]
mod folder;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(web_in_binary)");
    for used in ["build.rs", "src/http/assets/bundle.rs", "src/http/assets/folder.rs"] {
        println!("cargo::rerun-if-changed={used}");
    }
    println!("cargo::rerun-if-env-changed=NEBULA_WEB_IN_BINARY");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if !is_release && env::var_os("NEBULA_WEB_IN_BINARY").is_none() {
        return;
    }
    println!("cargo::rustc-cfg=web_in_binary");
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    if let Err(fault) = check(&web) {
        println!("cargo::error=web/ cannot be bundled: {fault}");
    }
    if let Err(fault) = pack(&web) {
        println!("cargo::error=web/ cannot be packed: {fault}");
    }
}

fn check(web: &Path) -> Result<(), String> {
    let read = |name: &str| fs::read_to_string(web.join(name)).ok();
    let page = read("index.html").ok_or("index.html is not there")?;
    bundle::script(bundle::ENTRY, &read)?;
    bundle::styles(&page, &read)?;
    bundle::page(&page, "app.js", "app.css", "")?;
    Ok(())
}

/// Two builds of the same files are equal: they are in order, and the archive has no times.
fn pack(web: &Path) -> Result<(), Box<dyn Error>> {
    let archive = Path::new(&env::var("OUT_DIR")?).join("web.zip");
    let mut archive = ZipWriter::new(File::create(archive)?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9));
    for name in folder::names(web)? {
        let path = web.join(&name);
        println!("cargo::rerun-if-changed={}", path.display());
        if let (Some(folder), true) = (path.parent(), name.contains('/')) {
            println!("cargo::rerun-if-changed={}", folder.display());
        }
        archive.start_file(name, options)?;
        archive.write_all(&fs::read(path)?)?;
    }
    archive.finish()?;
    Ok(())
}
