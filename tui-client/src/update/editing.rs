//! What can be done to any line that is written.

use crate::input::Input;
use crate::keys::Wish;

/// Does what can be done to any line that is written; false if the wish is another one.
pub(super) fn edit(input: &mut Input, wish: Wish) -> bool {
    match wish {
        Wish::Newline => input.insert("\n"),
        Wish::Left => input.left(),
        Wish::Right => input.right(),
        Wish::WordLeft => input.word_left(),
        Wish::WordRight => input.word_right(),
        Wish::Home => input.home(),
        Wish::End => input.end(),
        Wish::Backspace => input.backspace(),
        Wish::Delete => input.delete(),
        Wish::KillWord => input.kill_word(),
        Wish::KillNextWord => input.kill_next_word(),
        Wish::KillToStart => input.kill_to_start(),
        Wish::KillToEnd => input.kill_to_end(),
        Wish::Yank => input.yank(),
        Wish::YankOlder => input.yank_older(),
        Wish::Transpose => input.transpose(),
        Wish::Undo => input.undo(),
        _ => return false,
    }
    true
}
