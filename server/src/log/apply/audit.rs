//! Who did what to whom: what moderators, owners and the operator do to people, and what people do to who may come
//! in. It is noted with what is done.
//!
//! This file does not know who may do it.

use protocol::{RoomName, ToClient, UserName};
use rusqlite::{Connection, params};

use crate::log::database::column::signed;
use crate::log::outcome::RoomChange;

/// Entries that are kept: with a hundred in a day those of more than a year, in about ten megabytes.
pub(crate) const AUDIT_MAX: i64 = 50_000;

/// What was done.
#[derive(Debug, Clone, Copy, strum::AsRefStr)]
#[strum(serialize_all = "lowercase")]
pub(in crate::log) enum Did {
    Ban,
    Unban,
    Mute,
    Unmute,
    Delete,
    Create,
    Add,
    Remove,
    Role,
    Invite,
    Uninvite,
    Accept,
    Link,
    Device,
    Revoke,
    Release,
    Hook,
    Unhook,
    Bot,
    #[strum(serialize = "revoke-bot")]
    RevokeBot,
}

/// Something that was done, as far as there is more to say of it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::log) struct Noted<'a> {
    /// None is the operator.
    pub(in crate::log) by: Option<&'a UserName>,
    pub(in crate::log) whom: Option<&'a UserName>,
    /// None is the whole server.
    pub(in crate::log) room: Option<&'a RoomName>,
    /// Which message, invite or device.
    pub(in crate::log) number: Option<u64>,
    /// How long it holds, in milliseconds since 1970.
    pub(in crate::log) until: Option<u64>,
    /// A reason, a note, a role, a label.
    pub(in crate::log) text: Option<&'a str>,
}

/// Notes that something was done.
pub(in crate::log) fn note(
    db: &Connection,
    at: u64,
    did: Did,
    noted: &Noted<'_>,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO audit (at, did, by, whom, room, number, until, text)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let entry = db.prepare_cached(insert)?.insert(params![
        signed(at),
        did.as_ref(),
        noted.by.map(UserName::as_str),
        noted.whom.map(UserName::as_str),
        noted.room.map(RoomName::as_str),
        noted.number.map(signed),
        noted.until.map(signed),
        noted.text,
    ])?;
    let forget = "DELETE FROM audit WHERE entry <= ?1";
    db.prepare_cached(forget)?.execute([entry - AUDIT_MAX])?;
    Ok(())
}

/// Notes who belongs to rooms from now on, or is something else there.
pub(super) fn note_changes(
    db: &Connection,
    at: u64,
    changes: &[RoomChange],
) -> rusqlite::Result<()> {
    for RoomChange { room, told, .. } in changes {
        let of = |by, whom| Noted { by, whom, room: Some(room), ..Noted::default() };
        match told {
            ToClient::Added(it) => note(db, at, Did::Add, &of(Some(&it.by), Some(&it.user)))?,
            ToClient::Removed(it) => note(db, at, Did::Remove, &of(Some(&it.by), Some(&it.user)))?,
            ToClient::Role(it) => {
                let text = Some(match it.role {
                    protocol::RoomRole::Owner => "owner",
                    protocol::RoomRole::Moderator => "moderator",
                    protocol::RoomRole::Member => "member",
                });
                let noted = Noted { text, ..of(Some(&it.by), Some(&it.user)) };
                note(db, at, Did::Role, &noted)?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::acts_of_people::MakeLink;
    use crate::log::acts_of_programs::{EndHook, MakeHook, Maker};
    use crate::log::apply::tests::{Log, name, room, say};
    use crate::log::event::{Act, Delete};
    use crate::log::sanction::{Kind, Lift, LiftBy, Sanction};
    use crate::people::code_hash::CodeHash;
    use crate::people::names::Owner;

    fn all(log: &Log) -> String {
        log.text(
            "SELECT coalesce(group_concat(did || ' ' || coalesce(whom, '-') || ' ' ||
                coalesce(room, '*') || ' ' || coalesce(by, '-'), ', '), '') FROM
                (SELECT * FROM audit ORDER BY entry)",
        )
    }

    fn ban(user: &str) -> Act {
        Act::Impose(Box::new(Sanction {
            kind: Kind::Ban,
            room: Some(room("dev")),
            user: name(user),
            person: None,
            key: None,
            until: None,
            reason: None,
            by: name("Mod"),
        }))
    }

    #[test]
    fn what_is_done_to_people_is_noted_with_who_did_it_and_what_is_said_is_not() {
        let mut log = Log::new();
        log.take("Ann", 1, 0).unwrap();
        let bob = log.take("Bob", 2, 0).unwrap();
        log.apply(Act::Say(say("Eve", None, "r")));
        let message = super::super::tests::id(log.id);
        let delete = || {
            let (room, by) = (room("dev"), name("Mod"));
            Act::Delete(Box::new(Delete { room, message, by, reference: None }))
        };
        log.apply(delete());
        log.apply(delete());
        log.apply(ban("Eve"));
        let lift = |user| Lift {
            kind: Kind::Ban,
            room: Some(room("dev")),
            owner: Owner::of(None, &name(user)),
        };
        log.apply(Act::LiftBy(Box::new(LiftBy { lift: lift("Eve"), by: name("Mod") })));
        log.apply(ban("Tom"));
        log.apply(Act::Lift(Box::new(lift("Tom"))));
        log.apply(Act::Lift(Box::new(lift("Tom"))));
        let code = CodeHash::of(&protocol::AccessCode::from_random(&[1; 5]));
        let link = MakeLink { name: name("Ann"), code, makes_room: true };
        log.apply(Act::MakeLink(Box::new(link)));
        log.apply(Act::ReleaseName(name("Ann")));
        log.apply(Act::ReleaseName(name("Ann")));
        let by = Maker { person: Some(bob), moderates_all: true };
        let secret = CodeHash::of(&protocol::AccessCode::from_random(&[2; 5]));
        let make =
            MakeHook { room: room("dev"), name: name("builds"), secret, mentions: false, by };
        log.apply(Act::MakeHook(Box::new(make)));
        let by = Maker::OPERATOR;
        log.apply(Act::EndHook(Box::new(EndHook { hook: 1, by })));
        log.apply(Act::EndHook(Box::new(EndHook { hook: 1, by })));
        assert_eq!(
            all(&log),
            "delete Eve dev Mod, ban Eve dev Mod, unban Eve dev Mod, ban Tom dev Mod, unban Tom dev -, \
             link Ann * -, release Ann * -, hook - dev Bob, unhook - dev -"
        );
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let mut log = Log::new();
        log.write(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {AUDIT_MAX})
             INSERT INTO audit (at, did) SELECT i, 'ban' FROM n"
        ));
        log.apply(ban("Eve"));
        let count = "SELECT count(*) || ' ' || min(at) FROM audit";
        assert_eq!(log.text(count), format!("{AUDIT_MAX} 2"));
    }
}
