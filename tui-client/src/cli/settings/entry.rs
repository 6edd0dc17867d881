//! What an address on the command line says besides the server: a code that lets one in, or a message.

use url::Url;

use crate::chat::EntryCode;
use crate::cli::args::{Code, Permalink};

/// The server in whose address it stood.
pub(super) fn server_of(code: Option<&Code>, goto: Option<&Permalink>) -> Option<Vec<Vec<Url>>> {
    let of_code = code.and_then(|code| code.server.clone());
    of_code.or_else(|| goto.map(|goto| goto.server.clone())).map(|server| vec![vec![server]])
}

pub(super) fn entry_code(link: Option<Code>, invite: Option<Code>) -> Option<EntryCode> {
    let link = link.map(|link| EntryCode::Link(link.code));
    link.or_else(|| invite.map(|invite| EntryCode::Invite(invite.code)))
}
