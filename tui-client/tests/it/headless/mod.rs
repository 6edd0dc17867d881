//! Without a screen: plain mode, `send` and `tail`.

mod output;
mod plain;
mod servers;
