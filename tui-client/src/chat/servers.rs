//! Where the server is reached: the addresses that were asked for, then those that it told of; and which of
//! them is next.
//!
//! This file does not know sockets, or when the next one is dialled.

use protocol::{SERVER_BYTES_MAX, SERVERS_MAX};
use url::Url;

use crate::address;

/// Why messages do not get through, where other nodes of the server are away: for a while, for longer.
pub const WAITING: &str = "waiting for the other servers: messages are sent when they answer";
pub const CUT: &str = "cut off from the other servers: new messages are refused, reading works";

/// The addresses, each once, and the one that is used. Without any there is nothing to choose from: then it
/// is not decided here where the server is.
#[derive(Debug, Default)]
pub struct Servers {
    all: Vec<Url>,
    at: usize,
    /// Attempts that failed since one was let in somewhere.
    tried: usize,
}

impl Servers {
    pub fn of(asked: Vec<Url>) -> Self {
        Servers { all: asked, at: 0, tried: 0 }
    }

    /// The one that is used, or dialled next.
    pub fn current(&self) -> Option<&Url> {
        self.all.get(self.at)
    }

    pub fn are_several(&self) -> bool {
        self.all.len() > 1
    }

    /// Goes on to the next one, if there is another: true while this round has one that was not tried.
    pub(super) fn turn(&mut self) -> bool {
        self.at = (self.at + 1) % self.all.len().max(1);
        self.tried += 1;
        let goes_on = self.tried < self.all.len();
        if !goes_on {
            self.tried = 0;
        }
        goes_on
    }

    /// From here on it is a new round.
    pub(super) fn start_round(&mut self) {
        self.tried = 0;
    }

    /// Takes in what the server in use tells of the others; what cannot be used of it is dropped.
    pub(super) fn learn(&mut self, told: &[Box<str>]) {
        let Some(teller) = self.current().cloned() else { return };
        let usable = told.iter().filter(|told| told.len() <= SERVER_BYTES_MAX);
        let found = usable.filter_map(|told| learnt(told, &teller));
        for server in found {
            if self.all.len() < SERVERS_MAX && !self.all.contains(&server) {
                self.all.push(server);
            }
        }
    }
}

/// An address that a server told of. It gets the same key and token, so they must not be easier to read on
/// the way there than on the way to `teller`: what went inside TLS, or did not leave this machine, is not sent
/// in the clear to another one.
fn learnt(told: &str, teller: &Url) -> Option<Url> {
    let server = address::parse(told).ok().filter(|_| told.contains("://"))?;
    let has_login = !server.username().is_empty() || server.password().is_some();
    let is_as_safe = address::is_tls(&server)
        || (!address::is_tls(teller)
            && address::is_this_machine(&server) == address::is_this_machine(teller));
    (is_as_safe && !has_login).then_some(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(texts: &[&str]) -> Vec<Url> {
        texts.iter().map(|text| address::parse(text).unwrap()).collect()
    }

    fn told(texts: &[&str]) -> Vec<Box<str>> {
        texts.iter().map(|text| Box::from(*text)).collect()
    }

    #[test]
    fn each_is_tried_once_in_a_round() {
        let mut servers = Servers::of(urls(&["ws://a", "ws://b", "ws://c"]));
        let mut turn =
            || (servers.turn(), servers.current().unwrap().host_str().unwrap().to_owned());
        let rounds: Vec<_> = (0..6).map(|_| turn()).collect();
        let round = [(true, "b"), (true, "c"), (false, "a")];
        let expected: Vec<_> = round.iter().cycle().take(6).collect();
        assert!(
            rounds.iter().zip(expected).all(|(it, at)| (it.0, it.1.as_str()) == *at),
            "{rounds:?}"
        );
        let mut alone = Servers::of(urls(&["ws://a"]));
        assert!(!alone.turn() && alone.current() == urls(&["ws://a"]).first());
        assert!(!Servers::default().turn());
    }

    #[test]
    fn secrets_are_not_sent_a_less_safe_way_to_a_server_that_was_told_of() {
        for (teller, server, is_used) in [
            ("wss://a.example", "https://b.example", true),
            ("wss://a.example", "wss://b.example/chat", true),
            ("wss://a.example", "http://b.example", false),
            ("wss://a.example", "ws://127.0.0.1:9000", false),
            ("ws://a.example", "http://b.example", true),
            ("ws://a.example", "https://b.example", true),
            ("ws://a.example", "http://127.0.0.1:9000", false),
            ("ws://127.0.0.1:8080", "http://localhost:8081", true),
            ("ws://127.0.0.1:8080", "https://b.example", true),
            // The way to this machine's port may be a tunnel.
            ("ws://127.0.0.1:8080", "http://b.example", false),
            ("ws://a.example", "ftp://b.example", false),
            ("ws://a.example", "b.example", false),
            ("ws://a.example", "http://name:word@b.example", false),
            ("ws://a.example", "http://", false),
        ] {
            let mut servers = Servers::of(urls(&[teller]));
            servers.learn(&told(&[server]));
            assert_eq!(servers.are_several(), is_used, "{teller} tells of {server}");
        }
    }

    #[test]
    fn what_is_told_comes_last_and_once_and_has_an_end() {
        let mut servers = Servers::of(urls(&["ws://a", "ws://b"]));
        servers.learn(&told(&["http://b", "http://c/", "ws://c", "http://a"]));
        assert_eq!(servers.all, urls(&["ws://a", "ws://b", "ws://c"]));
        let long = format!("http://{}", "x".repeat(SERVER_BYTES_MAX));
        servers.learn(&told(&[&long]));
        assert_eq!(servers.all.len(), 3);
        let many: Vec<_> = (0..100).map(|n| Box::from(format!("http://h{n}"))).collect();
        servers.learn(&many);
        assert_eq!(servers.all.len(), SERVERS_MAX);
        assert_eq!(servers.all[..2], urls(&["ws://a", "ws://b"]));
    }
}
