//! Who may connect, how fast, and through which TLS.

mod certificates;
mod floods;
pub(crate) mod tls;
mod warnings;
