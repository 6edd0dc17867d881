//! What a message of the load carries, and the check of what comes back.
//!
//! This file does not know sockets.

use memchr::memmem;

/// Stands before the numbers; nothing else in an envelope looks like it.
const MARK: &[u8] = b"~load:";
/// Fills a message up to its size.
const FILL: u8 = b'.';

/// One message: who sent it, its number there, and when (ns of this process's clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) publisher: u32,
    pub(crate) number: u64,
    pub(crate) sent_ns: u64,
}

impl Stamp {
    /// The envelope that carries it, with a text of `bytes`.
    pub(crate) fn envelope(&self, room: &str, bytes: usize) -> String {
        let mut text = format!("~load:{}:{}:{}:", self.publisher, self.number, self.sent_ns);
        while text.len() < bytes {
            text.push(char::from(FILL));
        }
        format!(r#"{{"type":"message","room":"{room}","content":"{text}"}}"#)
    }

    /// Finds a stamp in a received envelope: `None` if it is none of ours, `Err` if it is damaged.
    pub(crate) fn find(envelope: &[u8]) -> Option<Result<Self, ()>> {
        let at = memmem::find(envelope, MARK)? + MARK.len();
        Some(read(&envelope[at..]).ok_or(()))
    }
}

fn read(bytes: &[u8]) -> Option<Stamp> {
    let mut fields = bytes.splitn(4, |byte| *byte == b':');
    let mut number = || {
        let digits = std::str::from_utf8(fields.next()?).ok()?;
        digits.parse::<u64>().ok()
    };
    let (publisher, sequence, sent_ns) = (number()?, number()?, number()?);
    let filled = fields.next()?;
    let end = memchr::memchr(b'"', filled)?;
    let whole = filled[..end].iter().all(|byte| *byte == FILL);
    let publisher = u32::try_from(publisher).ok().filter(|_| whole)?;
    Some(Stamp { publisher, number: sequence, sent_ns })
}

/// What one receiver should have heard of one publisher, and did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    next: u64,
}

/// Faults of everything that was received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Faults {
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) damaged: u64,
}

impl Heard {
    /// Takes the next number of a publisher: numbers come without a gap and in order.
    pub(crate) fn take(&mut self, number: u64, faults: &mut Faults) {
        if number < self.next {
            faults.doubled += 1;
            return;
        }
        faults.lost += number - self.next;
        self.next = number + 1;
    }

    /// Everything before this number was said before the receiver came.
    pub(crate) fn begin(&mut self, number: u64) {
        self.next = number;
    }

    pub(crate) fn count(self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_found_in_what_comes_back_and_damage_shows() {
        let stamp = Stamp { publisher: 7, number: 42, sent_ns: 123_456_789 };
        let envelope = stamp.envelope("dev", 100);
        assert_eq!(Stamp::find(envelope.as_bytes()), Some(Ok(stamp)));
        assert_eq!(Stamp::find(envelope.replacen('.', "x", 1).as_bytes()), Some(Err(())));
        assert_eq!(Stamp::find(envelope.replacen(":42:", ":4x:", 1).as_bytes()), Some(Err(())));
        assert_eq!(Stamp::find(br#"{"type":"join","room":"a","sender":"b"}"#), None);
    }

    #[test]
    fn what_is_lost_doubled_or_out_of_order_is_counted() {
        let count = |numbers: &[u64]| {
            let (mut heard, mut faults) = (Heard::default(), Faults::default());
            numbers.iter().for_each(|number| heard.take(*number, &mut faults));
            (faults.lost, faults.doubled)
        };
        assert_eq!(count(&[0, 1, 2]), (0, 0));
        assert_eq!(count(&[0, 2]), (1, 0));
        assert_eq!(count(&[0, 0, 1]), (0, 1));
        assert_eq!(count(&[1, 0]), (1, 1));
    }
}
