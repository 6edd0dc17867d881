//! What an operator does beside the server, with a database of an earlier one.

use std::fs;

use server::{Config, Db};

use super::{DEV, NAMES, OLDEST, OTHER, Old, Said, resume};
use crate::support::child::operator;
use crate::support::harness::TestServer;

fn lines(old: &Old, arguments: &[&str]) -> Vec<String> {
    let (code, told) = operator(arguments, "--db", &old.path());
    assert_eq!(code, Some(0), "{arguments:?}, version {}: {told}", old.version);
    told.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn names_and_bans_are_listed_when_a_server_has_brought_it_up_to_date() {
    for old in Old::since(1) {
        old.start().await.stop().await;
        let names = lines(&old, &["names"]);
        let names: Vec<_> = names.iter().map(|line| line.rsplit(' ').next().unwrap()).collect();
        let mut bans = lines(&old, &["bans"]);
        for line in &mut bans {
            let until = line.split_whitespace().nth(2).unwrap().to_owned();
            if until != "always" {
                assert!(until.starts_with("20"), "{line}");
                *line = line.replace(&until, "later");
            }
        }
        bans.sort_unstable();
        if old.version < NAMES {
            assert_eq!((names.len(), bans.len()), (0, 0));
            continue;
        }
        assert_eq!(names, ["Bea", "Eve", "Kim", "Mod", "Zelda", "Zoe"]);
        let wanted = [
            "ban  #dev always Zoe, by Mod",
            "ban  #dev later Ned, by Mod",
            "ban  #dev later Zelda, by Mod",
            "ban  * always Eve, by Mod: spam, \"again\"",
            "mute #dev later Kim, by Mod: calm down",
            "mute * later Tom, by Mod",
        ];
        assert_eq!(bans, wanted, "version {}", old.version);
    }
}

#[tokio::test]
async fn before_that_they_say_what_to_do_and_change_nothing() {
    let current = {
        let old = Old::of(OLDEST);
        old.start().await.stop().await;
        old.schema_version()
    };
    for old in Old::since(1).filter(|old| old.version < current) {
        let before = fs::read(old.path()).unwrap();
        for command in ["names", "bans"] {
            let (code, told) = operator(&[command], "--db", &old.path());
            assert_eq!(code, Some(2), "{told}");
            assert!(told.contains("start this one's server first"), "{told}");
        }
        assert!(fs::read(old.path()).unwrap() == before, "version {}", old.version);
    }
}

#[tokio::test]
async fn a_backup_is_one_before_and_after() {
    for old in Old::since(1) {
        let (said, open) = {
            let all = old.said();
            let is_open = |said: &&Said| !said.room.starts_with(['+', '@']);
            (all.len(), all.iter().filter(is_open).count())
        };
        let folder = old.folder.path();
        let (first, second) = (folder.join("first.db"), folder.join("second.db"));
        for copy in [&first, &second] {
            let told = lines(&old, &["backup", copy.to_str().unwrap()]);
            assert!(told[0].contains(&format!("{said} messages")), "{told:?}");
            old.start().await.stop().await;
        }
        for copy in [first, second] {
            let config = Config { db: Db::File(copy), ..old.config() };
            let server = TestServer::start_with(config).await;
            let mut found = 0;
            for room in [DEV, OTHER, "lobby"] {
                found += resume(&server, room, 0).await.messages.len();
            }
            assert_eq!(found, open, "version {}", old.version);
        }
    }
}
