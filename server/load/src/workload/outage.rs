//! Somebody talks to a crowd while something breaks.
//!
//! This file does not know what breaks.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use super::storm::{Room, gap};
use crate::crowd::Crowd;
use crate::options::{Common, pin};
use crate::payload::Faults;

/// Messages a second.
const RATE: u32 = 20;
/// How long somebody talks before it breaks, and after all is well again.
const BESIDE: Duration = Duration::from_secs(2);
/// Longest wait until it is.
const PATIENCE: Duration = Duration::from_secs(60);

/// From the moment it broke.
pub(crate) struct Took {
    /// Until all had the first message that was said after it.
    pub(crate) next: Duration,
    /// Until all had all that was said meanwhile.
    pub(crate) all: Duration,
}

/// Nothing may be lost, doubled or out of order.
pub(crate) fn run(
    common: &Common,
    count: usize,
    break_it: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<Took> {
    pin(common.pin)?;
    let mut room = Room::new(count)?;
    let mut crowd = Crowd::new(common)?;
    crowd.connect(count, |i| format!("room=outage&username=c{i}"), &mut room)?;
    talk(&mut crowd, &mut room, |_, begun| begun.elapsed() > BESIDE)?;
    let said = room.said();
    break_it()?;
    let broke = Instant::now();
    talk(&mut crowd, &mut room, |room, _| room.all_have(said + 1))?;
    let next = broke.elapsed();
    let said = room.said();
    talk(&mut crowd, &mut room, |room, _| room.all_have(said))?;
    let all = broke.elapsed();
    talk(&mut crowd, &mut room, |_, begun| begun.elapsed() > BESIDE)?;
    let faults = room.faults();
    ensure!(faults == Faults::default() && crowd.dropped == 0, "{faults:?}, {}", crowd.dropped);
    Ok(Took { next, all })
}

/// Until this is so.
fn talk(
    crowd: &mut Crowd,
    room: &mut Room,
    is_so: impl Fn(&Room, Instant) -> bool,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut next = begun;
    while !is_so(room, begun) {
        if Instant::now() >= next {
            room.talk(crowd, "outage");
            next += gap(RATE);
        }
        crowd.turn(Duration::from_millis(5), room)?;
        if begun.elapsed() > PATIENCE {
            bail!("messages do not come back; {} dropped", crowd.dropped);
        }
    }
    Ok(())
}
