//! What bots ask for over HTTP, and how they come to be.

mod asking;
mod description;
pub(crate) mod examples;
mod faults;
mod operators;
mod rights;

use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;

use super::requests::{Answer, request};
use crate::support::child::operator;

/// A bot, which knows its token.
struct Bot {
    address: SocketAddr,
    token: String,
}

impl Bot {
    /// One that the operator makes, with these arguments.
    fn new(db: &Path, address: SocketAddr, arguments: &[&str]) -> Self {
        let (exit, told) = command(&[&["bot"], arguments].concat(), db);
        assert_eq!(exit, 0, "{told}");
        assert!(told.starts_with("nebula_bot_") && !told.contains(char::is_whitespace), "{told}");
        Bot { address, token: told }
    }

    /// Asks for something: the method, and the path behind `/api/v1/`.
    async fn send(&self, asked: &str, body: &str) -> Answer {
        let (method, path) = asked.split_once(' ').unwrap();
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        request(self.address, (method, &format!("/api/v1/{path}")), &headers, body.as_bytes()).await
    }

    /// The same, with the answer as an envelope; none is an empty one.
    async fn asks(&self, asked: &str, body: Value) -> (u16, Value) {
        let answer = self.send(asked, &body.to_string()).await;
        let envelope = match &*answer.body {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| panic!("{asked}: {text}")),
        };
        (answer.status, envelope)
    }

    /// The status and the code of a refusal.
    async fn is_refused(&self, asked: &str, body: Value) -> (u16, String) {
        let (status, envelope) = self.asks(asked, body).await;
        assert_eq!(envelope["type"], "error", "{asked}: {envelope}");
        (status, envelope["code"].as_str().unwrap().to_owned())
    }
}

/// What the operator's command prints.
fn command(arguments: &[&str], db: &Path) -> (i32, String) {
    let (exit, told) = operator(arguments, "--db", db);
    (exit.unwrap(), told.trim_end().to_owned())
}
