//! What does not depend on how much was ever said: starting, joining, paging. Compares a log of
//! 10,000 messages with one of as many as the argument says (10,000,000 if there is none).

use std::path::Path;
use std::time::{Duration, Instant};

use server::bench::{Failed, Keeper};

const ROOMS: usize = 20;
const SMALL: usize = 10_000;
const LARGE: usize = 10_000_000;
/// Measurements of each kind; the median counts.
const TURNS: usize = 31;

fn main() -> Result<(), Failed> {
    let large = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(LARGE);
    let folder = tempfile::tempdir()?;
    let paths = [SMALL, large].map(|messages| (folder.path().join(messages.to_string()), messages));
    for (path, messages) in &paths {
        let took = fill(path, *messages)?;
        let rate = *messages as f64 / took.as_secs_f64();
        let mib = std::fs::metadata(path)?.len() >> 20;
        println!("{messages} messages: {mib} MiB, {rate:.0} appended a second");
    }
    let mut all = [Times::default(), Times::default()];
    for _ in 0..TURNS {
        for ((path, _), times) in paths.iter().zip(&mut all) {
            times.measure(path)?;
        }
    }
    let [small, large] = all;
    small.against(large);
    Ok(())
}

fn fill(path: &Path, messages: usize) -> Result<Duration, Failed> {
    let begun = Instant::now();
    let keeper = Keeper::open(path)?;
    let rooms = (0..ROOMS).map(|n| keeper.room(n)).collect::<Result<Vec<_>, _>>()?;
    keeper.append(&rooms, messages)?;
    drop(rooms);
    keeper.close()?;
    Ok(begun.elapsed())
}

/// How long each kind of thing took, each time.
#[derive(Default)]
struct Times {
    start: Vec<Duration>,
    join: Vec<Duration>,
    page: Vec<Duration>,
}

impl Times {
    fn measure(&mut self, path: &Path) -> Result<(), Failed> {
        let begun = Instant::now();
        let keeper = Keeper::open(path)?;
        self.start.push(begun.elapsed());
        let room = keeper.room(fastrand::usize(..ROOMS))?;
        let begun = Instant::now();
        let (_, before) = keeper.page(&room, None)?;
        self.join.push(begun.elapsed());
        // The room's newest are in memory now; what is older is read from the file.
        let (_, before) = keeper.page(&room, before)?;
        let begun = Instant::now();
        keeper.page(&room, before)?;
        self.page.push(begun.elapsed());
        drop(room);
        keeper.close()
    }

    fn against(self, large: Times) {
        for (what, small, large) in [
            ("start", self.start, large.start),
            ("join", self.join, large.join),
            ("page", self.page, large.page),
        ] {
            let (small, large) = (median(small), median(large));
            let ratio = large.as_secs_f64() / small.as_secs_f64();
            println!("{what:<6} {small:>10.1?} {large:>10.1?}: {ratio:.2}");
        }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
