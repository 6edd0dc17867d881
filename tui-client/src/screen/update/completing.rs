//! What there is to complete with.
//!
//! This file does not know what is completed.

use clap::ValueEnum as _;

use crate::chat::completion::Words;
use crate::clock::days_to_search;
use crate::screen::model::Screen;
use crate::screen::theme::{Theme, name_of};

pub(super) fn words(screen: &Screen) -> Words {
    let chat = &screen.chat;
    Words {
        names: chat.likeliest_names(),
        rooms: chat.room_names(),
        own_rooms: chat.own_rooms(),
        days: days_to_search(chat.now),
        themes: Theme::value_variants().iter().map(name_of).collect(),
        everybody: chat.may_mention_everybody(),
    }
}
