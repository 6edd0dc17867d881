//! Bots: persons that are programs. How one is made and ended, and whether somebody is one.
//!
//! A bot has a kept name, which does not expire, and one key, which stands for its token.

use std::collections::HashSet;

use protocol::{Refusal, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::audit::{self, Did, Noted};
use super::known::Known;
use super::{devices, names, persons};
use crate::log::acts_of_programs::MakeBot;
use crate::log::database::column::{person, signed};
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::PersonId;

/// Bots at a time: more than anybody looks after.
const BOTS_MAX: i64 = 1000;

/// Of who asks for a bot that is not there.
const NO_SUCH_BOT: Refusal = Refusal::NotFound("there is no bot of this name");

pub(super) fn make(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    make: &MakeBot,
) -> rusqlite::Result<Outcome> {
    if names::is_somebodys(db, &make.name)? {
        return Ok(Outcome::Refused(Refusal::NameClaimed));
    }
    let count: i64 =
        db.prepare_cached("SELECT count(*) FROM bots")?.query_row([], |row| row.get(0))?;
    if count >= BOTS_MAX {
        let why = "there are as many bots as are allowed: revoke some first";
        return Ok(Outcome::Refused(Refusal::NotAllowedHere(why)));
    }
    let bot = persons::make(db, event, Some(make.token))?;
    devices::add(db, (bot, event.at), (make.token, None), event.at)?;
    let number = signed(bot.get());
    let name = "INSERT INTO names (key, name, person, used) VALUES (?1, ?2, ?3, ?4)";
    let row = params![make.name.key(), make.name.as_str(), number, signed(event.at)];
    db.prepare_cached(name)?.execute(row)?;
    let insert = "INSERT INTO bots (person, name, token, rooms, reads_only, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(insert)?.execute(params![
        number,
        make.name.as_str(),
        make.token.as_bytes(),
        make.rooms.join("\n"),
        make.reads_only,
        signed(event.at),
    ])?;
    known.bots = None;
    note(db, event.at, Did::Bot, &make.name)?;
    Ok(Outcome::Kept(event.id))
}

/// Its name is free then. What it said stays, as a bot's.
pub(super) fn end(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    name: &UserName,
) -> rusqlite::Result<Outcome> {
    let select = "SELECT bots.person FROM bots JOIN names ON names.person = bots.person
        WHERE names.key = ?1";
    let found = db.prepare_cached(select)?.query_row([name.key()], |row| person(row, 0));
    let Some(bot) = found.optional()? else { return Ok(Outcome::Refused(NO_SUCH_BOT)) };
    for delete in [
        "DELETE FROM bots WHERE person = ?1",
        "DELETE FROM names WHERE person = ?1",
        "DELETE FROM keys WHERE person = ?1",
    ] {
        db.prepare_cached(delete)?.execute([signed(bot.get())])?;
    }
    known.bots = None;
    note(db, event.at, Did::RevokeBot, name)?;
    Ok(Outcome::BotEnded(bot))
}

fn note(db: &Connection, at: u64, did: Did, name: &UserName) -> rusqlite::Result<()> {
    audit::note(db, at, did, &Noted { whom: Some(name), ..Noted::default() })
}

/// Whether somebody is a bot.
pub(super) fn is_one(
    db: &Connection,
    known: &mut Known,
    person: PersonId,
) -> rusqlite::Result<bool> {
    if known.bots.is_none() {
        known.bots = Some(all(db)?);
    }
    Ok(known.bots.as_ref().is_some_and(|bots| bots.contains(&person)))
}

fn all(db: &Connection) -> rusqlite::Result<HashSet<PersonId>> {
    let mut select = db.prepare_cached("SELECT person FROM bots")?;
    select.query_map([], |row| person(row, 0))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::apply::tests::{Log, id, name, say};
    use crate::log::event::Act;
    use crate::people::key_hash::KeyHash;
    use protocol::{BotToken, ToClient};

    fn token(number: u32) -> KeyHash {
        KeyHash::of_bot(&BotToken::new(&number.to_string()))
    }

    fn new(called: &str, number: u32) -> Act {
        let (rooms, reads_only) = (vec!["dev".into(), "ops-*".into()], false);
        Act::MakeBot(Box::new(MakeBot {
            name: name(called),
            token: token(number),
            rooms,
            reads_only,
        }))
    }

    fn number(log: &Log, called: &str) -> PersonId {
        let number = log.text(&format!("SELECT person FROM names WHERE key = '{called}'"));
        PersonId::made_by(id(number.parse().unwrap()))
    }

    #[test]
    fn a_bot_has_a_name_of_its_own_until_it_ends() {
        let mut log = Log::new();
        log.take("Ann", 1, 0).unwrap();
        assert_eq!(log.apply(new("ann", 1)), Outcome::Refused(Refusal::NameClaimed));
        assert!(matches!(log.apply(new("builds", 1)), Outcome::Kept(_)));
        assert_eq!(log.apply(new("Builds", 2)), Outcome::Refused(Refusal::NameClaimed));
        assert_eq!(log.take("builds", 2, u64::MAX), Err(Refusal::NameClaimed), "however old");
        let bot = number(&log, "builds");
        assert_eq!(log.apply(Act::EndBot(name("Builds"))), Outcome::BotEnded(bot));
        assert_eq!(log.apply(Act::EndBot(name("builds"))), Outcome::Refused(NO_SUCH_BOT));
        assert_eq!(log.apply(Act::EndBot(name("Ann"))), Outcome::Refused(NO_SUCH_BOT));
        log.take("builds", 2, 0).unwrap();
        assert_ne!(number(&log, "builds"), bot, "who takes the name inherits nothing");
    }

    #[test]
    fn what_a_bot_says_is_a_bots_and_what_others_say_is_not() {
        let mut log = Log::new();
        let ann = log.take("Ann", 1, 0).unwrap();
        let is_bots = |outcome| match outcome {
            Outcome::Said(message) => message.bot,
            other => panic!("{other:?}"),
        };
        assert!(!is_bots(log.apply(Act::Say(say("Ann", Some(ann), "1")))));
        log.apply(new("builds", 1));
        let bot = Some(number(&log, "builds"));
        assert!(is_bots(log.apply(Act::Say(say("builds", bot, "2")))));
        assert!(!is_bots(log.apply(Act::Say(say("Ann", Some(ann), "3")))));
        match log.apply(Act::Say(say("builds", bot, "2"))) {
            Outcome::Repeated(first) => match *first {
                ToClient::Message(message) => assert!(message.bot),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
        log.apply(Act::EndBot(name("builds")));
        assert!(!is_bots(log.apply(Act::Say(say("builds", None, "4")))));
    }

    #[test]
    fn there_are_so_many_bots() {
        let mut log = Log::new();
        for number in 0..u32::try_from(BOTS_MAX).unwrap() {
            assert!(matches!(log.apply(new(&format!("b{number}"), number)), Outcome::Kept(_)));
        }
        assert!(matches!(
            log.apply(new("more", 9999)),
            Outcome::Refused(Refusal::NotAllowedHere(_))
        ));
        log.apply(Act::EndBot(name("b7")));
        assert!(matches!(log.apply(new("more", 9999)), Outcome::Kept(_)));
    }
}
