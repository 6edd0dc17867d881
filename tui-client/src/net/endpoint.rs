//! Where a connection leads, and as whom.
//!
//! This file does not know how it is dialled.

use std::sync::Arc;

use protocol::{Key, Label, Token};
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
    /// What this device is called among its owner's.
    pub label: Option<Label>,
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
    pub label: Option<Label>,
    pub trust: Arc<Trust>,
}

impl Access {
    pub(crate) fn endpoint(&self, server: Url) -> Endpoint {
        let login = self.logins.iter().find(|(of, _)| *of == server);
        let login = login.map(|(_, login)| login.clone());
        let (key, token, label) = (self.key.clone(), self.token.clone(), self.label.clone());
        Endpoint { server, login, key, token, label, trust: Arc::clone(&self.trust) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_password_are_for_the_server_in_whose_address_they_stood() {
        let [one, other] = ["wss://a/", "wss://b/"].map(|url| Url::parse(url).unwrap());
        let logins = vec![(one.clone(), HeaderValue::from_static("Basic eDp5"))];
        let token = Token::try_from("a.b.c").ok();
        let access = Access { logins, key: None, token, label: None, trust: Arc::default() };
        assert!(access.endpoint(one).login.is_some());
        let endpoint = access.endpoint(other);
        assert!(endpoint.login.is_none() && endpoint.token == access.token);
    }
}
