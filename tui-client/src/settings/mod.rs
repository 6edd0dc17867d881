//! All settings, gathered: a flag outranks the environment, that the configuration file, and that
//! the default.
//!
//! This file does not know how they are used.

mod file;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use protocol::{Key, RoomName, Token, UserName};
use rustls::ClientConfig;
use url::{Host, Url};

use crate::args::{Options, parse_room, parse_server, parse_token, parse_user};
use crate::config;
use crate::keys::Keys;
use crate::net::Line;
use crate::theme::Theme;
use crate::trust;

/// Settings that may stand in the file.
const NAMES: &[&str] = &["server", "room", "user", "token", "ca", "plain", "theme"];
/// Before the names of keys: they have a table of their own.
const KEYS: &str = "keys.";
/// The server that is asked if nobody names one: the one on this machine.
const SERVER: &str = "ws://127.0.0.1:8080";

/// Where to, as whom, and how: finished values.
#[derive(Debug)]
pub struct Settings {
    /// The server's address.
    pub server: Url,
    /// The room to begin with.
    pub room: RoomName,
    /// Under which name; without one the server gives a guest's.
    pub user: Option<UserName>,
    /// What opens a closed server.
    pub token: Option<Token>,
    /// Authorities of one's own.
    ca: Option<PathBuf>,
    /// Whom to trust, for a server inside TLS.
    trust: Option<Arc<ClientConfig>>,
    /// Lines instead of a screen, also on a terminal.
    pub plain: bool,
    /// In which colours.
    pub theme: Theme,
    /// Which key means what.
    pub keys: Keys,
    /// Keys that the file changes, by their names.
    rebound: Vec<(String, String)>,
    /// What was strange but does not hinder, in sentences for the person.
    pub warnings: Vec<String>,
    /// The file that was read.
    file: Option<PathBuf>,
    /// Where each of `NAMES` comes from.
    origins: [Origin; NAMES.len()],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Flag or environment.
    Asked,
    File,
    Default,
}

/// What the file says, as far as it is known.
#[derive(Debug, Default)]
struct Said {
    server: Option<Url>,
    room: Option<RoomName>,
    user: Option<UserName>,
    token: Option<Token>,
    ca: Option<PathBuf>,
    plain: Option<bool>,
    theme: Option<Theme>,
    keys: Keys,
    rebound: Vec<(String, String)>,
    warnings: Vec<String>,
}

impl Settings {
    /// Gathers all settings. Without a file everything has a default.
    ///
    /// # Errors
    /// If the file cannot be read, or holds a wrong value.
    pub fn gather(options: &Options) -> anyhow::Result<Self> {
        let usual = config::settings_folder().map(|folder| folder.join("config.toml")).ok();
        let path = options.config.clone().or(usual);
        let text = match &path {
            Some(path) => read(path, options.config.is_some())?,
            None => None,
        };
        let said = match (&path, &text) {
            (Some(path), Some(text)) => Said::of(text, path)?,
            _ => Said::default(),
        };
        let file = path.filter(|_| text.is_some());
        let plain = options.plain.then_some(true);
        let token = options.token.as_deref().map(parse_token).transpose();
        let token = token.map_err(|error| anyhow!("--token or NEBULA_TOKEN: {error}"))?;
        let origins = [
            origin(&options.server, &said.server),
            origin(&options.room, &said.room),
            origin(&options.user, &said.user),
            origin(&token, &said.token),
            origin(&options.ca, &said.ca),
            origin(&plain, &said.plain),
            origin(&options.theme, &said.theme),
        ];
        let server = match options.server.clone().or(said.server) {
            Some(server) => server,
            None => parse_server(SERVER).map_err(|error| anyhow!(error))?,
        };
        let ca = options.ca.clone().or(said.ca);
        let is_tls = server.scheme() == "wss";
        let dials = is_tls && !options.print_config;
        let trust = dials.then(|| trust::trust(ca.as_deref())).transpose()?;
        let token = token.or(said.token);
        let mut warnings = said.warnings;
        if token.is_some() && !is_tls && !is_this_machine(&server) {
            warnings.push("without wss everybody on the way can read the token".to_owned());
        }
        Ok(Settings {
            server,
            room: options.room.clone().or(said.room).unwrap_or_else(RoomName::general),
            user: options.user.clone().or(said.user).or_else(config::login_name),
            token,
            ca,
            trust,
            plain: plain.or(said.plain).unwrap_or(false),
            theme: options.theme.or(said.theme).unwrap_or_default(),
            keys: said.keys,
            rebound: said.rebound,
            warnings,
            file,
            origins,
        })
    }

