//! The client without a screen: what it takes in, and what it sends.

mod coming_back;
mod lists;
mod moderation;
mod scenarios;
mod servers;
mod texts;
