//! What an address on the command line says besides the server: a code that lets one in, or a message.

use url::Url;

use crate::address::host;
use crate::chat::EntryCode;
use crate::cli::args::{Code, Permalink};

/// Servers, each with its further addresses.
type Servers = Option<Vec<Vec<Url>>>;

/// Those that were asked for, and those of the file. A message is at the server in its address; a code says where
/// to go unless that is said apart.
pub(super) fn servers(
    (asked, said): (Servers, Servers),
    code: Option<&Code>,
    goto: Option<&Permalink>,
) -> (Servers, Servers) {
    let named = asked.iter().chain(said.iter().filter(|_| asked.is_none()));
    let mut named = named.flatten().flatten();
    let elsewhere = goto.filter(|goto| named.all(|server| host(server) != host(&goto.server)));
    let of_message = elsewhere.map(|goto| goto.server.clone());
    let of_code = code.and_then(|code| code.server.clone());
    let alone = |server: Url| vec![vec![server]];
    (of_message.map(alone).or(asked).or(of_code.map(alone)), said)
}

pub(super) fn entry_code(link: Option<Code>, invite: Option<Code>) -> Option<EntryCode> {
    let link = link.map(|link| EntryCode::Link(link.code));
    link.or_else(|| invite.map(|invite| EntryCode::Invite(invite.code)))
}

#[cfg(test)]
mod tests {
    use protocol::{MessageId, RoomName};

    use super::*;
    use crate::address::parse;

    #[test]
    fn a_message_is_at_the_server_in_its_address() {
        let server = |text: &str| parse(text).unwrap();
        let several = || Some(vec![vec![server("a.example"), server("b.example")]]);
        let (room, id) = (RoomName::general(), MessageId::ZERO);
        let goto = |text: &str| Permalink { server: server(text), room: room.clone(), id };
        let there = goto("b.example");
        assert_eq!(servers((several(), None), None, Some(&there)).0, several());
        assert_eq!(servers((None, several()), None, Some(&there)), (None, several()));
        let elsewhere = goto("c.example");
        let alone = Some(vec![vec![server("c.example")]]);
        assert_eq!(servers((several(), None), None, Some(&elsewhere)).0, alone);
        assert_eq!(servers((None, several()), None, Some(&elsewhere)).0, alone);
    }
}
