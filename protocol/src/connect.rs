//! How a connection opens: room, user and resume point in the query string, and the key in a subprotocol.
//!
//! This file does not know HTTP.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded;

use crate::envelope::count;
use crate::ids::MessageId;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// The subprotocol that the server speaks and answers with.
pub const SUBPROTOCOL: &str = "nebula.v1";
/// A client offers its key as a second subprotocol: this, then base64url without padding.
const KEY_SUBPROTOCOL_PREFIX: &str = "nebula.key.";
/// Fewest bytes of a key: 128 bits cannot be guessed.
pub const KEY_BYTES_MIN: usize = 16;
/// Most bytes of a key: more adds nothing.
pub const KEY_BYTES_MAX: usize = 64;

/// What a client asks for when it connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// The room to start in.
    pub room: RoomName,
    /// The wanted name; the server invents a guest's name where there is none.
    pub user: Option<UserName>,
    /// Replay everything after this id.
    pub since: Option<MessageId>,
    /// Replay at most this many of the newest messages.
    pub history: Option<u16>,
}

impl Connect {
    /// Reads a query string, percent-encoded as in an address. An empty parameter counts as absent,
    /// an unknown one is ignored.
    ///
    /// # Errors
    /// [`Refusal`] for a bad room, name or number, and for a repeated parameter.
    pub fn from_query(query: &str) -> Result<Self, Refusal> {
        let mut found: [Option<String>; 4] = Default::default();
        const NAMES: [&str; 4] = ["room", "username", "since", "history"];
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(i) = NAMES.iter().position(|n| *n == name) else { continue };
            if found[i].replace(value.into_owned()).is_some() {
                return Err(Refusal::BadField(format!("the parameter {:?} is repeated", NAMES[i])));
            }
        }
        let [room, user, since, history] = found.map(|value| value.filter(|v| !v.is_empty()));
        let room = match room.as_deref() {
            Some(room) => RoomName::known(room).map_err(Refusal::BadRoom)?,
            None => RoomName::general(),
        };
        let user = user.as_deref().map(UserName::known).transpose().map_err(Refusal::BadName)?;
        let since = since.as_deref().map(|text| number("since", text)).transpose()?;
        let history = history.as_deref().map(|text| number("history", text)).transpose()?;
        Ok(Connect {
            room,
            user,
            since: since
                .map(MessageId::try_from)
                .transpose()
                .map_err(|e| Refusal::BadField(e.to_string()))?,
            history: history.map(count),
        })
    }

    /// Writes it as a query string, without the question mark.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("room", self.room.as_str());
        if let Some(user) = &self.user {
            query.append_pair("username", user.as_str());
        }
        if let Some(since) = self.since {
            query.append_pair("since", &since.to_string());
        }
        if let Some(history) = self.history {
            query.append_pair("history", &history.to_string());
        }
        query.finish()
    }
}

/// A parameter of a query that is a number.
pub(crate) fn number(name: &str, text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        Refusal::BadField(format!("the parameter {name:?} is a whole number, not {shown:?}"))
    })
}

/// A client's secret: the same name with the same key is the same person.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Box<[u8]>);

impl Key {
    /// Takes 16 to 64 random bytes.
    ///
    /// # Errors
    /// [`Refusal::BadKey`] for fewer or more.
    pub fn new(bytes: &[u8]) -> Result<Self, Refusal> {
        if (KEY_BYTES_MIN..=KEY_BYTES_MAX).contains(&bytes.len()) {
            Ok(Key(bytes.into()))
        } else {
            Err(Refusal::BadKey)
        }
    }

    /// Finds the key among the subprotocols of a `Sec-WebSocket-Protocol` header.
    ///
    /// # Errors
    /// [`Refusal::BadKey`] if one is offered that is no base64url of 16 to 64 bytes, or more than one.
    pub fn from_subprotocols(header: &str) -> Result<Option<Self>, Refusal> {
        let offered = header.split(',').map(str::trim);
        let mut keys = offered.filter_map(|name| name.strip_prefix(KEY_SUBPROTOCOL_PREFIX));
        let Some(text) = keys.next() else { return Ok(None) };
        // Of two keys neither is meant; and longer than any key is not worth decoding.
        if keys.next().is_some() || text.len() > KEY_BYTES_MAX * 2 {
            return Err(Refusal::BadKey);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::BadKey)?;
        Key::new(&bytes).map(Some)
    }

    /// The subprotocol to offer beside [`SUBPROTOCOL`].
    pub fn to_subprotocol(&self) -> String {
        format!("{KEY_SUBPROTOCOL_PREFIX}{}", URL_SAFE_NO_PAD.encode(&self.0))
    }

    /// The bytes, for hashing and for keeping.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A secret is not printed.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}
