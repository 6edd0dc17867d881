//! All settings, gathered: a flag outranks the environment, that the configuration file, and that
//! the default.
//!
//! This file does not know how they are used.

mod colours;
mod entry;
mod file;
mod label;
mod login;
mod servers;
mod shown;
mod zone;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use clap::ValueEnum;
use jiff::tz::TimeZone;
use protocol::{Key, Label, MessageId, RoomName, Token, UserName};
use url::Url;

use file::{quoted, quoted_list};

use crate::chat::EntryCode;
use crate::cli::args::{
    Emoji, Formatting, Options, Up, When, Words, parse_label, parse_room, parse_servers,
    parse_token, parse_user, parse_words,
};
use crate::effects::Notify;
use crate::net::trust::Trust;
use crate::net::{Access, Logins};
use crate::screen::keys::Keys;
use crate::screen::theme::{Looks, chosen, name_of};
use crate::{address, folders};

/// Settings that may stand in the file.
const NAMES: &[&str] = &[
    "server",
    "room",
    "user",
    "label",
    "token",
    "ca",
    "plain",
    "theme",
    "color",
    "links",
    "notify",
    "highlight",
    "emoji",
    "formatting",
    "up",
    "mouse",
];

/// Before the names of keys: they have a table of their own.
const KEYS: &str = "keys.";
/// The server that is asked if nobody names one: the one on this machine.
const SERVER: &str = "ws://127.0.0.1:8080";

