//! Without a screen: plain mode, `send` and `tail`.

mod composing;
mod output;
mod plain;
mod servers;
