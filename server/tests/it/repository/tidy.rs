//! What the house asks of every file: a head that says what lives there, a size that can be read,
//! and no knowledge of what it should not know.

use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// What may not stand in the code of a place, besides what it may not import (`imports`).
const MAY_NOT_KNOW: &[(&str, &[&str])] = &[
    // These panic when nobody reads any more, or a disk is full.
    ("server/src", &["serde_json", "print!(", "println!("]),
    ("server/src/config/files.rs", &["crate::"]),
    ("server/src/log/time/judge.rs", &["crate::", "Instant", "SystemTime", "tracing"]),
    ("server/src/lifecycle/parts.rs", &["crate::"]),
    ("server/src/monitoring/readiness.rs", &["crate::", "tracing"]),
    ("server/src/http/assets", &["hyper", "tokio", "crate::"]),
    ("server/src/http/assets/bundle.rs", &["super::", "files", "std::fs"]),
    ("server/src/http/request.rs", &["connection::engine", "tokio"]),
    ("server/src/monitoring/warnings.rs", &["crate::"]),
    ("server/src/people/key_hash.rs", &["crate::"]),
    ("server/src/auth/origin.rs", &["tokio"]),
    ("server/src/auth/token.rs", &["crate::people::names", "Outbox", "tracing"]),
    ("server/src/auth/signing.rs", &["crate::", "tracing"]),
    ("server/src/listen/socket.rs", &["crate::"]),
    ("server/src/listen/stall.rs", &["crate::"]),
    ("server/src/listen/tls/certificate.rs", &["crate::", "std::fs", "rustls", "SystemTime"]),
    ("server/src/config/pem.rs", &["crate::", "std::fs"]),
    ("server/src/config/reload.rs", &["crate::", "signal"]),
    ("server/src/auth/sanctions/mod.rs", &["tokio", "Instant", "SystemTime", "crate::outbox"]),
    ("server/src/cli/admin.rs", &["tokio", "clap"]),
    (
        "server/src/connection/session",
        &["tokio", "Instant", "SystemTime", "async ", "Engine", "Outbox", "fastrand", "tracing"],
    ),
    ("server/src/connection/write_pump.rs", &["ToServer", "read_pump", "crate::hub", "crate::log"]),
    ("server/src/connection/rate_limits.rs", &["tokio", "Instant"]),
    ("server/src/listen/connection_limiter.rs", &["tokio"]),
    ("server/src/http/health.rs", &["crate::hub", "crate::log", "crate::people"]),
    ("server/src/log/event.rs", &["tokio", "rusqlite", "Instant", "SystemTime", "crate::config"]),
    (
        "server/src/log/apply",
        &["tokio", "Instant", "SystemTime", "super::time", "fastrand", "random", "crate::config"],
    ),
    ("server/src/log/sequencer.rs", &["tokio", "rusqlite", "Instant", "SystemTime", "Say"]),
    (
        "server/src/log/effects.rs",
        &["tokio", "rusqlite", "Instant", "SystemTime", "thread", "async "],
    ),
    ("server/src/log/writer", &["rusqlite", "SELECT"]),
    (
        "server/src/log/order",
        &["tokio::time", "Instant", "SystemTime", "fastrand", "random", "crate::config", "async "],
    ),
    ("server/src/log/memory/ring.rs", &["rusqlite"]),
    ("server/src/log/reading/turns.rs", &["tokio", "Instant", "thread", "rusqlite"]),
    ("server/src/log/reading/mod.rs", &["rusqlite", "SELECT"]),
    ("server/src/hub/core.rs", &["async "]),
    ("server/src/hub/room.rs", &["async "]),
    ("server/src/hub/presence.rs", &["async "]),
    ("tui-client/src/screen/view", &["&mut Screen"]),
    ("tui-client/src/screen/rows", &["&mut Screen"]),
    ("web/view", &["innerHTML", "outerHTML", "insertAdjacentHTML", ".style"]),
    ("web/app.js", &["innerHTML", "outerHTML", "insertAdjacentHTML"]),
    ("web/main.js", &["innerHTML", "outerHTML", "insertAdjacentHTML"]),
];

