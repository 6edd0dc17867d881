//! The commands that ask a cluster, in a program that was built without the feature `cluster`.
//!
//! This file says so.

use anyhow::bail;

use super::out::Out;
use crate::log::operator::instruction::Instruction;
use crate::{ClusterConfig, ClusterError};

pub(super) fn carry_out(_: &ClusterConfig, _: &Instruction) -> anyhow::Result<u64> {
    bail!(ClusterError::NotBuilt)
}

pub(super) fn check(_: &ClusterConfig, _: &mut Out) -> anyhow::Result<()> {
    bail!(ClusterError::NotBuilt)
}
