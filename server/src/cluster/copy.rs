//! The database of one node as that of another: asked for in pieces, and put in place when it is whole.
//!
//! This file does not know what is in it.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use ring::digest::{Context, SHA256};
use tokio::time::{Instant, sleep};

use super::error::ClusterError;
use super::nats::{AskError, Nats, Request};
use crate::config::files::aside;
use crate::log::database::on_disk::with_suffix;
use crate::log::operator::inspect::backup;
use crate::log::operator::restore::restore;

/// Under this name a copy is asked for.
const SUBJECT: &str = "copy";
/// Bytes of one piece: well below what NATS takes in a message.
const PIECE_BYTES: usize = 256 * 1024;
/// How long a node may take to make a copy for another.
const MAKING: Duration = Duration::from_secs(120);
/// How long one piece may take.
const PIECE_PATIENCE: Duration = Duration::from_secs(10);
/// Times that a piece is asked for.
const TRIES_MAX: u32 = 5;
/// A copy that nobody asks for is thrown away after this time.
const IDLE_MAX: Duration = Duration::from_secs(60);
/// Whoever reads a copy asks for a piece within this time.
const IN_USE: Duration = Duration::from_secs(3);
/// Between two tries to find a node that gives one.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What a node offers to who asks for a copy, as a line of text.
struct Offer {
    node: String,
    /// Of the copies of this node.
    number: u64,
    bytes: u64,
    /// SHA-256, as hexadecimal digits.
    hash: String,
}

impl Offer {
    fn parse(line: &[u8]) -> Option<Self> {
        let mut words = str::from_utf8(line).ok()?.split(' ');
        let (node, number) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
        let (bytes, hash) = (words.next()?.parse().ok()?, words.next()?.to_owned());
        words.next().is_none().then_some(Offer { node, number, bytes, hash })
    }

    fn line(&self) -> Bytes {
        format!("{} {} {} {}", self.node, self.number, self.bytes, self.hash).into()
    }
}

/// Puts a copy of another node's database in the place of `path`, as soon as some node gives one.
pub(super) async fn fetch(nats: &Nats, path: &Path) -> Result<(), ClusterError> {
    let mut has_told = false;
    loop {
        match fetch_once(nats, path).await {
            Ok(()) => return Ok(()),
            Err(why) if has_told => tracing::debug!("no copy yet: {why}"),
            Err(why) => {
                tracing::warn!(
                    "this node needs a copy of another node's database: {why}; trying again"
                );
                has_told = true;
            }
        }
        sleep(ASK_AGAIN).await;
    }
}

async fn fetch_once(nats: &Nats, path: &Path) -> Result<(), String> {
    let answer =
        nats.ask(SUBJECT, Bytes::new(), MAKING).await.map_err(|error| error.to_string())?;
    let offer =
        Offer::parse(&answer).ok_or_else(|| String::from_utf8_lossy(&answer).into_owned())?;
    tracing::info!(bytes = offer.bytes, "copying the database of another node");
    let partial = with_suffix(path, ".copying");
    let fetched = fetch_file(nats, &offer, &partial).await;
    let placed = match fetched {
        Ok(()) => {
            let (from, to) = (partial.clone(), path.to_owned());
            let restored = aside(move || restore(&from, &to)).await;
            restored
                .map_err(|error| error.to_string())
                .and_then(|it| it.map_err(|error| error.to_string()))
        }
        Err(why) => Err(why),
    };
    // What is left of it is in nobody's way.
    let _ = fs::remove_file(&partial);
    let restored = placed?;
    if let Some(before) = restored.aside {
        tracing::info!("the database from before is kept as {}", before.display());
    }
    Ok(())
}

async fn fetch_file(nats: &Nats, offer: &Offer, partial: &Path) -> Result<(), String> {
    let text = |error: std::io::Error| format!("cannot write {}: {error}", partial.display());
    let _ = fs::remove_file(partial);
    let mut options = File::options();
    let mut file = options.write(true).create_new(true).mode(0o600).open(partial).map_err(text)?;
    let (mut hash, mut got) = (Context::new(&SHA256), 0_u64);
    while got < offer.bytes {
        let piece = piece(nats, offer, got).await?;
        hash.update(&piece);
        file.write_all(&piece).map_err(text)?;
        got += piece.len() as u64;
    }
    file.sync_all().map_err(text)?;
    if hex(hash.finish().as_ref()) == offer.hash {
        Ok(())
    } else {
        Err("what came is damaged".into())
    }
}

