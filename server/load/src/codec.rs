//! The client's side of WebSocket framing (RFC 6455, section 5), as cheap as it can be.
//!
//! This file does not know what is in a frame.

/// Appends a masked text frame. The mask is zero, which the standard allows and costs nothing: the
/// server unmasks it all the same.
pub(crate) fn text_frame(payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x81);
    match payload.len() {
        length @ 0..126 => out.push(0x80 | length as u8),
        length @ 126..65_536 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// A frame in a buffer: its opcode, where its payload is, and where the next frame begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) opcode: u8,
    pub(crate) payload: std::ops::Range<usize>,
    pub(crate) end: usize,
}

/// Finds the frame at the start of `bytes`, masked or not; `None` if it is not whole yet.
pub(crate) fn find_frame(bytes: &[u8]) -> Option<Found> {
    let [first, second, rest @ ..] = bytes else { return None };
    let (length, header) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(rest.get(..8)?.try_into().ok()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    let header = if second & 0x80 == 0 { header } else { header + 4 };
    let end = header + length;
    (bytes.len() >= end).then_some(Found { opcode: first & 0x0f, payload: header..end, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_found_and_a_part_of_it_is_not() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let mut bytes = Vec::new();
            text_frame(&vec![b'x'; length], &mut bytes);
            let found = find_frame(&bytes).unwrap();
            assert_eq!((found.opcode, found.payload.len(), found.end), (1, length, bytes.len()));
            assert_eq!(find_frame(&bytes[..bytes.len() - 1]), None);
        }
    }
}
