//! `nebula send`: one message, and an exit code that says whether it is stored.
//!
//! This file does not know rooms' contents.

use std::io::{self, IsTerminal as _, Read as _};
use std::time::Duration;

use protocol::{CONTENT_CHARS_MAX, with_newlines};
use tokio::time::{Instant, timeout_at};

use super::session::Session;
use crate::chat::update::{body_of, say};
use crate::cli::settings::Settings;
use crate::exit::Exit;
use crate::output::tell;

const BYTE_ORDER_MARK: char = '\u{FEFF}';
/// Bytes that are read from standard input: two characters more than a message can have, one of them
/// the mark at its beginning.
const INPUT_BYTES_MAX: u64 = 4 * (CONTENT_CHARS_MAX as u64 + 2);

/// Sends one message, and returns when it is stored, refused, or the time is over.
///
/// # Errors
/// If standard input cannot be read.
pub async fn send(settings: &Settings, text: Option<&str>, wait: Duration) -> anyhow::Result<Exit> {
    let text = match text {
        Some(text) if text != "-" => text.to_owned(),
        _ => input()?,
    };
    if let Err(sentence) = body_of(&text) {
        tell(&format!("not sent: {sentence}"));
        return Ok(Exit::Refused);
    }
    let deadline = Instant::now() + wait;
    let mut session = Session::new(settings);
    // Only where the room stands is needed: from there the copy is found after a cut.
    session.model.history_on_join = 1;
    session.dial();
    match say(&mut session.model, &text) {
        Ok(effects) => session.perform(effects),
        Err(sentence) => {
            tell(&format!("not sent: {sentence}"));
            return Ok(Exit::Refused);
        }
    };
    while !session.all_is_stored() {
        let Ok(event) = timeout_at(deadline, session.next()).await else {
            tell(&format!(
                "not known to be stored within {} s: {}; is the server running? --wait gives it longer",
                wait.as_secs(),
                session.trouble()
            ));
            return Ok(Exit::UsageOrConnection);
        };
        session.happens(event);
        if let Some(refusal) = session.refusal() {
            tell(&refusal);
            return Ok(Exit::Refused);
        }
        if let Some((_, reason)) = session.refused().pop() {
            tell(&format!("not sent: {reason}"));
            return Ok(Exit::Refused);
        }
    }
    Ok(Exit::Success)
}

/// All of standard input is one message, without the newline that ends it, and without the mark that
/// some editors begin a file with.
fn input() -> io::Result<String> {
    if io::stdin().is_terminal() {
        tell("type the message; Ctrl-D on an empty line sends it");
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(INPUT_BYTES_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = with_newlines(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text));
    Ok(text.trim_end_matches('\n').to_owned())
}
