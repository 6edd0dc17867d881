//! Asks for certificates and the list of moderators to be reloaded.
//!
//! This file does not know who asks, or what is read.

use std::sync::Arc;

use tokio::sync::Notify;

/// Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Reload(Arc<Notify>);

impl Reload {
    /// Asks the running server to reload its files, once.
    pub fn ask(&self) {
        self.0.notify_one();
    }

    pub(crate) async fn asked(&self) {
        self.0.notified().await;
    }
}
