//! Where a connection leads, and as whom.
//!
//! This file does not know how it is dialled.

use std::sync::Arc;

use protocol::{Key, Token};
use rustls::ClientConfig;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use url::Url;

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
    pub trust: Option<Arc<ClientConfig>>,
}
