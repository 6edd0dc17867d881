//! Colours: one hue for each name, the same in every client.
//!
//! This file does not know where they are drawn.

use ratatui::style::{Color, Modifier, Style};

/// Hues a name may have.
pub const HUES: usize = 12;

/// A set of colours, of the 256 that nearly every terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

/// All of them, with their names and twelve hues for names.
const THEMES: &[(Theme, &str, Option<[u8; HUES]>)] = &[
    (Theme::Any, "any", Some([160, 166, 136, 100, 64, 29, 30, 31, 62, 92, 127, 162])),
    (Theme::Dark, "dark", Some([204, 208, 178, 76, 40, 41, 38, 39, 111, 177, 207, 206])),
    (Theme::Light, "light", Some([160, 94, 58, 22, 28, 24, 23, 26, 62, 93, 127, 161])),
    (Theme::Mono, "mono", None),
    (
        Theme::ColourBlind,
        "colour-blind",
        Some([214, 117, 43, 227, 75, 209, 175, 222, 153, 115, 189, 229]),
    ),
];

impl Theme {
    /// Finds one by its name.
    ///
    /// # Errors
    /// A sentence for the person, with the names there are.
    pub fn parse(name: &str) -> Result<Self, String> {
        let found = THEMES.iter().find(|(_, known, _)| *known == name);
        let names: Vec<_> = THEMES.iter().map(|(_, known, _)| *known).collect();
        found
            .map(|found| found.0)
            .ok_or_else(|| format!("{name:?} is none of {}", names.join(", ")))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        THEMES.iter().find(|(theme, ..)| *theme == self).map_or("any", |(_, name, _)| name)
    }

    /// How a person's name is drawn.
    pub fn person(self, name: &str) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        match self.hues() {
            Some(hues) => style.fg(Color::Indexed(hues[hue(name)])),
            None => style,
        }
    }

    /// What went wrong.
    pub fn fault(self) -> Style {
        self.news().add_modifier(Modifier::BOLD)
    }

    /// The line above what is new.
    pub fn news(self) -> Style {
        match self {
            Theme::Mono => Style::new(),
            Theme::Dark => Style::new().fg(Color::Indexed(204)),
            Theme::ColourBlind => Style::new().fg(Color::Indexed(214)),
            Theme::Any | Theme::Light => Style::new().fg(Color::Indexed(160)),
        }
    }

    fn hues(self) -> Option<[u8; HUES]> {
        THEMES.iter().find(|(theme, ..)| *theme == self).and_then(|(.., hues)| *hues)
    }
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

    /// Red, green and blue of a colour in the cube of 6 × 6 × 6 that begins at 16.
    fn rgb(index: u8) -> [u8; 3] {
        const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        let cube = usize::from(index - 16);
        [cube / 36, cube / 6 % 6, cube % 6].map(|level| LEVELS[level])
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(rgb: [u8; 3]) -> f64 {
        let linear = rgb.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn names_can_be_read_on_the_backgrounds_they_are_made_for() {
        let (dark, black, white) = ([0x30; 3], [0; 3], [255; 3]);
        for (theme, background, least) in [
            (Theme::Dark, dark, 4.5),
            (Theme::ColourBlind, dark, 4.5),
            (Theme::Light, white, 4.5),
            (Theme::Any, black, 3.0),
            (Theme::Any, white, 3.0),
        ] {
            for index in theme.hues().unwrap() {
                let contrast = contrast(rgb(index), background);
                assert!(contrast >= least, "{theme:?}: {index} has {contrast:.2}");
            }
        }
    }

    #[test]
    fn themes_are_found_by_their_names() {
        for (theme, name, _) in THEMES {
            assert_eq!((Theme::parse(name), theme.name()), (Ok(*theme), *name));
        }
        assert!(Theme::parse("pink").unwrap_err().contains("colour-blind"));
    }
}
