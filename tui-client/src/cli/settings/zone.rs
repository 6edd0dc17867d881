//! Whose clock is shown.
//!
//! This file does not know what is shown in it.

use jiff::tz::TimeZone;

/// The zone of this machine or of `TZ`, as `date` has it, and what is wrong with it.
pub(super) fn here() -> (TimeZone, Option<String>) {
    match TimeZone::try_system() {
        Ok(zone) => (zone, None),
        Err(_) => {
            // A machine without any zone has UTC; only one that was asked for is missed.
            let asked = std::env::var_os("TZ").filter(|asked| !asked.is_empty());
            let told = asked.map(|asked| {
                let asked = asked.to_string_lossy();
                format!("Time zone {asked:?} (TZ) is not known on this machine: times are in UTC")
            });
            (TimeZone::UTC, told)
        }
    }
}
