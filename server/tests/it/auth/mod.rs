//! Tokens, and what they let somebody do.

mod passes;
mod token_claims;
pub(crate) mod tokens;
