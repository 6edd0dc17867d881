//! What is kept: on which disk, under which clock, for how long.

mod clocks;
mod database;
mod disk;
mod restoring;
mod retention;
mod tombstones;
mod upgrade;