    /// The line to the server that these settings name.
    pub fn line(&self, key: Option<Key>) -> Line {
        let (server, token) = (self.server.clone(), self.token.clone());
        Line { server, key, token, trust: self.trust.clone() }
    }
}

fn is_this_machine(server: &Url) -> bool {
    match server.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn origin<T>(asked: &Option<T>, said: &Option<T>) -> Origin {
    match (asked, said) {
        (Some(_), _) => Origin::Asked,
        (None, Some(_)) => Origin::File,
        (None, None) => Origin::Default,
    }
}

/// A file that was asked for has to be there; the usual one need not.
fn read(path: &Path, asked_for: bool) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !asked_for => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read the settings in {path:?}")),
    }
}

impl Said {
    fn of(text: &str, path: &Path) -> anyhow::Result<Self> {
        let items = file::read(text).map_err(|error| anyhow!("{}:{error}", path.display()))?;
        let mut said = Said::default();
        for file::Item { key, value, line } in items {
            let place = format!("{}:{line}", path.display());
            let known = value.and_then(|value| said.take(&key, &value));
            match known {
                Ok(true) => {}
                Ok(false) => said.warnings.push(format!("{place}: {}", unknown(&key))),
                Err(_) if !NAMES.contains(&key.as_str()) && !key.starts_with(KEYS) => {
                    said.warnings.push(format!("{place}: {}", unknown(&key)));
                }
                Err(error) => return Err(anyhow!("{place}: {key}: {error}")),
            }
        }
        let name = path.display();
        for lost in said.keys.lost() {
            let warning = format!("{name}: no key means {lost} any more; [keys] can give it one");
            said.warnings.push(warning);
        }
        Ok(said)
    }

    /// False if there is no such setting.
    fn take(&mut self, key: &str, value: &str) -> Result<bool, String> {
        match key {
            "server" => self.server = Some(parse_server(value)?),
            "room" => self.room = Some(parse_room(value)?),
            "user" => self.user = Some(parse_user(value)?),
            "token" => self.token = Some(parse_token(value)?),
            "ca" => self.ca = Some(value.into()),
            "plain" => {
                let is = value.parse().map_err(|_| format!("{value:?} is neither true nor false"));
                self.plain = Some(is?);
            }
            "theme" => self.theme = Some(Theme::parse(value)?),
            key => {
                let Some(key) = key.strip_prefix(KEYS) else { return Ok(false) };
                self.keys.bind(key, value)?;
                self.rebound.push((key.to_owned(), value.to_owned()));
            }
        }
        Ok(true)
    }
}

fn unknown(key: &str) -> String {
    let names = NAMES.join(", ");
    format!("there is no setting {key:?} and it changes nothing; known are {names} and [keys]")
}

/// A configuration file that would lead to these settings, each with where it comes from.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => writeln!(f, "# read: {}", file.display())?,
            None => writeln!(f, "# no file was read")?,
        }
        let values = [
            Some(quoted(self.server.as_str())),
            Some(quoted(self.room.as_str())),
            self.user.as_ref().map(|user| quoted(user.as_str())),
            None,
            self.ca.as_ref().map(|path| quoted(&path.to_string_lossy())),
            Some(self.plain.to_string()),
            Some(quoted(self.theme.name())),
        ];
        for ((name, value), origin) in NAMES.iter().zip(values).zip(self.origins) {
            let origin = match origin {
                Origin::Asked => format!("--{name} or NEBULA_{}", name.to_uppercase()),
                Origin::File => "file".to_owned(),
                Origin::Default => "default".to_owned(),
            };
            match value {
                Some(value) => writeln!(f, "{name} = {value}  # {origin}")?,
                None if name == &"user" => {
                    writeln!(f, "# user is not set: the server gives a guest's name")?;
                }
                None if name == &"token" && self.token.is_some() => {
                    writeln!(f, "# token is set, and not shown  # {origin}")?;
                }
                None => writeln!(f, "# {name} is not set")?,
            }
        }
        if !self.rebound.is_empty() {
            writeln!(f, "\n[keys]")?;
        }
        for (key, wish) in &self.rebound {
            writeln!(f, "{} = {}  # file", quoted(key), quoted(wish))?;
        }
        Ok(())
    }
}

/// Text as TOML holds it; none of these values has control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
