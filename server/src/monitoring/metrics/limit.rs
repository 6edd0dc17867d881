//! Whose limit something passed, as metrics call it.
//!
//! This file does not know the limits.

use std::fmt;

/// Whose rate a message passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// The connection's.
    Connection,
    /// Its person's.
    Person,
    /// The room's.
    Room,
    /// The connection's, for joins, leaves and questions.
    Requests,
    /// The connection's, for bytes of what it asks for.
    Reads,
    /// The person's, for bytes stored in a day.
    PersonBytes,
    /// The address's.
    AddressBytes,
    /// That of all together.
    DailyBytes,
}

impl Limit {
    /// Every one there is.
    pub(super) const ALL: [Limit; 8] = [
        Limit::Connection,
        Limit::Person,
        Limit::Room,
        Limit::Requests,
        Limit::Reads,
        Limit::PersonBytes,
        Limit::AddressBytes,
        Limit::DailyBytes,
    ];
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Connection => "connection",
            Limit::Person => "person",
            Limit::Room => "room",
            Limit::Requests => "requests",
            Limit::Reads => "reads",
            Limit::PersonBytes => "person_bytes",
            Limit::AddressBytes => "address_bytes",
            Limit::DailyBytes => "daily_bytes",
        })
    }
}
