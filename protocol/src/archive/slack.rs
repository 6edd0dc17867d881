//! The files of an export from Slack: people, channels, and what was said in a channel on a day.
//!
//! Whatever is of another kind than Slack says is left out and counted, as one that is not known. This file does
//! not know the zip that they are in.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::fitting_name;
use super::slack_text::text;
use crate::emoji::Emoji;
use crate::hook::entities;
use crate::name::UserName;

/// A file that is no list, as all of them are.
#[derive(Debug, thiserror::Error)]
#[error("not a list of Slack's: {0}")]
pub struct BadArchive(String);

/// Who there is, by id.
#[derive(Debug, Default)]
pub struct SlackPeople(HashMap<String, (UserName, bool)>);

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackChannel {
    /// Which one it is for good.
    pub id: String,
    /// What it is called, and its folder.
    pub name: String,
    /// What it is about.
    pub topic: Option<SlackTopic>,
}

/// What a channel is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackTopic {
    /// The text.
    pub text: String,
    /// The id of who said so.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackSaid {
    /// When, as Slack writes it: it is what a message is known by in its channel.
    pub ts: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Who said it.
    pub sender: UserName,
    /// The name is not as it was, since no name here can be.
    pub is_renamed: bool,
    /// As people read it; none if it was deleted.
    pub text: Option<String>,
    /// It was too long, and is cut.
    pub is_cut: bool,
    /// The `ts` of the message that it answers.
    pub thread: Option<String>,
    /// When it was edited, in milliseconds since 1970.
    pub edited: Option<u64>,
    /// What people put on it.
    pub reactions: Vec<SlackReaction>,
    /// Files that stand in the text as links.
    pub files: u64,
    /// A program said it.
    pub bot: bool,
}

/// What people put on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackReaction {
    /// None if it is no emoji of Unicode.
    pub emoji: Option<Emoji>,
    /// How many people put it there.
    pub count: u32,
    /// Who did.
    pub users: Vec<UserName>,
}

impl SlackPeople {
    /// Reads `users.json`. Of several people with one name all but the first are called by their handles.
    ///
    /// # Errors
    /// [`BadArchive`].
    pub fn parse(file: &[u8]) -> Result<Self, BadArchive> {
        let (mut people, mut taken) = (HashMap::new(), HashSet::new());
        for user in list(file)? {
            let Some(id) = user["id"].as_str() else { continue };
            let profile = &user["profile"];
            let names = [&profile["display_name"], &profile["real_name"], &user["name"]];
            let names = names.into_iter().filter_map(Value::as_str).chain([id]);
            let mut names = names.filter(|name| !name.trim().is_empty()).map(fitting_name);
            let Some(name) = names.find(|(name, _)| !taken.contains(name)) else { continue };
            taken.insert(name.0.clone());
            people.insert(id.to_owned(), name);
        }
        Ok(SlackPeople(people))
    }

    /// What somebody is called; who is not known, by their id. False if the name is not as it was.
    pub fn name(&self, id: &str) -> (UserName, bool) {
        self.0.get(id).cloned().unwrap_or_else(|| fitting_name(id))
    }
}

/// Reads `channels.json`.
///
/// # Errors
/// [`BadArchive`].
pub fn slack_channels(file: &[u8]) -> Result<Vec<SlackChannel>, BadArchive> {
    let channel = |it: &Value| {
        let topic = &it["topic"];
        let text = topic["value"].as_str().filter(|text| !text.is_empty());
        let topic = text.map(|text| SlackTopic {
            text: entities(text),
            by: topic["creator"].as_str().unwrap_or_default().to_owned(),
            at: topic["last_set"].as_u64().unwrap_or_default().saturating_mul(1000),
        });
        let (id, name) = (it["id"].as_str()?.to_owned(), it["name"].as_str()?.to_owned());
        Some(SlackChannel { id, name, topic })
    };
    Ok(list(file)?.iter().filter_map(channel).collect())
}

