//! The files of the browser client: inside the binary, or from the disk in a debug build, so that
//! they can be edited while the server runs. The page is served as a `bundle` of them, whose parts have
//! addresses that change with what they hold.
//!
//! This file does not know HTTP.

mod bundle;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use parking_lot::Mutex;
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
/// How the names of the other parts of the bundle begin.
const BUNDLED: &str = "app.";

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
    /// Its address holds its tag: under this one there will never be anything else.
    pub(crate) immutable: bool,
}

/// The page and the two files that it needs, of one build.
#[derive(Debug)]
struct Bundle {
    build: String,
    files: HashMap<String, Arc<Asset>>,
}

/// What is inside the binary is packed once, when it is first asked for.
static PACKED: LazyLock<HashMap<String, Arc<Asset>>> = LazyLock::new(|| {
    Web::iter().filter_map(|name| Some((name.to_string(), packed(&name)?))).collect()
});

/// The bundle that was made last: in a debug build the files may change.
static BUNDLE: Mutex<Option<Arc<Bundle>>> = Mutex::new(None);

/// The file that a path names; `/` is the page itself.
pub(crate) fn find(path: &str) -> Option<Arc<Asset>> {
    let name = match path.strip_prefix('/')? {
        "" => PAGE,
        name => name,
    };
    if name == PAGE || name.starts_with(BUNDLED) {
        return bundled(name == PAGE).files.get(name).cloned();
    }
    if cfg!(debug_assertions) { packed(name) } else { PACKED.get(name).cloned() }
}

/// Made once in a release, and in a debug build whenever the page is asked for and is another.
fn bundled(look: bool) -> Arc<Bundle> {
    let mut last = BUNDLE.lock();
    let known = last.clone().filter(|_| !look || !cfg!(debug_assertions));
    if let Some(known) = known {
        return known;
    }
    let build = tag_of_all();
    if let Some(known) = last.clone().filter(|known| known.build == build) {
        return known;
    }
    let files = bundle_of(&build).unwrap_or_else(|fault| {
        // Only while somebody edits: of a release it is known before.
        let page = asset(fault.into_bytes(), "text/plain; charset=utf-8", quoted(&build), false);
        HashMap::from([(PAGE.to_owned(), page)])
    });
    let made = Arc::new(Bundle { build, files });
    *last = Some(made.clone());
    made
}

fn bundle_of(build: &str) -> Result<HashMap<String, Arc<Asset>>, String> {
    let read = |name: &str| String::from_utf8(Web::get(name)?.data.into_owned()).ok();
    let source = read(PAGE).ok_or("the page is not there")?;
    let script = bundle::script(bundle::ENTRY, &read)?;
    let styles = bundle::styles(&source, &read)?;
    let names = [(&script, "js"), (&styles, "css")].map(|(text, end)| {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let tag = format!("{:016x}", hasher.finish());
        (format!("{BUNDLED}{tag}.{end}"), tag)
    });
    let page = bundle::page(&source, &names[0].0, &names[1].0, build)?;
    let page = asset(page.into_bytes(), content_type(PAGE), quoted(build), false);
    let parts = [script, styles].into_iter().zip(names).map(|(text, (name, tag))| {
        let part = asset(text.into_bytes(), content_type(&name), quoted(&tag), true);
        (name, part)
    });
    Ok(parts.chain([(PAGE.to_owned(), page)]).collect())
}

fn asset(plain: Vec<u8>, content_type: &'static str, etag: String, immutable: bool) -> Arc<Asset> {
    let plain = Bytes::from(plain);
    let gzipped = gzip(&plain).filter(|gzipped| gzipped.len() < plain.len());
    Arc::new(Asset { plain, gzipped, content_type, etag, immutable })
}

fn packed(name: &str) -> Option<Arc<Asset>> {
    let file = Web::get(name)?;
    let tag = tag(&file);
    Some(asset(file.data.into_owned(), content_type(name), tag, false))
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
    format!("{:016x}", hasher.finish())
}

fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
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
