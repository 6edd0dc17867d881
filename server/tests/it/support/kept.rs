//! A server whose database is a file that the operator's commands find.

use std::path::PathBuf;

use server::{Config, Db};
use tempfile::TempDir;

use crate::support::harness::{TestServer, get};

pub(crate) async fn kept() -> (TestServer, TempDir) {
    kept_with(Config::for_tests()).await
}

pub(crate) async fn kept_with(config: Config) -> (TestServer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(Config { db: Db::File(file(&folder)), ..config }).await;
    // It has opened its database.
    assert!(get(server.metrics, "/readyz").await.contains(" 200 "));
    (server, folder)
}

/// The database in the folder.
pub(crate) fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("nebula.db")
}
