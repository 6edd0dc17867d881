//! Values of arguments, checked as they are read.
//!
//! This file does not know what they are for.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use protocol::{Note, RoomName, RoomPattern, UserName};

use super::admin::{KeyHash, Whom};
use crate::webhooks::HookUrl;

pub(super) fn parse_name(text: &str) -> Result<UserName, String> {
    UserName::known(text).map_err(|error| error.to_string())
}

/// A name that is given now: the rules for new names hold for it, which are stricter than they were.
pub(super) fn parse_new_name(text: &str) -> Result<UserName, String> {
    UserName::try_from(text).map_err(|error| error.to_string())
}

pub(super) fn parse_note(text: &str) -> Result<Note, String> {
    Note::try_from(text).map_err(|error| error.to_string())
}

pub(super) fn parse_room(text: &str) -> Result<RoomName, String> {
    RoomName::known(text.strip_prefix('#').unwrap_or(text)).map_err(|error| error.to_string())
}

pub(super) fn parse_hook_url(text: &str) -> Result<HookUrl, String> {
    HookUrl::try_from(text).map_err(|error| error.to_string())
}

/// No name is as long as a hash.
pub(super) fn parse_whom(text: &str) -> Result<Whom, String> {
    match text.parse::<KeyHash>() {
        Ok(hash) => Ok(Whom::Key(hash)),
        Err(_) => parse_name(text).map(Whom::Name),
    }
}

/// A pattern that at least one room may match.
pub(super) fn parse_pattern(text: &str) -> Result<RoomPattern, String> {
    let pattern = RoomPattern::try_from(text.trim()).map_err(|error| error.to_string())?;
    let room = RoomName::try_from(pattern.as_str().replace('*', "x").as_str());
    room.map_err(|error| format!("no room has such a name: {error}"))?;
    Ok(pattern)
}

/// In seconds.
pub(super) fn parse_offset(text: &str) -> Result<i32, String> {
    let parsed = || {
        let (sign, digits) = match text.split_at_checked(1)? {
            ("+", digits) => (1, digits),
            ("-", digits) => (-1, digits),
            _ => return None,
        };
        let (hours, minutes) = digits.split_once(':')?;
        let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
        let fits = hours < 24 && minutes < 60;
        fits.then(|| sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
    };
    parsed().ok_or_else(|| "an offset is like +01:00 or -05:30".to_owned())
}

pub(super) fn parse_date(text: &str) -> Result<u64, String> {
    let date: Date = text.parse().map_err(|_| "a date is like 2026-12-31".to_owned())?;
    let moment = date.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(u64::try_from(moment.timestamp().as_millisecond()).unwrap_or_default())
}
