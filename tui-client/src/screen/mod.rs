//! The client on a screen: what is drawn, and what is typed, scrolled and clicked.
//!
//! [`update::update`] takes an [`Event`] into the [`Screen`], which stands on the core's model, and gives
//! [`Effect`]s; [`view::view`] draws. Both are pure; `run` is the one loop that does input and output. It does
//! not know sockets or files.

mod emoji;
pub mod entrance;
pub mod event;
pub mod input;
pub mod keys;
pub mod measure;
pub mod model;
pub mod overlay;
pub mod rows;
pub mod run;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;

pub use event::{Effect, Event};
pub use model::Screen;