/// What may stand nowhere. Written in two halves, so that this list does not find itself.
const NOWHERE: &[(&str, &str)] = &[
    ("#[igno", "re"),
    ("todo", "!("),
    ("unimplemen", "ted!("),
    ("dbg", "!("),
    ("waitForTime", "out"),
    ("thread::sl", "eep"),
    ("FIX", "ME"),
    ("inner", "HTML ="),
];

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub(super) fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<_> =
        ["protocol", "server", "tui-client", "web"].map(|name| root().join(name)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["target", "node_modules", "golden"].contains(&name.as_str()) {
                folders.push(path);
            } else if ["rs", "js", "css", "html"]
                .iter()
                .any(|end| path.extension().is_some_and(|e| e == *end))
            {
                let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((relative, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 60, "only {} files found", found.len());
    found
}

/// Everything else is told the time, so that a test or a simulator can tell another.
#[test]
fn one_file_of_the_server_asks_the_machine_for_the_time_of_day() {
    let asks = |(name, text): &(String, String)| {
        name.starts_with("server/src/") && text.contains("SystemTime::now")
    };
    let who: Vec<_> = sources().into_iter().filter(asks).map(|(name, _)| name).collect();
    assert_eq!(who, ["server/src/log/time/clock.rs"]);
}

#[test]
fn every_file_says_what_lives_in_it() {
    for (name, text) in sources() {
        let head = match name.rsplit('.').next().unwrap() {
            "rs" => text.starts_with("//! "),
            "js" => text.starts_with("// "),
            "css" => text.starts_with("/* "),
            _ => text.contains("<!-- "),
        };
        assert!(head, "{name} has no head");
    }
}

#[test]
fn files_and_functions_can_be_read() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{name} has {lines} lines");
        for (function, lines) in functions(&text) {
            assert!(lines <= FUNCTION_LINES_MAX, "{name}: {function} has {lines} lines");
        }
    }
}

/// Functions begin with their keyword and end with the first closing brace of the same indent.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<_> = text.lines().collect();
    let is_function = |line: &str| {
        let line = line.trim_start().trim_start_matches("export ").trim_start_matches("async ");
        let line = line
            .strip_prefix("pub")
            .map_or(line, |rest| rest.split_once(' ').map_or("", |(_, rest)| rest));
        ["fn ", "async fn ", "const fn ", "function "].iter().any(|start| line.starts_with(start))
    };
    let starts = lines.iter().enumerate().filter(|(_, line)| is_function(line));
    let length = |(at, line): (usize, &&str)| {
        let indent = &line[..line.len() - line.trim_start().len()];
        let ends =
            |other: &&str| other.strip_prefix(indent).is_some_and(|rest| rest.starts_with('}'));
        let end = lines[at..].iter().position(ends).unwrap_or(0);
        (line.trim().to_owned(), end + 1)
    };
    starts.map(length).collect()
}

#[test]
fn no_file_knows_what_it_need_not() {
    let sources = sources();
    for (place, unknown) in MAY_NOT_KNOW {
        let files: Vec<_> = sources.iter().filter(|(name, _)| name.starts_with(place)).collect();
        assert!(!files.is_empty(), "{place} is not there");
        for (name, text) in files {
            if name.ends_with("tests.rs") {
                continue;
            }
            // Tests at the end of a file may know more, and comments may speak of anything.
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let is_comment = |line: &str| {
                ["//", "/*", "*"].iter().any(|start| line.trim_start().starts_with(start))
            };
            let code = code.lines().filter(|line| !is_comment(line));
            for line in code {
                let known = unknown.iter().find(|word| line.contains(**word));
                assert_eq!(known, None, "{name} knows too much: {line}");
            }
        }
    }
}

#[test]
fn nothing_is_left_for_later_and_nothing_waits_for_luck() {
    for (name, text) in sources() {
        for (one, half) in NOWHERE {
            assert!(!text.contains(&format!("{one}{half}")), "{name} holds {one}{half}");
        }
        if name.contains("/tests/") || name.contains("/test/") {
            assert!(!text.contains(&format!("sle{}(", "ep")), "{name} sleeps");
        }
    }
}

/// A path may leave out folders that its place in the text makes plain.
#[test]
fn pages_name_files_that_are_there() {
    let files: Vec<_> = sources().into_iter().map(|(name, _)| format!("/{name}")).collect();
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages =
        ["ARCHITECTURE.md", "README.md", "SECURITY.md", "deny.toml"].map(|it| root().join(it));
    let mut named = 0;
    let docs = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    for page in docs.chain(pages) {
        let text = fs::read_to_string(&page).unwrap();
        let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
        for path in
            quoted.filter(|it| it.ends_with(".rs") || it.ends_with(".js")).flat_map(expanded)
        {
            let there = files.iter().any(|file| file.ends_with(&format!("/{path}")));
            assert!(there, "{} names {path}, which is not there", page.display());
            named += 1;
        }
    }
    assert!(named > 80, "only {named} files are named");
}

/// `a/{b,c}.rs` is two paths.
fn expanded(path: &str) -> Vec<String> {
    match path.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?))) {
        Some((start, (middle, end))) => {
            middle.split(',').map(|it| format!("{start}{it}{end}")).collect()
        }
        None => vec![path.to_owned()],
    }
}
