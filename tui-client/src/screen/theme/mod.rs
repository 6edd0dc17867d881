//! Colours: one hue for each name, the same in every client, in as many colours as the terminal
//! has.
//!
//! This file does not know where they are drawn.

mod code;
pub mod hues;

use clap::ValueEnum;
use ratatui::style::{Color, Modifier, Style};

/// Hues a name may have.
pub const HUES: usize = 12;

/// A set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, ValueEnum)]
pub enum Theme {
    /// Middle shades, for dark and light backgrounds alike.
    #[default]
    Any,
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
    /// No colours: bold, dim and reversed alone.
    Mono,
    /// Hues that are told apart with every kind of colour vision (after Okabe and Ito), for dark
    /// backgrounds.
    ColourBlind,
}

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, ValueEnum)]
pub enum Depth {
    /// None at all.
    None,
    /// The terminal's own sixteen.
    #[value(name = "16")]
    Sixteen,
    /// The usual palette.
    #[default]
    #[value(name = "256")]
    TwoFiftySix,
    /// Red, green and blue, 256 steps each.
    #[value(name = "truecolor")]
    True,
}

/// Twelve hues of a theme, for each depth.
struct Palette {
    theme: Theme,
    few: [u8; HUES],
    usual: [u8; HUES],
    /// None: the usual palette has the right ones.
    full: Option<[u32; HUES]>,
}

/// The terminal's own colours, for every background and without its black and white.
const OWN: [u8; HUES] = [1, 1, 3, 3, 2, 2, 6, 6, 4, 4, 5, 5];
const OWN_BRIGHT: [u8; HUES] = [9, 9, 11, 11, 10, 10, 14, 14, 12, 12, 13, 13];

const PALETTES: &[Palette] = &[
    Palette {
        theme: Theme::Any,
        few: OWN,
        usual: [160, 130, 94, 64, 28, 29, 30, 31, 63, 99, 133, 162],
        full: Some([
            0x00e1_2a2a,
            0x00be_571b,
            0x0096_6f15,
            0x0064_7f12,
            0x0013_8913,
            0x0013_874d,
            0x0013_847a,
            0x0019_7cae,
            0x0046_6de5,
            0x008b_56e7,
            0x00c7_1fd6,
            0x00dc_2084,
        ]),
    },
    Palette {
        theme: Theme::Dark,
        few: OWN_BRIGHT,
        usual: [204, 208, 178, 76, 40, 41, 38, 39, 111, 177, 207, 206],
        full: Some([
            0x00f0_9494,
            0x00ea_9b6c,
            0x00dc_a420,
            0x0093_bb1b,
            0x001d_c91d,
            0x001c_c771,
            0x001c_c1b4,
            0x0058_b8e7,
            0x0095_acf0,
            0x00bd_9ff1,
            0x00e6_8cef,
            0x00ef_90c2,
        ]),
    },
    Palette {
        theme: Theme::Light,
        few: OWN,
        usual: [160, 94, 58, 22, 28, 24, 23, 26, 62, 93, 127, 161],
        full: Some([
            0x00c2_1515,
            0x00a0_4612,
            0x007d_5c0e,
            0x0052_6a0c,
            0x000d_720d,
            0x000c_703e,
            0x000c_6e65,
            0x0010_6893,
            0x0020_52e6,
            0x0076_33e8,
            0x00a7_14b4,
            0x00b9_156d,
        ]),
    },
    Palette {
        theme: Theme::ColourBlind,
        few: OWN_BRIGHT,
        usual: [214, 117, 43, 227, 75, 209, 175, 222, 153, 115, 189, 229],
        full: None,
    },
];

/// The hue of what went wrong, and of the line above what is new.
const ALARM: usize = 0;

/// The hue of rooms with something new: far from the other, for every kind of colour vision.
const NEWS: usize = 8;

impl Theme {
    /// Finds one by its name.
    ///
    /// # Errors
    /// A sentence for the person, with the names there are.
    pub fn parse(name: &str) -> Result<Self, String> {
        chosen(name)
    }
}

/// Finds a choice by its name.
///
/// # Errors
/// A sentence for the person, with the names there are.
pub fn chosen<T: ValueEnum>(name: &str) -> Result<T, String> {
    let names: Vec<_> = T::value_variants().iter().map(name_of).collect();
    T::from_str(name, true).map_err(|_| format!("Choose one of: {}", names.join(", ")))
}

