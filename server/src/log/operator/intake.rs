//! Gives what an operator brings its place in the order, which is mostly what was said elsewhere: in a database that
//! no server uses, by the rules of one, or through the server that uses it.
//!
//! This file does not know where it comes from.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::config::SyncMode;
use crate::log::acts_of_operator::Import;
use crate::log::database::store::Store;
use crate::log::database::{BUSY_TIMEOUT, Database, OpenError, on_disk, place};
use crate::log::event::Act;
use crate::log::operator::incoming::{self, BATCH, Became};
use crate::log::outcome::Outcome;
use crate::log::sequencer::Sequencer;
use crate::log::time::clock::now_us;
use crate::log::time::judge::{Judge, leap_max_ms};

/// Handed over and not taken in yet, at most: enough that the server always finds some.
const HANDED_MAX: usize = 4 * BATCH;
/// How often it is looked what became of it.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// For how long a server may take nothing: it looks once a second.
const PATIENCE: Duration = Duration::from_secs(30);
/// For how long names are kept unless it is said otherwise: by that a clock is judged here.
const NAME_EXPIRY_MS: u64 = 90 * 24 * 60 * 60 * 1000;

/// Why something cannot be taken in. What was taken in before stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntakeError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// All nodes would have to take it.
    #[error(
        "the database {0:?} belongs to a cluster: take it out with --standalone, import, and begin the cluster anew \
         from it with `nebula-server cluster found`"
    )]
    InCluster(PathBuf),
    /// Everything would be stamped with a wrong time for good.
    #[error(
        "the machine's clock is far from the last time in the database {0:?}: set it, or start the server once \
         with --accept-clock"
    )]
    Clock(PathBuf),
    /// There is a server, and it does nothing.
    #[error(
        "the server that uses the database {db:?} takes nothing in: see its log and /readyz. {left} of the lines \
         that were read were not taken; import again when it is well, what is there is not taken twice"
    )]
    Silent { db: PathBuf, left: usize },
    /// The same, of one thing alone.
    #[error(
        "the server that uses the database {0:?} does not answer, and nothing was done: see its log and /readyz"
    )]
    NoAnswer(PathBuf),
}

/// A database that takes in what was said elsewhere.
pub(crate) struct Intake {
    path: PathBuf,
    way: Way,
    /// What is taken in together.
    batch: Vec<Act>,
    /// Why the last one was refused that was.
    why: Option<String>,
}

enum Way {
    /// No server uses it. The database is held against one as long as this is here.
    Alone { _held: Box<Database>, store: Box<Store>, sequencer: Sequencer },
    /// A server uses it, and is handed this.
    Beside { db: Connection, handed: VecDeque<(i64, Option<Became>)>, progress: Instant },
}

impl Intake {
    /// # Errors
    /// [`IntakeError`].
    pub(crate) fn open(path: &Path) -> Result<Self, IntakeError> {
        let way = match Database::open(path, SyncMode::Normal) {
            Ok(database) => alone(path, database)?,
            Err(OpenError::Locked(_)) => beside(path)?,
            Err(error) => return Err(error.into()),
        };
        Ok(Intake { path: path.to_owned(), way, batch: Vec::with_capacity(BATCH), why: None })
    }

