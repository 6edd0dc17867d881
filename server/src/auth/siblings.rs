//! Where the nodes of a cluster serve their pages: those may connect here, and the page of this node there.
//!
//! This file does not know who finds the nodes.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::config::Origin;

/// The origins of the nodes, read with each request: none, unless somebody sets them. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Siblings(Arc<RwLock<Arc<[Origin]>>>);

impl Siblings {
    /// These are all from now on.
    pub(crate) fn set(&self, origins: Vec<Origin>) {
        *self.0.write() = origins.into();
    }

    /// Those of this moment.
    pub(crate) fn now(&self) -> Arc<[Origin]> {
        self.0.read().clone()
    }
}
