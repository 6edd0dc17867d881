//! The files of the browser client: inside the binary, or from the disk in a debug build, so that
//! they can be edited while the server runs.
//!
//! This file does not know HTTP.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{Embed, EmbeddedFile};

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/"]
#[include = "*.html"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
#[include = "*.png"]
#[include = "*.webmanifest"]
#[exclude = "test/*"]
struct Web;

/// The page itself.
const PAGE: &str = "index.html";

/// One file, with what a browser has to know about it.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) plain: Bytes,
    /// The same in less bytes, if it is less.
    pub(crate) gzipped: Option<Bytes>,
    pub(crate) content_type: &'static str,
    /// Changes with the contents; of the page, with those of any file, so that one can ask whether
    /// there is a newer build.
    pub(crate) etag: String,
}

/// What is inside the binary is packed once, when it is first asked for.
static PACKED: LazyLock<HashMap<String, Arc<Asset>>> = LazyLock::new(|| {
    Web::iter().filter_map(|name| Some((name.to_string(), Arc::new(packed(&name)?)))).collect()
});

/// The file that a path names; `/` is the page itself.
pub(crate) fn find(path: &str) -> Option<Arc<Asset>> {
    let name = match path.strip_prefix('/')? {
        "" => PAGE,
        name => name,
    };
    if cfg!(debug_assertions) { packed(name).map(Arc::new) } else { PACKED.get(name).cloned() }
}

fn packed(name: &str) -> Option<Asset> {
    let file = Web::get(name)?;
    let etag = if name == PAGE { tag_of_all() } else { tag(&file) };
    let plain = Bytes::from(file.data.into_owned());
    let gzipped = gzip(&plain).filter(|gzipped| gzipped.len() < plain.len());
    Some(Asset { plain, gzipped, content_type: content_type(name), etag })
}

fn gzip(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn tag(file: &EmbeddedFile) -> String {
    let mut etag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        // Writing into a string cannot fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    etag
}

fn tag_of_all() -> String {
    let mut names: Vec<_> = Web::iter().collect();
    names.sort();
    // Not the randomly keyed one: two servers of one build give the same tag.
    let mut hasher = DefaultHasher::new();
    for name in names {
        name.hash(&mut hasher);
        Web::get(&name).map(|file| file.metadata.sha256_hash()).hash(&mut hasher);
    }
    format!("\"{:016x}\"", hasher.finish())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
