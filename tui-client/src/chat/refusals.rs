//! What can be done where the server does not let somebody in, in words.
//!
//! This file does not know who was refused.

use protocol::Code;

/// For who sits in front of the running client.
pub(crate) fn advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Revoked => "/link CODE links it again, /nick takes another name",
        Code::NeedInvite => "nebula --invite CODE brings it; /link CODE links a device",
        Code::TooManyDevices => "/revoke one on another device, then /reconnect here",
        _ => return None,
    })
}

/// For who has yet to start it.
pub(crate) fn advice_at_start(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Revoked => "--link CODE links it again, --user takes another name",
        Code::NeedInvite => "--invite CODE brings one",
        Code::TooManyDevices => "/revoke takes your name off one that has it",
        _ => return None,
    })
}
