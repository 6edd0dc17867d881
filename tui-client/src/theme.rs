//! Colours: one hue for each name, the same in every client.
//!
//! This file does not know where they are drawn.

use ratatui::style::{Color, Modifier, Style};

/// Hues a name may have.
pub const HUES: usize = 12;

/// Twelve hues that hold a contrast of 4.5:1 on black and on white alike, as far as 256 colours
/// allow it: middle shades, told apart by hue.
const NAMES: [u8; HUES] = [160, 166, 136, 100, 64, 29, 30, 31, 62, 92, 127, 125];

/// Which hue a name has: FNV-1a, 32 bits, over the lower-cased name, as in the browser client.
pub fn hue(name: &str) -> usize {
    const OFFSET: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let lower = name.to_lowercase();
    let hash =
        lower.bytes().fold(OFFSET, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME));
    hash as usize % HUES
}

/// How a name is drawn.
pub fn name(name: &str) -> Style {
    Style::new().fg(Color::Indexed(NAMES[hue(name)])).add_modifier(Modifier::BOLD)
}

/// What matters less than text.
pub fn quiet() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

/// Bars at the top and bottom.
pub fn bar() -> Style {
    Style::new().add_modifier(Modifier::REVERSED)
}

/// What went wrong.
pub fn fault() -> Style {
    Style::new().fg(Color::Indexed(160)).add_modifier(Modifier::BOLD)
}

/// The line above what is new.
pub fn news() -> Style {
    Style::new().fg(Color::Indexed(160))
}

/// What asks for attention: mentions.
pub fn striking() -> Style {
    Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
}
