//! Whether a program that is to be made may have a name: not one that a reader would take for a kept name, of people
//! and bots, or for that of a hook.
//!
//! All are compared where it is asked for, before it gets a place in the order. This file does not know who asks.

use protocol::{Refusal, UserName};
use rusqlite::Connection;

use super::reader::Reader;
use crate::log::database::column::checked;
use crate::people::names::Looks;

impl Reader {
    pub(in crate::log) fn may_look_so(
        &self,
        name: &UserName,
    ) -> rusqlite::Result<Result<(), Refusal>> {
        may_look_so(self.db(), name)
    }
}

/// That of another with the same name is looked for elsewhere.
pub(in crate::log) fn may_look_so(
    db: &Connection,
    name: &UserName,
) -> rusqlite::Result<Result<(), Refusal>> {
    let mut looks = Looks::default();
    looks.add(name);
    let mut select =
        db.prepare_cached("SELECT name FROM names UNION ALL SELECT name FROM hooks")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let other = checked(0, UserName::known(row.get_ref(0)?.as_str()?))?;
        if looks.like(&other).contains(name.key()) {
            return Ok(Err(Refusal::NameSimilar(other.as_str().into())));
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_names_and_those_of_hooks_are_found_by_their_looks_and_equal_ones_are_not() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE names (name TEXT);
             CREATE TABLE hooks (name TEXT);
             INSERT INTO names VALUES ('Ann'), ('builds'), ('\u{440}\u{430}\u{443}');
             INSERT INTO hooks VALUES ('grafana'), ('grafana');",
        )
        .unwrap();
        for (name, like) in [
            ("\u{410}nn", Some("Ann")),
            ("bui1ds", Some("builds")),
            ("pay", Some("\u{440}\u{430}\u{443}")),
            ("gr\u{430}fana", Some("grafana")),
            ("Grafana", None),
            ("builds", None),
            ("deploys", None),
        ] {
            let found = may_look_so(&db, &UserName::try_from(name).unwrap()).unwrap();
            let wanted = like.map_or(Ok(()), |like| Err(Refusal::NameSimilar(like.into())));
            assert_eq!(found, wanted, "{name}");
        }
    }
}
