//! Nebula's terminal client, Elm-shaped: [`event::Event`] says what happened,
//! [`update::update`] changes the [`model::Model`] and answers with [`event::Action`]s,
//! [`view::view`] draws. Both are pure; [`run`] is the one loop that does input and output.

pub mod args;
pub mod commands;
pub mod config;
pub mod event;
pub mod input;
pub mod keys;
pub mod model;
pub mod net;
pub mod rows;
pub mod run;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod update;
pub mod view;
