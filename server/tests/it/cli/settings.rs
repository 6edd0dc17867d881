//! Settings as flags and as variables: what an empty one means, which values are taken, and that the
//! others are refused with what is wrong, where it comes from and an example, by a look at them as by
//! a start.

use std::process::{Command, Output};

use crate::support::child::operator;

/// All variables of the server's flags, from its own help.
fn variables() -> Vec<String> {
    let (_, help) = operator(&["--help"], "--db", ":memory:".as_ref());
    let names = help.split("[env: ").skip(1).map(|rest| rest.split('=').next().unwrap().to_owned());
    let names: Vec<_> = names.collect();
    assert!(names.len() > 25 && names.contains(&"NEBULA_TLS_CERT".to_owned()), "{names:?}");
    names
}

fn with(variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
    let Output { status, stdout, stderr } = output;
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

const LOOK: &[&str] = &["check-config", "--db", ":memory:"];
/// Ends at once with what is wrong with the rest: there is no such folder.
const START: &[&str] = &["--listen", "127.0.0.1:0", "--db", "/no/such/folder/x.db"];

#[test]
fn a_variable_that_is_empty_is_not_set() {
    let folder = tempfile::tempdir().unwrap();
    for name in variables() {
        for empty in ["", "  "] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
            command.arg("check-config").current_dir(&folder).env(&name, empty);
            let output = command.output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{name}={empty:?}: {told}");
        }
        let (_, told) = with(&[(&name, "")], START);
        assert!(told.contains("/no/such/folder/x.db"), "{name}: {told}");
    }
    // The commands have it from the same place.
    for command in ["names", "bans"] {
        let mut command_line = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command_line.arg(command).current_dir(&folder).env("NEBULA_DB", "");
        let output = command_line.output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains("nebula.db"), "{output:?}");
    }
    let (code, told) = with(&[("NEBULA_TOKEN_KEY", "")], &["token", "--user", "a", "--rooms", "b"]);
    assert!(code == Some(2) && told.contains("--token-key"), "{told}");
    assert!(told.contains("NEBULA_TOKEN_KEY"), "{told}");
}

#[test]
fn a_bad_value_of_a_variable_names_the_variable_and_a_flag_outranks_it() {
    for (name, value, flag, good) in [
        ("NEBULA_LISTEN", "nowhere", "--listen", "127.0.0.1:0"),
        ("NEBULA_METRICS_LISTEN", ":9464", "--metrics-listen", "127.0.0.1:9464"),
        ("NEBULA_SYNC", "maybe", "--sync", "full"),
        ("NEBULA_SHARDS", "many", "--shards", "2"),
        ("NEBULA_PING_INTERVAL", "soon", "--ping-interval", "25s"),
        (
            "NEBULA_ALLOW_ORIGIN",
            "https://a.example,b.example",
            "--allow-origin",
            "https://a.example",
        ),
        ("NEBULA_TRUST_PROXY", "10.0.0.0/8,proxy", "--trust-proxy", "10.0.0.0/8"),
        ("NEBULA_LOG_FORMAT", "xml", "--log-format", "json"),
        ("NEBULA_KEEP", "0s", "--keep", "30d"),
        ("NEBULA_OUTBOX_BYTES_MAX", "5", "--outbox-bytes-max", "1000000"),
    ] {
        for arguments in [LOOK, START] {
            let (code, told) = with(&[(name, value)], arguments);
            let is_named = told.contains(name) || arguments.contains(&flag);
            assert!(is_named && (told.contains(flag) || arguments.contains(&flag)), "{told}");
            assert_eq!(code, Some(2), "{name}: {told}");
        }
        let (code, told) = with(&[(name, value)], &[LOOK, &[flag, good]].concat());
        assert_eq!(code, Some(0), "{name}: {told}");
        // Who has it from a flag need not look elsewhere.
        let (code, told) = with(&[(name, good)], &[LOOK, &[flag, value]].concat());
        assert!(code == Some(2) && !told.contains(name), "{told}");
    }
    // What is wrong with settings of the server is nothing to a command that has none of them.
    let (_, told) = with(
        &[("NEBULA_LISTEN", "nowhere"), ("NEBULA_TLS_CERT", "x")],
        &["names", "--db", "/no/such"],
    );
    assert!(told.contains("/no/such") && !told.contains("NEBULA"), "{told}");
    let (code, told) = with(&[("NEBULA_TLS_CERT", "x")], LOOK);
    assert!(code == Some(2) && told.contains("NEBULA_TLS_KEY"), "{told}");
}

#[test]
fn what_could_never_work_is_refused_with_the_reason_and_an_example() {
    let never: &[(&str, &[&str], &[&str])] = &[
        ("--allow-origin", &["https://*.example", "*"], &["* stands for nothing", "https://chat"]),
        (
            "--allow-origin",
            &["chat.example", "wss://a.example"],
            &["begin with https://", "https://chat"],
        ),
        ("--allow-origin", &["https://a/b", "https://u@a"], &["more than scheme", "https://chat"]),
        ("--listen", &[":8080", "*:8080"], &["no address", "127.0.0.1:8080", "0.0.0.0:8080"]),
        ("--listen", &["8080", "localhost"], &["no port", "127.0.0.1:8080", "[::]:8080"]),
        ("--metrics-listen", &[":9464"], &["no address", "127.0.0.1:8080", "0.0.0.0:8080"]),
        ("--trust-proxy", &["0.0.0.0/0", "::/0"], &["everybody", "10.0.0.0/8"]),
        ("--trust-proxy", &["proxy.example", "10.0.0.0/33"], &["neither", "10.0.0.0/8"]),
        ("--ping-interval", &["25", "x"], &["like 30s", "--ping-interval"]),
        ("--stall-timeout", &["300000000000y"], &["100 years", "--stall-timeout"]),
        ("--threads", &["100000"], &["--threads is 100000", "1024"]),
        ("--db", &[""], &["--db", ":memory:"]),
    ];
    for (flag, values, parts) in never {
        for value in *values {
            for before in [&["check-config"][..], &[]] {
                let (code, told) = with(&[], &[before, &[flag, value]].concat());
                assert_eq!(code, Some(2), "{flag} {value}: {told}");
                for part in *parts {
                    assert!(told.contains(part), "{flag} {value} without {part}: {told}");
                }
            }
        }
    }
    for (flag, value) in [
        ("--listen", "localhost:0"),
        ("--metrics-listen", "localhost:0"),
        ("--allow-origin", "HTTPS://Chat.Example:443/"),
        ("--trust-proxy", "10.1.2.3/8,192.0.2.1,::1"),
    ] {
        let (code, told) = with(&[], &[LOOK, &[flag, value]].concat());
        assert_eq!(code, Some(0), "{flag} {value}: {told}");
    }
}