    /// Takes it in, at once or later, and tells what became of what was taken in until now, in the same order.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub(crate) fn take(
        &mut self,
        import: Import,
        became: &mut Vec<Became>,
    ) -> Result<(), IntakeError> {
        self.batch.push(Act::Import(Box::new(import)));
        if self.batch.len() < BATCH { Ok(()) } else { self.take_batch(HANDED_MAX, became) }
    }

    /// Takes in what waits still, and tells what became of that.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub(crate) fn finish(mut self, became: &mut Vec<Became>) -> Result<(), IntakeError> {
        self.take_batch(0, became)?;
        self.note_time()
    }

    /// Does one thing; else says why that is refused.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub(crate) fn ask(mut self, act: Act) -> Result<Result<(), String>, IntakeError> {
        self.batch.push(act);
        let mut became = Vec::new();
        match self.take_batch(0, &mut became) {
            Err(IntakeError::Silent { db, .. }) => return Err(IntakeError::NoAnswer(db)),
            done => done?,
        }
        self.note_time()?;
        Ok(match became.first() {
            Some(Became::Taken) => Ok(()),
            _ => Err(self.why.unwrap_or_else(|| "the server cannot read it".to_owned())),
        })
    }

    /// Until no more than so many wait for a server.
    fn take_batch(&mut self, left_max: usize, became: &mut Vec<Became>) -> Result<(), IntakeError> {
        let failed = |error| failed(&self.path, error);
        let batch = std::mem::take(&mut self.batch);
        match &mut self.way {
            Way::Alone { store, sequencer, .. } => {
                let place = |act: &Act| sequencer.place(act.clone(), now_us());
                let events: Vec<_> = batch.iter().map(place).collect();
                let outcomes = store.commit(events.iter()).map_err(failed)?;
                store.checkpoint().map_err(failed)?;
                for outcome in &outcomes {
                    if let Outcome::Refused(refusal) = outcome {
                        self.why = Some(refusal.to_string());
                    }
                }
                became.extend(batch.iter().zip(&outcomes).map(|(it, of)| Became::of(it, of)));
                Ok(())
            }
            Way::Beside { db, handed, .. } => {
                let numbers = incoming::hand_over(db, &batch).map_err(failed)?;
                handed.extend(numbers.into_iter().map(|number| (number, None)));
                self.wait_for(left_max, became)
            }
        }
    }

    /// A server that starts goes by it, and not by the times of what was taken in.
    fn note_time(&mut self) -> Result<(), IntakeError> {
        let Way::Alone { store, sequencer, .. } = &mut self.way else { return Ok(()) };
        let now = now_us();
        let event = sequencer.place(Act::NoteTime(now / 1000), now);
        store.commit([event].iter()).map_err(|error| failed(&self.path, error))?;
        Ok(())
    }

    /// Waits until no more than so many wait.
    fn wait_for(&mut self, left_max: usize, all: &mut Vec<Became>) -> Result<(), IntakeError> {
        let Way::Beside { db, handed, progress } = &mut self.way else { return Ok(()) };
        let last_why = &mut self.why;
        let failed = |error| failed(&self.path, error);
        while handed.len() > left_max {
            let Some((first, last)) = handed.front().zip(handed.back()) else { break };
            let known = incoming::fetch(db, (first.0, last.0)).map_err(failed)?;
            let is_progress = !known.is_empty();
            for (number, became, why) in known {
                *last_why = why.or(last_why.take());
                let place = handed.binary_search_by_key(&number, |it| it.0);
                if let Some(waiting) = place.ok().and_then(|place| handed.get_mut(place)) {
                    waiting.1 = Some(became);
                }
            }
            while let Some((_, Some(became))) = handed.front() {
                all.push(*became);
                handed.pop_front();
            }
            if is_progress {
                *progress = Instant::now();
            } else if progress.elapsed() < PATIENCE {
                // Nobody unparks it: it waits.
                park_timeout(LOOK_EVERY);
            } else {
                let numbers: Vec<_> = handed.drain(..).map(|(number, _)| number).collect();
                let left = incoming::take_back(db, &numbers).map_err(failed)?;
                return Err(IntakeError::Silent { db: self.path.clone(), left });
            }
        }
        Ok(())
    }
}

fn alone(path: &Path, database: Database) -> Result<Way, IntakeError> {
    let failed = |error| failed(path, error);
    let store = Store::new(database.writer()?);
    if store.cluster().map_err(failed)?.is_some() {
        return Err(IntakeError::InCluster(path.to_owned()));
    }
    let now = now_us();
    let known = store.known_ms(now / 1000).map_err(failed)?;
    let leap_max = leap_max_ms([Some(NAME_EXPIRY_MS), None]);
    let time = Judge::new(now, known, leap_max, false).read(now, Duration::ZERO);
    if time.doubt.is_some() {
        return Err(IntakeError::Clock(path.to_owned()));
    }
    let sequencer = Sequencer::new(store.clock().map_err(failed)?);
    let (store, _held) = (Box::new(store), Box::new(database));
    Ok(Way::Alone { _held, store, sequencer })
}

fn beside(path: &Path) -> Result<Way, IntakeError> {
    let database = Database::beside(path)?;
    let connect = || {
        let db = on_disk::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.busy_timeout(BUSY_TIMEOUT)?;
        // What a power cut takes of what waits is imported again.
        db.pragma_update(None, "synchronous", "NORMAL")?;
        // Nothing of what is taken back stays in the file.
        db.pragma_update(None, "secure_delete", "ON")?;
        let is_of_cluster = place::cluster(&db)?.is_some();
        Ok((db, is_of_cluster))
    };
    let (db, is_of_cluster) = connect().map_err(|error| database.failed(error))?;
    if is_of_cluster {
        return Err(IntakeError::InCluster(path.to_owned()));
    }
    Ok(Way::Beside { db, handed: VecDeque::new(), progress: Instant::now() })
}

fn failed(path: &Path, error: rusqlite::Error) -> IntakeError {
    crate::log::database::failed(path, error).into()
}
