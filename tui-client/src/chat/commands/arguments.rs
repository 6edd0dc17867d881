//! What stands behind a command's name: names, numbers, times and texts.
//!
//! This file does not know which command has which.

use protocol::{
    AccessCode, Action, Emoji, INVITE_USES_MAX, LINK_CODE_CHARS, NewRoom, Note, Notify,
    PrivateRoom, Reason, Refusal, RoomName, RoomRole, Title, TopicText, UserName,
};

use super::asked::{Asked, InviteCommand, ModerationCommand};
use crate::chat::duration::seconds;
use crate::chat::highlight::WORDS_MAX;
use crate::chat::room::level::{LEVELS, level_word};
use crate::chat::writing::emoji::named;
use crate::text;

/// `-s` for the whole server, a name, in quotes if it has spaces, a time where it may have an end, and
/// the rest is the reason.
pub(super) fn moderation(action: Action, rest: &str) -> Result<Asked, String> {
    let (option, behind) = rest.split_once(char::is_whitespace).unwrap_or_default();
    let (everywhere, rest) = match Some(behind).filter(|_| text::narrow(option) == "-s") {
        Some(_) if action == Action::Kick => {
            return Err(
                "removes from this room only; /ban -s bans from the whole server".to_owned()
            );
        }
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest),
    };
    let (user, rest) = person(rest)?;
    let (first, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let takes_time = matches!(action, Action::Ban | Action::Mute);
    let (seconds, reason) = match seconds(first).filter(|_| takes_time) {
        Some(seconds) => (Some(seconds), behind.trim_start()),
        None if action == Action::Mute => {
            return Err("needs a time, such as 10m, 2h or 3d".to_owned());
        }
        None => (None, rest),
    };
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    let reason = reason.map(Reason::try_from).transpose().map_err(|error| error.to_string())?;
    Ok(Asked::Moderate(ModerationCommand { action, user, everywhere, seconds, reason }))
}

pub(super) fn topic(rest: &str) -> Result<TopicText, String> {
    TopicText::try_from(if rest == "-" { "" } else { rest }).map_err(|error| error.to_string())
}

pub(super) fn number(rest: &str) -> Result<usize, String> {
    let number = rest.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{rest:?} is not a number of 1 or more"))
}

/// Words in place of those before; `-` for none.
pub(super) fn highlight(rest: &str) -> Result<Option<Vec<String>>, String> {
    let words: Vec<_> = match rest {
        "" => return Ok(None),
        "-" => Vec::new(),
        words => words.split_whitespace().map(str::to_owned).collect(),
    };
    match words.len() {
        0..=WORDS_MAX => Ok(Some(words)),
        count => Err(format!("takes at most {WORDS_MAX} words, not {count}")),
    }
}

/// Of what a room notifies one.
pub(super) fn notify(rest: &str) -> Result<Option<Notify>, String> {
    let typed = text::narrow(rest);
    let level = LEVELS.into_iter().find(|level| level_word(*level) == typed);
    match level {
        None if !typed.is_empty() => {
            Err("needs everything, mentions, nothing or default".to_owned())
        }
        level => Ok(level),
    }
}

/// Counted from the newest.
pub(super) fn number_if_any(rest: &str) -> Result<Option<usize>, String> {
    (!rest.is_empty()).then(|| number(rest)).transpose()
}

/// Counted from the newest, which is meant without one.
pub(super) fn number_or_one(rest: &str) -> Result<usize, String> {
    if rest.is_empty() { Ok(1) } else { number(rest) }
}

