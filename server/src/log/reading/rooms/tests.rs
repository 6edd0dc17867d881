//! How much work a list of rooms is, with very many of them.

use rusqlite::StatementStatus;

use super::*;
use crate::log::database::Database;

/// Open rooms, private rooms of others, and so many that are the asker's.
const OPEN: i64 = 10_000;
const OTHERS: i64 = 10_000;
const MINE: i64 = 1_000;

fn filled() -> Connection {
    let db = Database::memory().unwrap().writer().unwrap();
    let numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)";
    let open = format!(
        "{numbers} INSERT INTO rooms (key, name, sort)
        SELECT printf('r%06d', n), printf('r%06d', n), printf('r%06d', n) FROM n"
    );
    db.execute(&open, [OPEN]).unwrap();
    for (who, count) in [("1000 + n", OTHERS), ("1", MINE)] {
        let private = format!(
            "{numbers} INSERT INTO rooms (key, name, kind, title, sort)
            SELECT '+' || ?2 || n, '+' || ?2 || n, 1, 'Ops', 'ops' FROM n"
        );
        db.execute(&private, params![count, who]).unwrap();
        let members = format!(
            "{numbers} INSERT INTO members
            SELECT r.id, {who}, 3, 1, 1, 'A', 'A', 'a', 'ops' FROM n
            JOIN rooms r ON r.key = '+' || ?2 || n"
        );
        db.execute(&members, params![count, who]).unwrap();
    }
    db
}

/// Steps of SQLite's machine that a statement takes.
fn steps(db: &Connection, select: &str, bounds: &[&dyn rusqlite::ToSql]) -> (usize, i32) {
    let mut select = db.prepare(select).unwrap();
    let found = select.query_map(bounds, |_| Ok(())).unwrap().take(ROOMS_MAX + 1).count();
    (found, select.get_status(StatementStatus::VmStep))
}

#[test]
fn a_page_of_ten_thousand_rooms_is_as_much_work_as_one_of_a_hundred() {
    let db = filled();
    for after in ["", "r000100", "r009800"] {
        let (found, steps) = steps(&db, EVERYBODYS, &[&after, &after, &""]);
        assert!(found == 101 && steps < 4_000, "{steps} steps behind {after:?}");
    }
    // Who looks for a text goes through all open rooms, and through nothing else.
    let (found, steps_of_all) = steps(&db, EVERYBODYS, &[&"", &"", &"nowhere"]);
    assert!(found == 0 && steps_of_all < 40 * 10_000, "{steps_of_all} steps for all");
    // Of rooms of the asker all are read that have the same title, and none of others.
    let bounds: [&dyn rusqlite::ToSql; 5] = [&1, &"", &"", &"", &true];
    let (found, steps_of_mine) = steps(&db, THEIRS, &bounds);
    assert!(found == 101 && steps_of_mine < 60 * 1_000, "{steps_of_mine} steps for the asker's");
}
