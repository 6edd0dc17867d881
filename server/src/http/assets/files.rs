//! The browser client's files by their names: inside the binary of a release, and from the disk in a debug
//! build, so that they can be edited while the server runs.
//!
//! This file does not know what stands in them.

#[cfg(web_in_binary)]
pub(super) use packed::{names, read};

#[cfg(not(web_in_binary))]
pub(super) use on_disk::{names, read};

/// Whether they may be others later, while the server runs.
pub(super) const MAY_CHANGE: bool = cfg!(not(web_in_binary));

#[cfg(web_in_binary)]
mod packed {
    use std::collections::BTreeMap;
    use std::io::{Cursor, Read as _};
    use std::sync::LazyLock;

    use zip::ZipArchive;
    use zip::result::ZipResult;

    /// What `build.rs` made of the folder.
    const ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/web.zip"));

    static FILES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
        unpacked().unwrap_or_else(|error| {
            // It is as it was built, unless somebody has changed the binary.
            tracing::error!(%error, "the browser client is damaged in this binary: install the server again");
            BTreeMap::new()
        })
    });

    fn unpacked() -> ZipResult<BTreeMap<String, Vec<u8>>> {
        let mut archive = ZipArchive::new(Cursor::new(ARCHIVE))?;
        let mut files = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            let name = file.name()?.into_owned();
            let mut contents = Vec::new();
            file.read_to_end(&mut contents)?;
            files.insert(name, contents);
        }
        Ok(files)
    }

    pub(in super::super) fn names() -> Vec<String> {
        FILES.keys().cloned().collect()
    }

    pub(in super::super) fn read(name: &str) -> Option<Vec<u8>> {
        FILES.get(name).cloned()
    }
}

#[cfg(not(web_in_binary))]
mod on_disk {
    use std::fs;
    use std::path::Path;

    use super::super::folder;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web");

    pub(in super::super) fn names() -> Vec<String> {
        folder::names(Path::new(FOLDER)).unwrap_or_else(|error| {
            tracing::error!(%error, "the files of the browser client cannot be read in {FOLDER}");
            Vec::new()
        })
    }

    /// Only what has one of the names: a request may ask for anything.
    pub(in super::super) fn read(name: &str) -> Option<Vec<u8>> {
        names().iter().any(|it| it == name).then(|| fs::read(Path::new(FOLDER).join(name)).ok())?
    }
}
