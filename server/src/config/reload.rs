//! The wish that files be read anew: certificates and the list of moderators.
//!
//! This file does not know who wishes it, or what is read.

use std::sync::Arc;

use tokio::sync::Notify;

/// Clones are the same wish.
#[derive(Debug, Clone, Default)]
pub struct Reload(Arc<Notify>);

impl Reload {
    /// Asks the running server to read its files anew, once.
    pub fn ask(&self) {
        self.0.notify_one();
    }

    pub(crate) async fn asked(&self) {
        self.0.notified().await;
    }
}