async fn piece(nats: &Nats, offer: &Offer, from: u64) -> Result<Bytes, String> {
    let mut tries = 1;
    loop {
        let (name, which) = (pieces_of(&offer.node), format!("{} {from}", offer.number));
        let asked = nats.ask(&name, which.into(), PIECE_PATIENCE).await;
        match asked {
            Ok(piece) if !piece.is_empty() => return Ok(piece),
            Ok(_) => return Err("the copy is there no longer".into()),
            Err(error @ (AskError::Nobody | AskError::Unknown(_))) if tries >= TRIES_MAX => {
                return Err(error.to_string());
            }
            Err(AskError::Late | AskError::Disconnected) if tries >= TRIES_MAX => {
                return Err("the node that gives it does not answer".into());
            }
            Err(_) => tries += 1,
        }
        sleep(ASK_AGAIN).await;
    }
}

/// Gives copies of this node's database to who asks, for as long as it is polled.
pub(super) async fn serve(nats: Nats, node: String, path: PathBuf) {
    let place = with_suffix(&path, ".copy");
    // Left by a process that died.
    let _ = fs::remove_file(&place);
    let mut made = Made { node, path, place, copy: None, count: 0 };
    loop {
        let served = made.serve(&nats).await;
        if let Err(error) = served {
            tracing::debug!(%error, "copies cannot be offered yet");
        }
        sleep(ASK_AGAIN).await;
    }
}

/// The copy that was made for others: one at a time, however many ask.
struct Made {
    node: String,
    path: PathBuf,
    place: PathBuf,
    copy: Option<Copy>,
    count: u64,
}

struct Copy {
    number: u64,
    file: File,
    used: Instant,
}

impl Made {
    async fn serve(&mut self, nats: &Nats) -> Result<(), AskError> {
        let mut wanted = nats.serve(SUBJECT, Some(SUBJECT)).await?;
        let mut pieces = nats.serve(&pieces_of(&self.node), None).await?;
        loop {
            tokio::select! {
                request = wanted.next() => {
                    let Some(request) = request else { return Ok(()) };
                    let answer = self.make().await;
                    nats.respond(request, answer).await?;
                }
                request = pieces.next() => {
                    let Some(request) = request else { return Ok(()) };
                    let answer = self.piece(&request).unwrap_or_default();
                    nats.respond(request, answer).await?;
                }
                () = sleep(IDLE_MAX) => {}
            }
            self.forget_idle();
        }
    }

    /// The offer of a copy, or why there is none.
    async fn make(&mut self) -> Bytes {
        if self.copy.as_ref().is_some_and(|copy| copy.used.elapsed() < IN_USE) {
            return format!("the node {} is giving a copy to another", self.node).into();
        }
        self.forget();
        self.count += 1;
        let (number, from, to) = (self.count, self.path.clone(), self.place.clone());
        let made = aside(move || {
            let copied = backup(&from, &to).map_err(|error| error.to_string())?;
            let mut file = File::open(&to).map_err(|error| error.to_string())?;
            let hash = hash_of(&mut file).map_err(|error| error.to_string())?;
            Ok::<_, String>((file, copied.bytes, hash))
        });
        match made.await.map_err(|error| error.to_string()).flatten() {
            Ok((file, bytes, hash)) => {
                self.copy = Some(Copy { number, file, used: Instant::now() });
                Offer { node: self.node.clone(), number, bytes, hash }.line()
            }
            Err(why) => format!("the node {} cannot make a copy: {why}", self.node).into(),
        }
    }

    /// The next piece; none where there is no such copy any more.
    fn piece(&mut self, request: &Request) -> Option<Bytes> {
        let (number, from) = str::from_utf8(&request.payload).ok()?.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        let copy = self.copy.as_mut().filter(|copy| copy.number == number)?;
        copy.used = Instant::now();
        let file = &mut copy.file;
        let mut piece = vec![0; PIECE_BYTES];
        file.seek(SeekFrom::Start(from.parse().ok()?)).ok()?;
        let mut got = 0;
        while got < piece.len() {
            match file.read(&mut piece[got..]).ok()? {
                0 => break,
                read => got += read,
            }
        }
        piece.truncate(got);
        Some(piece.into())
    }

    fn forget_idle(&mut self) {
        if self.copy.as_ref().is_some_and(|copy| copy.used.elapsed() > IDLE_MAX) {
            self.forget();
        }
    }

    fn forget(&mut self) {
        if self.copy.take().is_some() {
            let _ = fs::remove_file(&self.place);
        }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Under this name a node is asked for pieces of its copies: the number of the copy, and where the piece begins.
fn pieces_of(node: &str) -> String {
    format!("{SUBJECT}.{node}")
}

fn hash_of(file: &mut File) -> std::io::Result<String> {
    let (mut hash, mut buffer) = (Context::new(&SHA256), vec![0; PIECE_BYTES]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(hash.finish().as_ref())),
            read => hash.update(&buffer[..read]),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
