//! Why a receiver did not answer.
//!
//! This file does not know what follows from that.

use std::io;
use std::time::Duration;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("its name has no address: {0}")]
    Resolve(io::Error),
    #[error("its name has no public address, and the hook was made without --allow-private")]
    NotPublic,
    #[error("cannot connect: {0}")]
    Connect(io::Error),
    #[error("no certificate can have its name")]
    Name,
    #[error("the system's certificates cannot be read: {0}")]
    Roots(io::Error),
    #[error(
        "the system has no certificates to check it with: install ca-certificates, or set SSL_CERT_FILE"
    )]
    NoRoots,
    #[error("TLS: {0}")]
    Tls(io::Error),
    #[error("HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("the request cannot be made: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("no answer within {0:?}")]
    TooSlow(Duration),
}