/// The name of a choice.
pub fn name_of<T: ValueEnum>(choice: &T) -> String {
    choice.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A theme on a terminal that has so many colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Looks {
    /// In which colours.
    pub theme: Theme,
    /// In how many.
    pub depth: Depth,
}

impl Looks {
    /// How the name of a person with this hue is drawn.
    pub fn person(self, hue: usize) -> Style {
        self.coloured(hue).add_modifier(Modifier::BOLD)
    }

    /// How much two hues differ to the eye: 0 where they are the same colour.
    pub fn difference(self, one: usize, other: usize) -> f64 {
        let (Some(one), Some(other)) = (self.colour(one), self.colour(other)) else { return 1.0 };
        match (rgb(one), rgb(other)) {
            (Some(one), Some(other)) => {
                let apart = oklab(one).into_iter().zip(oklab(other)).map(|(a, b)| (a - b).powi(2));
                apart.sum::<f64>().sqrt()
            }
            // What the terminal's own colours look like is its own affair.
            _ => f64::from(u8::from(one != other)),
        }
    }

    /// What went wrong.
    pub fn fault(self) -> Style {
        self.news().add_modifier(Modifier::BOLD)
    }

    /// The line above what is new.
    pub fn news(self) -> Style {
        self.coloured(ALARM)
    }

    /// Where something is new.
    pub fn unread(self) -> Style {
        self.coloured(NEWS).add_modifier(Modifier::BOLD)
    }

    fn coloured(self, hue: usize) -> Style {
        match self.colour(hue) {
            Some(colour) => Style::new().fg(colour),
            None => Style::new(),
        }
    }

    fn colour(self, hue: usize) -> Option<Color> {
        let palette = PALETTES.iter().find(|palette| palette.theme == self.theme)?;
        match (self.depth, palette.full) {
            (Depth::None, _) => None,
            (Depth::Sixteen, _) => Some(Color::Indexed(palette.few[hue])),
            (Depth::True, Some(full)) => {
                let [_, r, g, b] = full[hue].to_be_bytes();
                Some(Color::Rgb(r, g, b))
            }
            (Depth::TwoFiftySix | Depth::True, _) => Some(Color::Indexed(palette.usual[hue])),
        }
    }
}

/// Red, green and blue; an index is one of the cube of 6 × 6 × 6 that begins at 16, or of the greys behind it.
fn rgb(colour: Color) -> Option<[u8; 3]> {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index @ 16..=231) => {
            let cube = usize::from(index - 16);
            Some([cube / 36, cube / 6 % 6, cube % 6].map(|level| LEVELS[level]))
        }
        Color::Indexed(index @ 232..) => Some([8 + 10 * (index - 232); 3]),
        _ => None,
    }
}

/// Linear light of a part of a colour (sRGB).
fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

/// A colour where distances are what the eye sees (OKLab, Björn Ottosson).
fn oklab(rgb: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = rgb.map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Which hue a name has: FNV-1a, 32 bits, over the lower-cased name, as in the browser client.
pub fn hue(name: &str) -> usize {
    const OFFSET: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let lower = name.to_lowercase();
    let hash =
        lower.bytes().fold(OFFSET, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME));
    hash as usize % HUES
}

/// What matters less than text.
pub fn quiet() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

/// Bars at the top and bottom.
pub fn bar() -> Style {
    Style::new().add_modifier(Modifier::REVERSED)
}

/// What asks for attention: mentions.
pub fn striking() -> Style {
    Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(rgb: [u8; 3]) -> f64 {
        let linear = rgb.map(linear);
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    pub(super) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn names_can_be_read_on_the_backgrounds_they_are_made_for() {
        let (dark, black, white) = ([0x30; 3], [0; 3], [255; 3]);
        for (theme, depth, background, least) in [
            (Theme::Dark, Depth::True, dark, 4.5),
            (Theme::Dark, Depth::TwoFiftySix, dark, 4.5),
            (Theme::ColourBlind, Depth::True, dark, 4.5),
            (Theme::Light, Depth::True, white, 4.5),
            (Theme::Light, Depth::TwoFiftySix, white, 4.5),
            // On both: with the few shades of the usual palette this is as good as it gets.
            (Theme::Any, Depth::True, black, 4.5),
            (Theme::Any, Depth::True, white, 4.5),
            (Theme::Any, Depth::TwoFiftySix, black, 3.6),
            (Theme::Any, Depth::TwoFiftySix, white, 3.6),
        ] {
            for hue in 0..HUES {
                let colour = Looks { theme, depth }.colour(hue).unwrap();
                let contrast = contrast(rgb(colour).unwrap(), background);
                assert!(contrast >= least, "{theme:?}: {colour:?} has {contrast:.2}");
            }
        }
    }

    #[test]
    fn without_colours_there_are_none() {
        for (theme, depth) in [(Theme::Mono, Depth::True), (Theme::Dark, Depth::None)] {
            let looks = Looks { theme, depth };
            assert_eq!((looks.person(hue("Bob")).fg, looks.fault().fg), (None, None));
        }
        let looks = Looks { theme: Theme::Any, depth: Depth::Sixteen };
        assert!(matches!(looks.person(hue("Bob")).fg, Some(Color::Indexed(1..16))));
    }

    #[test]
    fn themes_are_found_by_their_names() {
        for theme in Theme::value_variants() {
            assert_eq!(Theme::parse(&name_of(theme)), Ok(*theme));
        }
        assert!(Theme::parse("pink").unwrap_err().contains("colour-blind"));
    }
}
