//! What can be done to any line that is written.

use crate::screen::input::Input;
use crate::screen::keys::KeyCommand;

/// Does what can be done to any line that is written; false if the command is another one.
pub(super) fn edit(input: &mut Input, command: KeyCommand) -> bool {
    match command {
        KeyCommand::Newline => input.insert("\n"),
        KeyCommand::Left => input.left(),
        KeyCommand::Right => input.right(),
        KeyCommand::WordLeft => input.word_left(),
        KeyCommand::WordRight => input.word_right(),
        KeyCommand::Home => input.home(),
        KeyCommand::End => input.end(),
        KeyCommand::Backspace => input.backspace(),
        KeyCommand::Delete => input.delete(),
        KeyCommand::KillWord => input.kill_word(),
        KeyCommand::KillNextWord => input.kill_next_word(),
        KeyCommand::KillToStart => input.kill_to_start(),
        KeyCommand::KillToEnd => input.kill_to_end(),
        KeyCommand::Yank => input.yank(),
        KeyCommand::YankOlder => input.yank_older(),
        KeyCommand::Transpose => input.transpose(),
        KeyCommand::Undo => input.undo(),
        _ => return false,
    }
    true
}
