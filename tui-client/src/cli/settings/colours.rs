//! How many colours the terminal has, as far as the environment says.
//!
//! This file does not know who else may have a say.

use std::env;

use crate::screen::theme::Depth;

/// How many there are here.
pub(super) fn here() -> Depth {
    let read = |name| env::var(name).unwrap_or_default();
    depth(&read("NO_COLOR"), &read("COLORTERM"), &read("TERM"))
}

/// Any value of `NO_COLOR` but an empty one means none (no-color.org).
fn depth(no_color: &str, colorterm: &str, term: &str) -> Depth {
    match (no_color, colorterm, term) {
        ("", "truecolor" | "24bit", _) => Depth::True,
        ("", _, term) if term.ends_with("-direct") => Depth::True,
        ("", _, "linux" | "xterm" | "screen" | "vt220" | "ansi") => Depth::Sixteen,
        ("", _, "dumb" | "vt100" | "") => Depth::None,
        ("", ..) => Depth::TwoFiftySix,
        _ => Depth::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_asked_in_its_order() {
        for (no_color, colorterm, term, expected) in [
            ("1", "truecolor", "xterm-256color", Depth::None),
            ("", "truecolor", "xterm", Depth::True),
            ("", "24bit", "dumb", Depth::True),
            ("", "", "xterm-direct", Depth::True),
            ("", "yes", "xterm-256color", Depth::TwoFiftySix),
            ("", "", "linux", Depth::Sixteen),
            ("", "", "vt100", Depth::None),
        ] {
            assert_eq!(depth(no_color, colorterm, term), expected, "{no_color} {colorterm} {term}");
        }
    }
}
