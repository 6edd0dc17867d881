//! What a bot may not do, whatever a person may.
//!
//! This file does not know which rooms it may enter.

use protocol::{Refusal, ToServer};

use crate::auth::permissions::Bot;

const READS_ONLY: Refusal = Refusal::NotAllowedHere("this bot only reads");
/// With a device of its own it would be more than its token allows.
const OPERATORS: Refusal =
    Refusal::NotAllowedHere("a bot has no devices, invites or hooks: the operator looks after it");

/// Why it may not.
pub(super) fn refusal(bot: Bot, envelope: &ToServer) -> Option<Refusal> {
    match envelope {
        ToServer::Link(_)
        | ToServer::Devices(_)
        | ToServer::Revoke(_)
        | ToServer::Invite(_)
        | ToServer::Invites(_)
        | ToServer::Uninvite(_)
        | ToServer::Hook(_)
        | ToServer::Hooks(_)
        | ToServer::Unhook(_) => Some(OPERATORS),
        ToServer::Message(_)
        | ToServer::Topic(_)
        | ToServer::Edit(_)
        | ToServer::Delete(_)
        | ToServer::React(_)
        | ToServer::Typing(_)
        | ToServer::Create(_)
        | ToServer::Direct(_)
        | ToServer::Add(_)
        | ToServer::Remove(_)
        | ToServer::Role(_)
        | ToServer::Setting(_)
        | ToServer::Moderate(_) => bot.reads_only.then_some(READS_ONLY),
        ToServer::Join(_)
        | ToServer::Leave(_)
        | ToServer::History(_)
        | ToServer::Presence(_)
        | ToServer::Read(_)
        | ToServer::Mentions(_)
        | ToServer::Search(_)
        | ToServer::Rooms(_) => None,
    }
}
