//! Several addresses of one server: each once, and not too many.
//!
//! This file does not know which of them is used.

use anyhow::ensure;
use protocol::SERVERS_MAX;
use url::Url;

use super::file::quoted;
use super::login;
use crate::address;
use crate::net::Logins;

/// As the settings file would have them.
pub(super) fn shown(servers: &[Vec<Url>]) -> String {
    let mut all: Vec<String> = Vec::new();
    for server in servers.iter().flatten() {
        let server = address::without_credentials(server.as_str());
        if !all.contains(&server) {
            all.push(server);
        }
    }
    quoted(&all.join(","))
}

/// The servers, each once, and apart from them what opens what stands before them.
pub(super) fn each_once(asked: impl Iterator<Item = Url>) -> anyhow::Result<(Vec<Url>, Logins)> {
    let (mut servers, mut logins) = (Vec::new(), Vec::new());
    for mut server in asked {
        let login = login::taken_out_of(&mut server)?;
        let has_login = logins.iter().any(|(of, _)| *of == server);
        logins.extend(login.filter(|_| !has_login).map(|login| (server.clone(), login)));
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    ensure!(!servers.is_empty(), "there is no server to begin with");
    let count = servers.len();
    ensure!(
        count <= SERVERS_MAX,
        "--server, NEBULA_SERVER or server: at most {SERVERS_MAX} addresses, not {count}"
    );
    Ok((servers, logins))
}

/// What is told to servers that others on the way can listen to, in sentences.
pub(super) fn sent_unencrypted(servers: &[Url], logins: &Logins, has_token: bool) -> Vec<String> {
    let is_open = |url: &Url| !address::is_tls(url) && !address::is_this_machine(url);
    let told = [
        (has_token && servers.iter().any(is_open), "token"),
        (logins.iter().any(|(server, _)| is_open(server)), "password"),
    ];
    let told = told.into_iter().filter(|(is_told, _)| *is_told);
    told.map(|(_, what)| format!("Without wss the {what} is sent unencrypted")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::parse_servers;

    #[test]
    fn they_are_kept_in_order_each_once_and_have_an_end() {
        let named = parse_servers("ws://b,a,https://u:p@c,b,https://c,a/x").unwrap();
        let (servers, logins) = each_once(named.clone().into_iter()).unwrap();
        let texts: Vec<_> = servers.iter().map(Url::as_str).collect();
        assert_eq!(texts, ["ws://b/", "ws://a/", "wss://c/", "ws://a/x"]);
        assert!(logins.len() == 1 && logins[0].0 == servers[2]);
        let shown = shown(&[named[..2].to_vec(), named[2..3].to_vec()]);
        assert_eq!(shown, "\"ws://b/,ws://a/,wss://c/\"");
        let many: Vec<_> = (0..33).map(|n| format!("h{n}")).collect();
        let many = parse_servers(&many.join(",")).unwrap();
        assert!(each_once(many[..32].iter().cloned()).is_ok());
        let error = each_once(many.into_iter()).unwrap_err().to_string();
        assert!(error.contains("at most 32 addresses, not 33"), "{error}");
    }
}
