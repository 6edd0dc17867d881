//! How code looks: a shade behind it where there are colours enough, and its tokens.
//!
//! Shade and text come together, so that neither depends on what the terminal has behind them. This file
//! does not know where code is drawn.

use ratatui::style::{Color, Modifier, Style};

use super::{Depth, Looks, Theme, quiet};
use crate::code::Kind;

/// Colours of code, all of the usual palette.
struct Sheet {
    shade: u8,
    text: u8,
    comment: u8,
    string: u8,
    number: u8,
    keyword: u8,
}

const DARK: Sheet =
    Sheet { shade: 236, text: 252, comment: 248, string: 114, number: 215, keyword: 111 };
const LIGHT: Sheet =
    Sheet { shade: 254, text: 235, comment: 241, string: 22, number: 88, keyword: 19 };
const COLOUR_BLIND: Sheet =
    Sheet { shade: 236, text: 252, comment: 248, string: 117, number: 214, keyword: 227 };

/// Hues of code, of strings and of numbers where there are only the terminal's own colours.
const CODE: usize = 6;
const STRING: usize = 4;
const NUMBER: usize = 10;

impl Looks {
    /// Code in a line, and a spoiler that was opened.
    pub fn code(self) -> Style {
        match self.sheet() {
            Some(_) => self.code_block(),
            None => self.coloured(CODE),
        }
    }

    /// Code in a block.
    pub fn code_block(self) -> Style {
        let shaded =
            |it: Sheet| Style::new().fg(Color::Indexed(it.text)).bg(Color::Indexed(it.shade));
        self.sheet().map(shaded).unwrap_or_default()
    }

    /// A part of code, on top of it.
    pub fn token(self, kind: Kind) -> Style {
        let Some(sheet) = self.sheet() else {
            return match kind {
                Kind::Plain => Style::new(),
                Kind::Comment => quiet(),
                Kind::String => self.coloured(STRING),
                Kind::Number => self.coloured(NUMBER),
                Kind::Keyword => Style::new().add_modifier(Modifier::BOLD),
            };
        };
        let colour = match kind {
            Kind::Plain => sheet.text,
            Kind::Comment => sheet.comment,
            Kind::String => sheet.string,
            Kind::Number => sheet.number,
            Kind::Keyword => sheet.keyword,
        };
        Style::new().fg(Color::Indexed(colour))
    }

    /// Code is told apart by a shade behind it.
    pub fn shades_code(self) -> bool {
        self.sheet().is_some()
    }

    /// Code is told apart by a shade or a colour.
    pub fn colours_code(self) -> bool {
        self.code() != Style::new()
    }

    fn sheet(self) -> Option<Sheet> {
        match (self.theme, self.depth) {
            (Theme::Mono, _) | (_, Depth::None | Depth::Sixteen) => None,
            (Theme::Light, _) => Some(LIGHT),
            // Nobody knows what is behind it: dark code can be read on both.
            (Theme::Any | Theme::Dark, _) => Some(DARK),
            (Theme::ColourBlind, _) => Some(COLOUR_BLIND),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::screen::theme::rgb;
    use crate::screen::theme::tests::contrast;

    const KINDS: [Kind; 5] =
        [Kind::Plain, Kind::Comment, Kind::String, Kind::Number, Kind::Keyword];

    #[test]
    fn every_token_can_be_read_on_its_shade() {
        for theme in Theme::value_variants() {
            for depth in [Depth::TwoFiftySix, Depth::True] {
                let looks = Looks { theme: *theme, depth };
                if *theme == Theme::Mono {
                    assert!(!looks.shades_code());
                    continue;
                }
                for kind in KINDS {
                    let style = looks.code_block().patch(looks.token(kind));
                    let [text, shade] = [style.fg, style.bg].map(|it| rgb(it.unwrap()).unwrap());
                    let contrast = contrast(text, shade);
                    assert!(contrast >= 4.5, "{looks:?} {kind:?} has {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn without_a_shade_tokens_keep_the_terminal_s_own_background() {
        for theme in Theme::value_variants() {
            for depth in [Depth::None, Depth::Sixteen] {
                let looks = Looks { theme: *theme, depth };
                for kind in KINDS {
                    let style = looks.code_block().patch(looks.token(kind));
                    assert_eq!(style.bg, None, "{looks:?} {kind:?}");
                    let is_coloured = style.fg.is_some();
                    assert!(!is_coloured || depth == Depth::Sixteen && *theme != Theme::Mono);
                }
                assert_eq!(looks.colours_code(), depth == Depth::Sixteen && *theme != Theme::Mono);
            }
        }
    }
}
