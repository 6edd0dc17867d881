//! Databases of nodes, compared row by row.

use std::path::PathBuf;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use crate::support::engine::again;

/// How far a database has come: that of a node that runs goes on each second.
const MOVES: [&str; 2] = ["cluster", "nodes"];

/// All rows of all tables.
pub(super) fn rows(db: &PathBuf) -> Vec<String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(db, flags).unwrap();
    // How the index of words is laid out depends on when messages came into it.
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'
        AND name NOT LIKE 'search%' ORDER BY name";
    let mut tables = db.prepare(tables).unwrap();
    let tables: Result<Vec<String>, _> = tables.query_map([], |row| row.get(0)).unwrap().collect();
    let mut all = Vec::new();
    for table in tables.unwrap().iter().filter(|table| !MOVES.contains(&table.as_str())) {
        let mut select = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = select.column_count();
        let row = select.query_map([], |row| {
            let values: Result<Vec<Value>, _> = (0..columns).map(|at| row.get(at)).collect();
            Ok(format!("{table} {:?}", values?))
        });
        let mut rows: Vec<String> = row.unwrap().collect::<Result<_, _>>().unwrap();
        rows.sort();
        all.append(&mut rows);
    }
    assert!(!all.is_empty());
    all
}

/// Waits until the databases are equal, as they are when nobody says anything.
pub(super) async fn are_equal(databases: &[PathBuf]) -> Vec<String> {
    again(async || {
        let first = rows(&databases[0]);
        databases[1..].iter().all(|other| rows(other) == first).then_some(first)
    })
    .await
}
