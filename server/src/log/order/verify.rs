//! Whether all nodes made the same of the order: each keeps a hash over what it applied, and compares it
//! with those of its peers.
//!
//! This file does not know what is done about a difference.

use std::collections::{BTreeMap, VecDeque};

use ring::digest::{self, Context, SHA256, SHA256_OUTPUT_LEN};

use serde::{Deserialize, Serialize};

use super::name::NodeName;

/// A SHA-256.
pub(crate) type Hash = [u8; SHA256_OUTPUT_LEN];

/// How far a node has applied the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

/// Own hashes that are remembered, newest last: peers tell theirs each second, and a node that is further
/// behind is not `current`.
const HASHES_MAX: usize = 4096;

/// The hash over everything up to a record.
pub(crate) fn chain(before: &Hash, seq: u64, record: &[u8], outcomes: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(before);
    context.update(&seq.to_le_bytes());
    context.update(record);
    context.update(outcomes);
    let mut hash = Hash::default();
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// That of some bytes alone.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(digest::digest(&SHA256, bytes).as_ref());
    hash
}

/// Compares hashes.
#[derive(Debug, Default)]
pub(crate) struct Verifier {
    own: VecDeque<Seen>,
    /// Told by peers that are further than this node.
    ahead: BTreeMap<NodeName, Seen>,
    /// How the newest comparison with each peer went.
    same: BTreeMap<NodeName, bool>,
}

impl Verifier {
    /// This node has applied one more record.
    pub(crate) fn applied(&mut self, seen: Seen) {
        if self.own.len() == HASHES_MAX {
            self.own.pop_front();
        }
        self.own.push_back(seen);
        let due = |told: &Seen| told.seq <= seen.seq;
        let peers = self.ahead.iter().filter(|(_, told)| due(told));
        let peers: Vec<_> = peers.map(|(peer, told)| (peer.clone(), *told)).collect();
        for (peer, told) in peers {
            self.ahead.remove(&peer);
            self.compare(peer, told);
        }
    }

    /// A peer tells how far it is.
    pub(crate) fn told(&mut self, peer: &NodeName, told: Seen) {
        if self.own.back().is_none_or(|newest| newest.seq < told.seq) {
            self.ahead.insert(peer.clone(), told);
        } else {
            self.compare(peer.clone(), told);
        }
    }

    /// A node lives no longer, or begins anew.
    pub(crate) fn forget(&mut self, peer: &NodeName) {
        self.ahead.remove(peer);
        self.same.remove(peer);
    }

    /// Nodes that made something else of the order.
    pub(crate) fn differing(&self) -> impl Iterator<Item = &NodeName> {
        self.same.iter().filter(|(_, same)| !**same).map(|(peer, _)| peer)
    }

    /// Whether as many peers or more differ from this node as agree with it, itself included.
    pub(crate) fn is_diverged(&self) -> bool {
        let differ = self.differing().count();
        differ > 0 && differ >= 1 + self.same.len() - differ
    }

    fn compare(&mut self, peer: NodeName, told: Seen) {
        let Ok(place) = self.own.binary_search_by_key(&told.seq, |own| own.seq) else { return };
        self.same.insert(peer, self.own[place].hash == told.hash);
    }
}
