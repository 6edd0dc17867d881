//! Outgoing hooks: what people say in a room is posted to an address.
//!
//! `known` says who hears of a message and queues it; a task for each hook (`run`, `delivery`) takes it from there, one
//! message at a time, and asks `client` to post it. Nothing of this delays a room, the log or a connection. What a
//! receiver answers is handed to whoever started this. This folder does not know the log, or how anything is kept.

mod client;
mod delivery;
mod failed;
mod hook;
mod known;
mod pace;
mod public;
mod queue;
mod run;
mod signature;
mod tls;
mod url;

pub(crate) use self::hook::OutgoingHook;
pub(crate) use self::known::{Outgoing, Webhooks};
pub(crate) use self::public::is_public;
pub(crate) use self::run::{Around, run};
pub(crate) use self::signature::SigningKey;
pub(crate) use self::url::HookUrl;
