//! Where a connection leads, and as whom.
//!
//! This file does not know how it is dialled.

use std::sync::Arc;

use protocol::{Key, Token};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use url::Url;

use super::trust::Trust;

#[derive(Debug, Clone)]
pub struct Endpoint {
    pub server: Url,
    /// What opens what stands before the server.
    pub login: Option<HeaderValue>,
    /// What makes a name the same person again.
    pub key: Option<Key>,
    /// What opens a closed server.
    pub token: Option<Token>,
    /// Whom to trust, for a server inside TLS.
    pub trust: Arc<Trust>,
}

/// What opens what stands before a server, each for one alone.
pub type Logins = Vec<(Url, HeaderValue)>;

/// What opens which server.
#[derive(Debug, Clone)]
pub struct Access {
    pub logins: Logins,
    pub key: Option<Key>,
    pub token: Option<Token>,
    pub trust: Arc<Trust>,
}

impl Access {
    pub(crate) fn endpoint(&self, server: Url) -> Endpoint {
        let login = self.logins.iter().find(|(of, _)| *of == server);
        let (login, key) = (login.map(|(_, login)| login.clone()), self.key.clone());
        Endpoint { server, login, key, token: self.token.clone(), trust: Arc::clone(&self.trust) }
    }
}
