//! Files of other programs, piece by piece.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use protocol::RoomName;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::piece::{Piece, SourceError, Target};
use super::read::read_file;
use crate::log::acts_of_operator::{Import, Imported};

fn archives() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives")
}

/// Each piece in a line: who said what when, with what it answers and what is on it, or why it is not taken.
fn pieces(file: &Path, target: &Target) -> Result<Vec<String>, SourceError> {
    let mut pieces = Vec::new();
    read_file(File::open(file).unwrap(), target, |piece| {
        pieces.push(match piece {
            Piece::LeftOut(reason, count) => format!("{count} left out: {reason}"),
            Piece::Import(import, changed) => told(&import, &changed),
        });
        Ok::<_, SourceError>(())
    })?;
    Ok(pieces)
}

fn told(import: &Import, changed: &[&str]) -> String {
    let Import { room, sender, at, what, .. } = import;
    let mut told =
        format!("{room} {at} {sender}: ", room = room.as_str(), sender = sender.as_str());
    match what {
        Imported::Topic(topic) => told += &format!("is about {}", topic.as_str()),
        Imported::Message(it) => {
            told += it.content.as_ref().map_or("(deleted)", |content| content.as_str());
            if let Some(reply) = &it.reply {
                told += &format!(" -> {}", reply.as_str());
            }
            if let Some(edited) = it.edited {
                told += &format!(" edited {edited}");
            }
            if it.bot {
                told += " (bot)";
            }
            for it in &it.reactions {
                let users: Vec<_> = it.users.iter().map(|user| user.as_str()).collect();
                told += &format!(" {}{} {}", it.emoji.as_str(), it.count, users.join("+"));
            }
        }
    }
    for reason in changed {
        told += &format!(" [{reason}]");
    }
    told
}

fn target(into: Option<&str>) -> Target {
    let into = into.map(|room| RoomName::known(room).unwrap());
    Target { into, now: 1_700_000_000_000, ..Target::default() }
}

fn zip(folder: &Path, to: &Path) {
    let mut zip = ZipWriter::new(File::create(to).unwrap());
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&fs::read(&path).unwrap()).unwrap();
        }
    }
    zip.finish().unwrap();
}

#[test]
fn a_zip_of_slack_is_read_channel_by_channel() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slack.zip");
    zip(&archives().join("slack"), &file);
    let pieces = pieces(&file, &target(None)).unwrap();
    assert_eq!(
        pieces,
        [
            "general 1600000000000 Ann: is about Everything & more",
            "1 left out: files of the zip that hold no messages",
            "1 left out: in private and direct rooms: --from and --into together take one of them",
            "1 left out: joins, leaves and changes of channels",
            "general 1600000001000 Ann: Hello @Bob Ray, see #quiet and [the *page*](https://a.example/?a=1&b=2) <now> \
             👍3 Bob Ray+Ann Fox+Ann [reactions that are no emoji of Unicode: left out]",
            "general 1600000002000 Bob Ray: an **answer** -> slack:C1:1600000001.000100 edited 1600000009000",
            "general 1600000003000 Ann Fox: another -> slack:C1:1600000001.000100",
            "general 1600000004000 Ann: /me waves",
            "general 1600000005000 builds: build 7 [failed](https://ci.example/7) (bot)",
            "general 1600000006000 Zed  the very long name of someb: [plan.pdf](https://slack.example/plan) \
             [by names that nobody can have here: what fits of them] [files: links to where they are]",
            "general 1600000007000 USLACKBOT: (deleted)",
            "1 left out: without any visible text",
            "1 left out: that are no messages of Slack's",
            "general 1600100000000 U9: answers to what is not here -> slack:C1:1500000000.000000",
            "1 left out: in private and direct rooms: --from and --into together take one of them",
        ]
    );
}

