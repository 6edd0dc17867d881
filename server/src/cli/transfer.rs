//! The commands that bring what was said out of a database, and into one.
//!
//! This file does not know what the lines say.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use protocol::RoomName;

use super::out::Out;
use super::parse::{parse_date, parse_offset, parse_room};
use super::place::Database;
use crate::config::files::open;
use crate::log::now_ms;
use crate::log::operator::export::{ExportError, Exported, Wanted, export};
use crate::log::operator::intake::Intake;
use crate::transfer::piece::{Piece, SourceError, Target};
use crate::transfer::read::{read_file, read_lines};
use crate::transfer::report::Report;

/// Bytes that are written at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Write everything that rooms hold, as lines of JSON: what each room is, its topic, its people, and its messages
/// as they are now
///
/// The lines are envelopes of the protocol, and `import` reads them. Works while the server runs: they are of one
/// moment.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Where to, a file that must not be there yet; without it, stdout
    file: Option<PathBuf>,

    /// Only this room: its name, or the address of a private or direct one
    #[arg(long, value_name = "ROOM", value_parser = parse_room)]
    room: Option<RoomName>,

    /// Only messages from this day on (UTC), like 2026-12-31
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    since: Option<u64>,

    #[command(flatten)]
    database: Database,
}

/// Take in what was said elsewhere: what `export` wrote, a zip that Slack exported, a log of WeeChat or irssi
///
/// Messages keep their times and come behind those that are there. Their authors are not linked to people
/// of this server, even under the same name. What is there already is not taken twice. Prints how much was taken, changed and left out, and why. Works
/// while the server runs.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file; - is stdin
    file: PathBuf,

    /// Only what was said in this room, as it is called in the file
    #[arg(long, value_name = "ROOM", value_parser = parse_room)]
    from: Option<RoomName>,

    /// Into this room: a name, or the address of a private or direct room of this server; without it, each into the
    /// open room of the same name
    #[arg(long, value_name = "ROOM", value_parser = parse_room)]
    into: Option<RoomName>,

    /// How far the times of a log are from UTC, like +01:00; without it they are in UTC
    #[arg(long, value_name = "TIME", default_value = "+00:00", value_parser = parse_offset, allow_hyphen_values = true)]
    utc_offset: i32,

    #[command(flatten)]
    database: Database,
}

impl Export {
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<()> {
        let wanted = Wanted { room: self.room, since: self.since.unwrap_or_default() };
        let db = self.database.file()?;
        let Some(file) = self.file else {
            let mut printed = BufWriter::with_capacity(CHUNK_BYTES, Printed(out));
            return match export(db, &wanted, &mut printed) {
                // Whoever read has read enough.
                Err(ExportError::Io(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
                done => done.map(drop).map_err(Into::into),
            };
        };
        let Exported { rooms, messages } = export_to(db, &wanted, &file)?;
        writeln!(out, "{}: {rooms} rooms, {messages} messages", file.display())?;
        Ok(())
    }
}

/// What people said is for nobody else on this machine. What is not whole is not left behind.
fn export_to(db: &Path, wanted: &Wanted, path: &Path) -> anyhow::Result<Exported> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    let file = file.with_context(|| format!("cannot make {path:?}"))?;
    let mut lines = BufWriter::with_capacity(CHUNK_BYTES, &file);
    let done = export(db, wanted, &mut lines).map_err(|error| match error {
        ExportError::Io(error) => anyhow!(error).context(format!("cannot write {path:?}")),
        error => error.into(),
    });
    drop(lines);
    let done = done.and_then(|done| {
        file.sync_all().with_context(|| format!("cannot write {path:?}"))?;
        Ok(done)
    });
    if done.is_err() {
        // Why is told.
        let _ = fs::remove_file(path);
    }
    done
}

/// Prints what is written.
struct Printed<'a>(&'a mut Out);

impl Write for Printed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut is_written = false;
        let printed = self.0.print(|| {
            is_written = true;
            io::stdout().write_all(bytes)
        });
        printed.map_err(io::Error::other)?;
        if is_written { Ok(bytes.len()) } else { Err(ErrorKind::BrokenPipe.into()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Import {
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<()> {
        let Import { file, from, into, utc_offset, database } = self;
        let path = file.display();
        let opened = match file == Path::new("-") {
            true => None,
            false => Some(open(&file, File::options().read(true))),
        };
        let opened = opened.transpose().with_context(|| format!("cannot open {path}"))?;
        let mut intake = Intake::open(database.file()?)?;
        let mut report = Report::default();
        let target = Target { from, into, now: now_ms(), utc_offset_s: utc_offset };
        let take = |piece| -> anyhow::Result<()> {
            match piece {
                Piece::LeftOut(reason, count) => report.left_out(reason, count),
                Piece::Import(import, changed) => {
                    report.asked(changed);
                    let mut became = Vec::new();
                    let taken = intake.take(*import, &mut became);
                    report.became(became);
                    taken?;
                }
            }
            Ok(())
        };
        let done = match opened {
            Some(file) => read_file(file, &target, take),
            None => read_lines(BufReader::new(io::stdin().lock()), &target, take),
        };
        // What was read is taken in, also where the file breaks off.
        let mut became = Vec::new();
        let rest = match &done {
            Err(error) if !error.is::<SourceError>() => Ok(()),
            _ => intake.finish(&mut became),
        };
        report.became(became);
        write!(out, "{report}")?;
        done.with_context(|| format!("{path} was not read to its end"))?;
        rest?;
        Ok(())
    }
}
