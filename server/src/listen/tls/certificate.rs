//! What a certificate says of itself (RFC 5280): from when to when it is good, whose it is, and
//! whether it is one that a server can show.
//!
//! This file does not know files, or what time it is.

/// Where a sequence begins, in DER.
const SEQUENCE: u8 = 0x30;
const BOOLEAN: u8 = 0x01;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// A field with this number, made of others.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// 2.5.29.17 and 2.5.29.19.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];

/// What counts of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// Seconds since 1970.
    pub(super) not_before: u64,
    /// Seconds since 1970.
    pub(super) not_after: u64,
    /// Whether it is there to sign others.
    pub(super) is_authority: bool,
    /// Whether it says for which hosts it is in the one place where clients look.
    pub(super) has_hosts: bool,
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
}

impl Facts {
    /// Reads them; none if this is no certificate.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, mut parts) = Der(der).inside(SEQUENCE)?;
        let (_, mut fields) = parts.inside(SEQUENCE)?;
        // Its version, which is left out of the oldest.
        if fields.0.first() == Some(&VERSION) {
            fields.next()?;
        }
        let (_serial, _algorithm) = (fields.next()?, fields.next()?);
        let (issuer, _) = fields.inside(SEQUENCE)?;
        let (_, mut validity) = fields.inside(SEQUENCE)?;
        let (subject, _) = fields.inside(SEQUENCE)?;
        let mut facts = Facts {
            not_before: seconds(validity.next()?)?,
            not_after: seconds(validity.next()?)?,
            is_authority: false,
            has_hosts: false,
            issuer: issuer.to_vec(),
            subject: subject.to_vec(),
        };
        while let Some((tag, inside)) = fields.next() {
            if tag == EXTENSIONS {
                facts.take(Der(inside).inside(SEQUENCE)?.1);
            }
        }
        Some(facts)
    }

    fn take(&mut self, mut extensions: Der<'_>) {
        while let Some((_, mut extension)) = extensions.inside(SEQUENCE) {
            let Some((OBJECT, name)) = extension.next() else { return };
            // Whether it is critical may stand between.
            let value = std::iter::from_fn(|| extension.next()).find(|(tag, _)| *tag == OCTETS);
            let Some((_, value)) = value else { return };
            self.has_hosts |= name == ALTERNATIVE_NAMES;
            if name == BASIC_CONSTRAINTS {
                let first = Der(value).inside(SEQUENCE).and_then(|(_, mut inside)| inside.next());
                self.is_authority = first.is_some_and(|(tag, it)| tag == BOOLEAN && it != [0]);
            }
        }
    }
}

/// What is left to read.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next thing: its tag and what is in it.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag, length, rest @ ..] = self.0 else { return None };
        let (length, rest) = match usize::from(*length) {
            short @ 0..0x80 => (short, rest),
            long => {
                let (digits, rest) = rest.split_at_checked(long - 0x80)?;
                let add = |sum: usize, digit: &u8| {
                    sum.checked_mul(256).map(|sum| sum + usize::from(*digit))
                };
                (digits.iter().try_fold(0, add)?, rest)
            }
        };
        let (inside, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, inside))
    }

    /// The next thing, if it has this tag: as bytes, and to be read.
    fn inside(&mut self, tag: u8) -> Option<(&'a [u8], Der<'a>)> {
        let (found, inside) = self.next()?;
        (found == tag).then_some((inside, Der(inside)))
    }
}

/// A time as it stands there; those before 1970 count as then.
fn seconds((tag, text): (u8, &[u8])) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest) = text.split_at_checked(match tag {
        UTC_TIME => 2,
        GENERALIZED_TIME => 4,
        _ => return None,
    })?;
    let year: u64 = year.parse().ok()?;
    let year = match tag {
        UTC_TIME if year < 50 => 2000 + year,
        UTC_TIME => 1900 + year,
        _ => year,
    };
    let pairs: Vec<u64> = (0..rest.len() / 2)
        .map(|n| rest.get(2 * n..2 * n + 2)?.parse().ok())
        .collect::<Option<_>>()?;
    let [month @ 1..=12, day, hour, minute, second] = pairs[..] else { return None };
    if year < 1970 {
        return Some(0);
    }
    // Days since 1970, in years that begin in March, so that a leap day is the last of them.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    let days = days.checked_sub(719_469)?;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_both_forms() {
        for (tag, text, time) in [
            (UTC_TIME, "700101000000Z", Some(0)),
            (UTC_TIME, "000229120000Z", Some(951_825_600)),
            (UTC_TIME, "491231235959Z", Some(2_524_607_999)),
            (GENERALIZED_TIME, "20500101000000Z", Some(2_524_608_000)),
            (GENERALIZED_TIME, "99991231235959Z", Some(253_402_300_799)),
            (UTC_TIME, "500101000000Z", Some(0)),
            (GENERALIZED_TIME, "20501301000000Z", None),
            (GENERALIZED_TIME, "2050", None),
            (GENERALIZED_TIME, "20500101000000+0100", None),
            (OCTETS, "20500101000000Z", None),
        ] {
            assert_eq!(seconds((tag, text.as_bytes())), time, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_are_none_and_no_harm() {
        let long = [SEQUENCE, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        for bytes in [&b""[..], b"0", b"0\x80", b"0\xff", b"\x30\x03\x30\x01\x00", b"text", &long] {
            assert_eq!(Facts::read(bytes), None, "{bytes:?}");
        }
    }
}