/// Reads a day of a channel: what was said, and why the rest is left out.
///
/// # Errors
/// [`BadArchive`].
pub fn slack_day(
    file: &[u8],
    people: &SlackPeople,
    channels: &[SlackChannel],
) -> Result<Vec<Result<SlackSaid, &'static str>>, BadArchive> {
    let mut names: BTreeMap<_, _> =
        people.0.iter().map(|(id, (name, _))| (id.as_str(), name.as_str())).collect();
    names.extend(channels.iter().map(|channel| (channel.id.as_str(), channel.name.as_str())));
    Ok(list(file)?.iter().map(|it| said(it, people, &names)).collect())
}

fn list(file: &[u8]) -> Result<Vec<Value>, BadArchive> {
    serde_json::from_slice(file).map_err(|error| BadArchive(error.to_string()))
}

fn said(
    it: &Value,
    people: &SlackPeople,
    names: &BTreeMap<&str, &str>,
) -> Result<SlackSaid, &'static str> {
    const NEWS: &str = "joins, leaves and changes of channels";
    const MALFORMED: &str = "that are no messages of Slack's";
    let subtype = it["subtype"].as_str().unwrap_or_default();
    let is_said = matches!(
        subtype,
        "" | "me_message"
            | "bot_message"
            | "thread_broadcast"
            | "file_share"
            | "file_comment"
            | "tombstone"
    );
    if !is_said {
        return Err(NEWS);
    }
    let ts = it["ts"].as_str().ok_or(MALFORMED)?;
    let at = milliseconds(ts).ok_or(MALFORMED)?;
    let (sender, is_as_it_was) = match it["user"].as_str() {
        Some(id) => people.name(id),
        None => fitting_name(bot_name(it).unwrap_or("bot")),
    };
    let thread = it["thread_ts"].as_str().filter(|thread| *thread != ts);
    let said = SlackSaid {
        ts: ts.to_owned(),
        at,
        sender,
        is_renamed: !is_as_it_was,
        text: None,
        is_cut: false,
        thread: thread.map(str::to_owned),
        edited: it["edited"]["ts"].as_str().and_then(milliseconds),
        reactions: reactions(it, people),
        files: 0,
        bot: subtype == "bot_message" || it["bot_id"].is_string(),
    };
    if subtype == "tombstone" {
        return Ok(SlackSaid { reactions: Vec::new(), edited: None, ..said });
    }
    let (text, is_cut) = text(it, names, subtype == "me_message")?;
    let files = it["files"].as_array().map_or(0, Vec::len) as u64;
    Ok(SlackSaid { text: Some(text), is_cut, files, ..said })
}

fn bot_name(it: &Value) -> Option<&str> {
    let names = [&it["username"], &it["bot_profile"]["name"], &it["bot_id"]];
    names.into_iter().find_map(Value::as_str)
}

fn reactions(it: &Value, people: &SlackPeople) -> Vec<SlackReaction> {
    let reaction = |it: &Value| {
        let users = it["users"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let users: Vec<_> = users.map(|id| people.name(id).0).collect();
        let count = it["count"].as_u64().and_then(|count| u32::try_from(count).ok());
        SlackReaction {
            emoji: it["name"].as_str().and_then(emoji),
            count: count.unwrap_or_default().max(u32::try_from(users.len()).unwrap_or_default()),
            users,
        }
    };
    it["reactions"].as_array().into_iter().flatten().map(reaction).collect()
}

/// By its name there; skin tones are left out.
fn emoji(name: &str) -> Option<Emoji> {
    let name = name.split("::").next().unwrap_or(name);
    Emoji::named(name)
}

/// `1355517523.000005` is in seconds.
fn milliseconds(ts: &str) -> Option<u64> {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
    let micros = format!("{rest:0<6}");
    let micros: u64 = micros.get(..6)?.parse().ok()?;
    seconds.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(micros / 1000)
}