/// An emoji, as a picture or by its name, and which message it is for.
pub(super) fn emoji_and_number(rest: &str) -> Result<(Emoji, usize), String> {
    let (typed, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let emoji = Emoji::try_from(named(typed.trim_matches(':')).unwrap_or(typed))
        .map_err(|_| format!("{typed:?} is not an emoji. Use 👍 or its name, thumbsup"))?;
    Ok((emoji, number_or_one(behind.trim())?))
}

pub(super) fn room(rest: &str) -> Result<RoomName, String> {
    RoomName::try_from(rest.strip_prefix(['#', '＃']).unwrap_or(rest))
        .map_err(|error| error.to_string())
}

/// The same, or the address of a private or direct room.
pub(super) fn room_or_address(rest: &str) -> Result<RoomName, String> {
    let address = RoomName::known(rest).ok().filter(RoomName::is_address);
    address.map_or_else(|| room(rest), Ok)
}

/// The code of a link, as it is shown or in an address.
pub(super) fn link_code(rest: &str) -> Result<AccessCode, String> {
    let code = rest.rsplit_once("#link=").map_or(rest, |(_, code)| code);
    let code = AccessCode::try_from(code).ok();
    let code = code.filter(|code| code.as_str().len() == LINK_CODE_CHARS);
    code.ok_or_else(|| format!("{rest:?} is not a code, such as 7K3M-Q0ZD"))
}

/// `-r` for the room that is shown, how many may come, for how long, and the rest is a note.
pub(super) fn invite(rest: &str) -> Result<Asked, String> {
    let mut invite = InviteCommand::default();
    let (option, behind) = first_word(rest);
    let mut rest = rest;
    if text::narrow(option) == "-r" {
        (invite.into_room, rest) = (true, behind);
    }
    let (word, behind) = first_word(rest);
    if let Ok(uses) = text::narrow(word).parse::<u32>() {
        if !(1..=INVITE_USES_MAX).contains(&uses) {
            let most = text::grouped(usize::try_from(INVITE_USES_MAX).unwrap_or(usize::MAX));
            return Err(format!("an invite is for 1 to {most} people, not {uses}"));
        }
        (invite.uses, rest) = (Some(uses), behind);
    }
    let (word, behind) = first_word(rest);
    if let Some(time) = seconds(word) {
        (invite.seconds, rest) = (Some(time), behind);
    }
    let note = Some(rest).filter(|note| !note.is_empty()).map(Note::try_from).transpose();
    invite.note = note.map_err(|error: Refusal| error.to_string())?;
    Ok(Asked::Invite(invite))
}

fn first_word(rest: &str) -> (&str, &str) {
    let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    (word, behind.trim_start())
}

/// The number of a device or an invite, as lists have it.
pub(super) fn listed(rest: &str) -> Result<u32, String> {
    rest.parse().map_err(|_| format!("{rest:?} is not a number of the list"))
}

/// A name, in quotes if it has spaces, and what stands behind it.
fn person(rest: &str) -> Result<(UserName, &str), String> {
    let (name, behind) = match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some(quoted) => quoted,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    let name = name.strip_prefix('@').unwrap_or(name).trim_end_matches(':');
    let user = UserName::known(name).map_err(|error| error.to_string())?;
    Ok((user, behind.trim_start()))
}

/// One name and nothing else, with or without quotes.
pub(super) fn one_person(rest: &str) -> Result<UserName, String> {
    let unquoted = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let name = unquoted.unwrap_or(rest);
    UserName::known(name.strip_prefix('@').unwrap_or(name)).map_err(|error| error.to_string())
}

/// Who is written to: a name, or several with commas between, each in quotes if it has spaces; and the text.
pub(super) fn message(rest: &str) -> Result<(Vec<UserName>, Option<String>), String> {
    let (mut users, mut rest) = (Vec::new(), rest);
    loop {
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (name, behind) = quoted.unwrap_or_else(|| {
            let end = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
            rest.split_at(end)
        });
        let name = name.strip_prefix('@').unwrap_or(name).trim_end_matches(':');
        users.push(UserName::known(name).map_err(|error| error.to_string())?);
        match behind.strip_prefix(',') {
            Some(further) => rest = further,
            None => {
                let text = Some(behind.trim_start()).filter(|text| !text.is_empty());
                return Ok((users, text.map(str::to_owned)));
            }
        }
    }
}

/// A name for everybody, or with `private` behind it a title for members.
pub(super) fn new_room(rest: &str) -> Result<Asked, String> {
    let (before, last) = rest.rsplit_once(char::is_whitespace).unwrap_or(("", rest));
    let is_private = text::narrow(last) == "private" && !before.trim().is_empty();
    Ok(Asked::Create(match is_private {
        true => {
            let title = Title::try_from(before.trim()).map_err(|error| error.to_string())?;
            NewRoom::Private(PrivateRoom { title })
        }
        false => NewRoom::Open { room: room(rest)? },
    }))
}

/// A name, and what they are to be.
pub(super) fn role(rest: &str) -> Result<Asked, String> {
    let (name, last) = rest.rsplit_once(char::is_whitespace).unwrap_or((rest, ""));
    let role = match text::narrow(last).as_str() {
        "owner" => RoomRole::Owner,
        "moderator" => RoomRole::Moderator,
        "member" => RoomRole::Member,
        _ => return Err("needs a role: owner, moderator or member".to_owned()),
    };
    Ok(Asked::Role(one_person(name.trim_end())?, role))
}