#[test]
fn one_folder_of_a_zip_goes_where_the_operator_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slack.zip");
    zip(&archives().join("slack"), &file);
    let from = Some(RoomName::try_from("secret").unwrap());
    let pieces = pieces(&file, &Target { from, ..target(Some("+abc")) }).unwrap();
    let taken: Vec<_> = pieces.iter().filter(|it| !it.contains("left out")).collect();
    assert_eq!(taken, ["+abc 1600000001000 Ann: secret"]);
    assert!(pieces.contains(&"1 left out: in other rooms than that of --from".to_owned()));
}

#[test]
fn what_few_could_read_goes_nowhere_with_all_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slack.zip");
    zip(&archives().join("slack"), &file);
    let pieces = pieces(&file, &target(Some("lobby"))).unwrap();
    assert!(
        pieces.iter().any(|it| it.starts_with("lobby 1600000001000 Ann: Hello")),
        "{pieces:#?}"
    );
    assert!(!pieces.iter().any(|it| it.contains("Ann: secret")), "{pieces:#?}");
}

#[test]
fn a_zip_that_is_none_of_slack_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (file, inside) = (folder.path().join("other.zip"), folder.path().join("inside"));
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("users.json"), "{}").unwrap();
    zip(&inside, &file);
    let error = pieces(&file, &target(None)).unwrap_err();
    assert!(error.to_string().contains("not a list of Slack's"), "{error}");
    fs::rename(inside.join("users.json"), inside.join("people.json")).unwrap();
    zip(&inside, &file);
    let error = pieces(&file, &target(None)).unwrap_err();
    assert_eq!(error.to_string(), "not an export from Slack: it has no file users.json");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(pieces(&file, &target(None)).is_err());
}

#[test]
fn a_log_of_weechat_is_read_line_by_line() {
    let pieces = pieces(&archives().join("weechat.log"), &target(Some("dev"))).unwrap();
    assert_eq!(
        pieces,
        [
            "1 left out: joins, leaves and other news of the channel",
            "dev 1600000001000 Ann: hello",
            "dev 1600000001000 Ann: hello",
            "dev 1600000002000 Bob: /me waves\tat all",
            "1 left out: joins, leaves and other news of the channel",
            "dev 1600000004000 [bot]{x}: bold and red 12 [colours and the like: left out]",
            "1 left out: lines that no such log has",
        ]
    );
}

#[test]
fn a_log_of_irssi_is_read_line_by_line_in_the_time_of_its_place() {
    let target = Target { utc_offset_s: 2 * 60 * 60, ..target(Some("dev")) };
    let pieces = pieces(&archives().join("irssi.log"), &target).unwrap();
    // 23:59 there is 21:59 in UTC.
    assert_eq!(
        pieces,
        [
            "1 left out: joins, leaves and other news of the channel",
            "dev 1600034340000 Ann: hello <there>",
            "dev 1600034340000 Bob:  two spaces",
            "dev 1600034340000 Ann: /me waves",
            "1 left out: joins, leaves and other news of the channel",
            "dev 1600034400000 Bob: the next day",
            "dev 1600034490000 Bob: with seconds",
            "1 left out: before the first line with a date",
            "1 left out: lines that no such log has",
        ]
    );
}

#[test]
fn what_is_said_twice_in_a_log_is_taken_twice_and_no_more_when_it_is_read_again() {
    let file = archives().join("weechat.log");
    let origins = || {
        let mut origins = Vec::new();
        read_file(File::open(&file).unwrap(), &target(Some("dev")), |piece| {
            if let Piece::Import(import, _) = piece {
                origins.push(import.origin.as_str().to_owned());
            }
            Ok::<_, SourceError>(())
        })
        .unwrap();
        origins
    };
    let first = origins();
    assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), first.len());
    assert_eq!(origins(), first);
}

#[test]
fn a_log_goes_into_no_room_that_nobody_named() {
    let error = pieces(&archives().join("irssi.log"), &target(None)).unwrap_err();
    assert!(matches!(error, SourceError::NoRoom), "{error}");
}
