//! What keys do, and what is drawn.

mod chance;
mod devices;
mod drawn;
mod emoji;
mod entrance;
mod formatting;
mod jumping;
mod life;
mod memberships;
mod mentions;
mod notices;
mod painting;
mod pasting;
mod pending;
mod people_rooms;
mod place;
mod reading;
mod results;
mod rooms;
mod rows;
mod search;
mod snapshots;
mod writing;
