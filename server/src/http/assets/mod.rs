//! The browser client as it is served: its files, and the page as a `bundle` of them, whose parts have
//! addresses that change with what they hold.
//!
//! This file does not know HTTP.

mod bundle;
mod files;
#[cfg(not(web_in_binary))]
mod folder;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use parking_lot::Mutex;

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

/// Files that cannot change are packed once, when one of them is first asked for.
static PACKED: LazyLock<HashMap<String, Arc<Asset>>> = LazyLock::new(|| {
    files::names().into_iter().filter_map(|name| Some((name.clone(), packed(&name)?))).collect()
});

/// The bundle that was made last: the files may change.
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
    if files::MAY_CHANGE { packed(name) } else { PACKED.get(name).cloned() }
}

/// Made once; where the files may change, whenever the page is asked for and is another.
fn bundled(look: bool) -> Arc<Bundle> {
    let mut last = BUNDLE.lock();
    let known = last.clone().filter(|_| !look || !files::MAY_CHANGE);
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
    let read = |name: &str| String::from_utf8(files::read(name)?).ok();
    let source = read(PAGE).ok_or("the page is not there")?;
    let script = bundle::script(bundle::ENTRY, &read)?;
    let styles = bundle::styles(&source, &read)?;
    let names = [(&script, "js"), (&styles, "css")].map(|(text, end)| {
        let tag = tag_of(text);
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
    let plain = files::read(name)?;
    let etag = quoted(&tag_of(&plain));
    Some(asset(plain, content_type(name), etag, false))
}

fn gzip(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn tag_of_all() -> String {
    tag_of(files::names().into_iter().map(|name| (files::read(&name), name)).collect::<Vec<_>>())
}

fn tag_of(what: impl Hash) -> String {
    // Not the randomly keyed one: two servers of one build give the same tag.
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
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
