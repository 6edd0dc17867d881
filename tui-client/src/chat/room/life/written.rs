//! What stands where one writes in a room.
//!
//! This file does not know what becomes of it when it is sent.

use super::composing::Composing;
use crate::chat::room::Room;

impl Room {
    /// What stands where one writes here.
    pub fn written(&self) -> &str {
        match &self.composing {
            Composing::Edit { text, .. } => text,
            Composing::Message | Composing::Reply(_) => &self.draft,
        }
    }

    pub fn write(&mut self, written: &str) {
        let text = match &mut self.composing {
            Composing::Edit { text, .. } => text,
            Composing::Message | Composing::Reply(_) => &mut self.draft,
        };
        if text != written {
            written.clone_into(text);
        }
    }

    pub fn is_editing(&self) -> bool {
        matches!(self.composing, Composing::Edit { .. })
    }
}
