//! Nodes of a cluster as bits, so that a set of them is a number.
//!
//! This file does not know what a node is.

/// Most nodes that have a bit at a time.
pub(crate) const NODES_MAX: usize = 32;

/// A node that lives, by a number below [`NODES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeBit(u8);

/// Nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NodeSet(u32);

impl NodeBit {
    /// The first that is not taken.
    pub(crate) fn free(is_taken: impl Fn(NodeBit) -> bool) -> Option<Self> {
        (0..32).map(NodeBit).find(|bit| !is_taken(*bit))
    }
}

impl NodeSet {
    /// True if it was not in.
    pub(crate) fn add(&mut self, node: NodeBit) -> bool {
        let is_new = !self.has(node);
        self.0 |= 1 << node.0;
        is_new
    }

    /// True if it was in.
    pub(crate) fn remove(&mut self, node: NodeBit) -> bool {
        let was_in = self.has(node);
        self.0 &= !(1 << node.0);
        was_in
    }

    pub(crate) fn has(self, node: NodeBit) -> bool {
        self.0 & (1 << node.0) != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}
