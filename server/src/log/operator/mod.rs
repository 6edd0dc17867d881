//! What an operator does to a database from outside, while a server uses it or not.

pub(crate) mod audit;
pub(crate) mod beside;
pub(crate) mod export;
pub(crate) mod incoming;
pub(crate) mod inspect;
pub(crate) mod instruction;
pub(crate) mod intake;
pub(crate) mod restore;
