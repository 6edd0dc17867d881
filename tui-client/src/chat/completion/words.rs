//! What there is to complete with, and what of it begins with what was typed.
//!
//! This file does not know what is completed.

/// What there is to complete with.
#[derive(Debug, Default)]
pub struct Words {
    /// Of people, the likeliest first.
    pub names: Vec<String>,
    pub rooms: Vec<String>,
    /// One's own by their names and titles.
    pub own_rooms: Vec<String>,
    /// To search before and after, as `2026-12-02`.
    pub days: Vec<String>,
    pub themes: Vec<String>,
    /// Everybody may be mentioned at once.
    pub everybody: bool,
}

/// In any case.
pub(super) fn begins(name: &str, with: &str) -> bool {
    name.to_lowercase().starts_with(&with.to_lowercase())
}
