//! What keys do, and what is drawn.

mod chance;
mod drawn;
mod notices;
mod painting;
mod pasting;
mod place;
mod reading;
mod rooms;
mod rows;
mod snapshots;
mod writing;
