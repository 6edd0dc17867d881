//! Who may connect, how fast, and through which TLS.

pub(crate) mod certificates;
mod floods;
pub(crate) mod tls;
mod warnings;