/// Where to, as whom, and how: finished values.
#[derive(Debug)]
pub struct Settings {
    /// One at least; the first stands for all where something is kept for a server.
    pub servers: Vec<Url>,
    /// The room to begin with.
    pub room: RoomName,
    /// Somebody asked for that room; else it is the usual one.
    pub room_asked: bool,
    /// The message there to begin with.
    pub goto: Option<MessageId>,
    /// Under which name; without one the server gives a guest's.
    pub user: Option<UserName>,
    /// Somebody asked for that name; else it is that of last time, or the login name.
    pub user_asked: bool,
    /// Nobody has asked for a name, and there is none of last time.
    pub is_new: bool,
    /// What lets this person in for the first time.
    pub code: Option<EntryCode>,
    /// What this device is called among its owner's.
    pub label: Option<Label>,
    /// What opens a closed server.
    pub token: Option<Token>,
    /// What opens what stands before each server.
    logins: Logins,
    /// Whom to trust, for a server inside TLS.
    trust: Arc<Trust>,
    /// Whose clock is shown.
    pub zone: TimeZone,
    /// Why that is another than was asked for.
    pub zone_fault: Option<String>,
    /// Lines instead of a screen, also on a terminal.
    pub plain: bool,
    /// In which colours, and how many.
    pub looks: Looks,
    /// Whether the terminal is told of links.
    pub links: When,
    /// How a person is called who looks elsewhere.
    pub notify: Notify,
    /// Words that are highlighted like one's name.
    pub highlight: Words,
    /// How emoji are shown.
    pub emoji: Emoji,
    /// Whether messages are formatted.
    pub formatting: Formatting,
    /// What Up does with nothing written.
    pub up: Up,
    /// The mouse is ours from the beginning.
    pub mouse: bool,
    /// Which key means what.
    pub keys: Keys,
    /// Keys that the file changes, by their names.
    rebound: Vec<(String, String)>,
    /// What was strange but does not hinder, in sentences for the person.
    pub warnings: Vec<String>,
    /// The file that was read.
    file: Option<PathBuf>,
    /// Each setting of the file: its name, its value there, and where that comes from.
    shown: Vec<(&'static str, Option<String>, Origin)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Flag or environment.
    Asked,
    File,
    /// What was so the last time.
    LastTime,
    Default,
}

/// What the file says, as far as it is known.
#[derive(Debug, Default)]
struct Said {
    options: Options,
    plain: Option<bool>,
    mouse: Option<bool>,
    keys: Keys,
    rebound: Vec<(String, String)>,
    warnings: Vec<String>,
}

/// Chooses between what was asked for, what the file says and the default, and notes the choice.
#[derive(Debug, Default)]
struct Choice(Vec<(&'static str, Option<String>, Origin)>);

impl Choice {
    fn of<T>(
        &mut self,
        name: &'static str,
        (asked, said): (Option<T>, Option<T>),
        default: impl FnOnce() -> Option<T>,
        shown: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let origin = match (&asked, &said) {
            (Some(_), _) => Origin::Asked,
            (None, Some(_)) => Origin::File,
            (None, None) => Origin::Default,
        };
        let chosen = asked.or(said).or_else(default);
        self.0.push((name, chosen.as_ref().map(shown), origin));
        chosen
    }

    fn one_of<T: ValueEnum + Default>(
        &mut self,
        name: &'static str,
        asked_and_said: (Option<T>, Option<T>),
    ) -> T {
        let default = || Some(T::default());
        let chosen = self.of(name, asked_and_said, default, |choice| quoted(&name_of(choice)));
        chosen.unwrap_or_default()
    }

    fn words(
        &mut self,
        name: &'static str,
        asked_and_said: (Option<Words>, Option<Words>),
    ) -> Words {
        self.of(name, asked_and_said, || None, |words| quoted_list(&words.0)).unwrap_or_default()
    }

    fn whether(&mut self, name: &'static str, asked: bool, said: Option<bool>) -> bool {
        let asked = asked.then_some(true);
        self.of(name, (asked, said), || Some(false), bool::to_string).unwrap_or(false)
    }
}

impl Settings {
    /// Gathers all settings. Without a file everything has a default.
    ///
    /// # Errors
    /// If the file cannot be read, or holds a wrong value.
    pub fn gather(options: &Options) -> anyhow::Result<Self> {
        let usual = folders::settings_folder().map(|folder| folder.join("config.toml")).ok();
        let path = options.config.clone().or(usual);
        let text = match &path {
            Some(path) => file::text(path, options.config.is_some())?,
            None => None,
        };
        let said = match (&path, &text) {
            (Some(path), Some(text)) => Said::of(text, path)?,
            _ => Said::default(),
        };
        let file = path.filter(|_| text.is_some());
        Settings::chosen(options.clone(), said, file)
    }

    fn chosen(asked: Options, said: Said, file: Option<PathBuf>) -> anyhow::Result<Self> {
        let Said { options: file_says, plain, mouse, keys, rebound, mut warnings } = said;
        let mut choice = Choice::default();
        let code = asked.link.as_ref().or(asked.invite.as_ref());
        let server = (asked.server, file_says.server);
        let server = entry::servers(server, code, asked.goto.as_ref());
        let usual = || address::parse(SERVER).ok().map(|server| vec![vec![server]]);
        let named =
            choice.of("server", server, usual, |named| servers::shown(named)).unwrap_or_default();
        let (servers, logins) = servers::each_once(named.into_iter().flatten())?;
        let (in_address, goto) = asked.goto.map(|goto| (goto.room, goto.id)).unzip();
        let room = (in_address.or(asked.room), file_says.room);
        let room_asked = room.0.is_some() || room.1.is_some();
        let room =
            choice.of("room", room, || Some(RoomName::general()), |room| quoted(room.as_str()));
        let user = (asked.user, file_says.user);
        let user_asked = user.0.is_some() || user.1.is_some();
        let user = choice.of("user", user, folders::login_name, |user| quoted(user.as_str()));
        let called = |label: &Label| quoted(label.as_str());
        let label = choice.of("label", (asked.label, file_says.label), label::here, called);
        let told = |_: &String| quoted("not shown");
        let token = choice.of("token", (asked.token, file_says.token), || None, told);
        let token = token.as_deref().map(parse_token).transpose();
        let token = token.map_err(|error| anyhow!("--token, NEBULA_TOKEN or token: {error}"))?;
        let path = |path: &PathBuf| quoted(&path.to_string_lossy());
        let ca = choice.of("ca", (asked.ca, file_says.ca), || None, path);
        let trust = Arc::new(Trust::of(ca));
        if servers.iter().any(address::is_tls) && !asked.print_config {
            // What is wrong with it is told before anything begins.
            trust.config()?;
        }
        warnings.extend(servers::sent_unencrypted(&servers, &logins, token.is_some()));
        let (zone, zone_fault) = zone::here();
        let plain = choice.whether("plain", asked.plain, plain);
        let theme = choice.one_of("theme", (asked.theme, file_says.theme));
        let color = (asked.color, file_says.color);
        let depth =
            choice.of("color", color, || Some(colours::here()), |depth| quoted(&name_of(depth)));
        Ok(Settings {
            servers,
            room: room.unwrap_or_else(RoomName::general),
            room_asked,
            goto,
            // Whose device this becomes is for the server to say.
            user: user.filter(|_| asked.link.is_none()),
            user_asked,
            is_new: false,
            code: entry::entry_code(asked.link, asked.invite),
            label,
            token,
            logins,
            trust,
            zone,
            zone_fault,
            plain,
            looks: Looks { theme, depth: depth.unwrap_or_default() },
            links: choice.one_of("links", (asked.links, file_says.links)),
            notify: choice.one_of("notify", (asked.notify, file_says.notify)),
            highlight: choice.words("highlight", (asked.highlight, file_says.highlight)),
            emoji: choice.one_of("emoji", (asked.emoji, file_says.emoji)),
            formatting: choice.one_of("formatting", (asked.formatting, file_says.formatting)),
            up: choice.one_of("up", (asked.up, file_says.up)),
            mouse: choice.whether("mouse", asked.mouse, mouse),
            keys,
            rebound,
            warnings,
            file,
            shown: choice.0,
        })
    }

    /// What opens the servers that these settings name.
    pub fn access(&self, key: Option<Key>) -> Access {
        let (logins, token) = (self.logins.clone(), self.token.clone());
        let label = self.label.clone().filter(|_| key.is_some());
        Access { logins, key, token, label, trust: Arc::clone(&self.trust) }
    }

    /// Takes the name of last time, where nobody asks for one; `find` looks for it, by the server and the name
    /// that one would have without it.
    pub fn take_name_of_last_time(
        &mut self,
        find: impl FnOnce(&str, Option<&UserName>) -> Option<UserName>,
    ) {
        if self.user_asked || self.token.is_some() || matches!(self.code, Some(EntryCode::Link(_)))
        {
            return;
        }
        let found = find(self.first_server().as_str(), self.user.as_ref());
        self.is_new = found.is_none();
        if let Some(name) = found {
            let shown = self.shown.iter_mut().filter(|(setting, ..)| *setting == "user");
            shown.for_each(|it| (it.1, it.2) = (Some(quoted(name.as_str())), Origin::LastTime));
            self.user = Some(name);
        }
    }

    /// The one to begin with, under which all is kept.
    pub fn first_server(&self) -> &Url {
        &self.servers[0]
    }

    /// The terminal is told of links.
    pub fn tells_links(&self) -> bool {
        match self.links {
            When::On => true,
            When::Off => false,
            // The console of Linux and old versions of screen show the sequence as text.
            When::Auto => std::env::var("TERM")
                .is_ok_and(|term| term != "linux" && !term.starts_with("screen.")),
        }
    }

    /// With nothing written, Up edits one's newest message.
    pub fn up_edits(&self) -> bool {
        self.up == Up::Edit
    }

    /// Emoji are shown as their names.
    pub fn names_emoji(&self) -> bool {
        self.emoji == Emoji::Name
    }
}

impl Said {
    fn of(text: &str, path: &Path) -> anyhow::Result<Self> {
        let items = file::read(text).map_err(|error| anyhow!("{}:{error}", path.display()))?;
        let mut said = Said::default();
        for file::Item { key, value, line } in items {
            let place = format!("{}:{line}", path.display());
            if !NAMES.contains(&key.as_str()) && !key.starts_with(KEYS) {
                said.warnings.push(format!("{place}: {}", unknown(&key)));
                continue;
            }
            let taken = value.and_then(|value| said.take(&key, &value));
            taken.map_err(|error| anyhow!("{place}: {key}: {error}"))?;
        }
        let name = path.display();
        for lost in said.keys.lost() {
            let warning = format!("{name}: no key is bound to {lost}; bind one under [keys]");
            said.warnings.push(warning);
        }
        Ok(said)
    }

    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        let options = &mut self.options;
        let whether = |value: &str| {
            value.parse().map_err(|_| format!("must be true or false, not {value:?}"))
        };
        match key {
            "server" => options.server = Some(vec![parse_servers(value)?]),
            "room" => options.room = Some(parse_room(value)?),
            "user" => options.user = Some(parse_user(value)?),
            "label" => options.label = Some(parse_label(value)?),
            "token" => {
                parse_token(value)?;
                options.token = Some(value.to_owned());
            }
            "ca" => options.ca = Some(value.into()),
            "plain" => self.plain = Some(whether(value)?),
            "theme" => options.theme = Some(chosen(value)?),
            "color" => options.color = Some(chosen(value)?),
            "links" => options.links = Some(chosen(value)?),
            "notify" => options.notify = Some(chosen(value)?),
            "highlight" => options.highlight = Some(parse_words(value)?),
            "emoji" => options.emoji = Some(chosen(value)?),
            "formatting" => options.formatting = Some(chosen(value)?),
            "up" => options.up = Some(chosen(value)?),
            "mouse" => self.mouse = Some(whether(value)?),
            key => {
                let key = key.strip_prefix(KEYS).unwrap_or(key);
                self.keys.bind(key, value)?;
                self.rebound.push((key.to_owned(), value.to_owned()));
            }
        }
        Ok(())
    }
}

fn unknown(key: &str) -> String {
    let names = NAMES.join(", ");
    format!("unknown setting {key:?} is ignored; there are {names} and [keys]")
}
