//! The claims of a token as they stand in it, and what makes them good: each fault names its claim.
//!
//! This file does not know signatures, or what time it is.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::envelope::Role;
use crate::name::UserName;
use crate::refusal::Refusal;
use crate::token::{Grant, PATTERNS_MAX, RoomPattern};

/// Those that count; others are ignored.
const NAMES: [&str; 6] = ["sub", "rooms", "exp", "nbf", "aud", "role"];
/// The end of the year 9999, in seconds since 1970. A time after it was counted in something shorter.
const SECONDS_MAX: f64 = 253_402_300_799.0;

/// What a token says, not yet looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    values: BTreeMap<&'static str, Value>,
    /// One that is there more than once: readers may differ in which they take.
    twice: Option<&'static str>,
}

impl Claims {
    /// What they grant at this time, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`Refusal::TokenExpired`], or [`Refusal::BadToken`] with the claim and what is wrong with it.
    pub fn grant(&self, now_ms: u64) -> Result<Grant, Refusal> {
        if let Some(name) = self.twice {
            return Err(bad(name, "is there more than once"));
        }
        let ends_ms = self.time_ms("exp")?.ok_or_else(|| bad("exp", "is missing"))?;
        if ends_ms <= now_ms {
            return Err(Refusal::TokenExpired);
        }
        if self.time_ms("nbf")?.is_some_and(|begins_ms| begins_ms > now_ms) {
            return Err(bad("nbf", "says that its time has not come yet"));
        }
        if self.values.contains_key("aud") {
            return Err(bad("aud", "says that it is meant for somebody else"));
        }
        // Rounded down: it ends a little too early rather than too late.
        Ok(Grant {
            sub: self.sub()?,
            rooms: self.rooms()?,
            exp: ends_ms / 1000,
            role: self.role()?,
        })
    }

    fn sub(&self) -> Result<UserName, Refusal> {
        let sub = self.values.get("sub").ok_or_else(|| bad("sub", "is missing"))?;
        let sub = sub.as_str().ok_or_else(|| bad("sub", "is a person's name, in quotes"))?;
        UserName::try_from(sub).map_err(|error| bad("sub", format_args!("is no name: {error}")))
    }

    fn rooms(&self) -> Result<Vec<RoomPattern>, Refusal> {
        const LIST: &str = "is a list of patterns, like [\"dev\",\"ops-*\"]";
        let rooms = self.values.get("rooms").ok_or_else(|| bad("rooms", "is missing"))?;
        let rooms = rooms.as_array().ok_or_else(|| bad("rooms", LIST))?;
        if rooms.len() > PATTERNS_MAX {
            return Err(bad("rooms", format_args!("has more than {PATTERNS_MAX} patterns")));
        }
        let pattern = |room: &Value| {
            let text = room.as_str().ok_or_else(|| bad("rooms", LIST))?;
            RoomPattern::try_from(text)
                .map_err(|error| bad("rooms", format_args!("is wrong: {error}")))
        };
        rooms.iter().map(pattern).collect()
    }

    fn role(&self) -> Result<Role, Refusal> {
        let Some(role) = self.values.get("role") else { return Ok(Role::default()) };
        let role = Role::deserialize(role);
        role.map_err(|_| bad("role", "is \"member\" or \"moderator\", or left out"))
    }

    /// A number of seconds since 1970, also with a fraction (RFC 7519, section 2); what lies before
    /// then counts as then.
    fn time_ms(&self, name: &'static str) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.values.get(name) else { return Ok(None) };
        let seconds = value.as_f64();
        let seconds = seconds.ok_or_else(|| bad(name, "is a number: seconds since 1970"))?;
        if seconds > SECONDS_MAX {
            let why = "lies after the year 9999: it counts seconds since 1970, not milliseconds";
            return Err(bad(name, why));
        }
        #[allow(clippy::cast_possible_truncation, reason = "it lies between 1970 and 9999")]
        let ms = (seconds.max(0.0) * 1000.0) as u64;
        Ok(Some(ms))
    }
}

fn bad(name: &'static str, why: impl fmt::Display) -> Refusal {
    Refusal::BadToken(format!("its claim {name} {why}").into())
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Claims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of claims")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Claims, A::Error> {
                let mut claims = Claims { values: BTreeMap::new(), twice: None };
                while let Some((key, value)) = all.next_entry::<String, Value>()? {
                    let Some(name) = NAMES.into_iter().find(|name| *name == key) else { continue };
                    if claims.values.insert(name, value).is_some() {
                        claims.twice = Some(name);
                    }
                }
                Ok(claims)
            }
        }
        deserializer.deserialize_map(All)
    }
}
