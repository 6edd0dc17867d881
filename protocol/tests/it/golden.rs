//! Every golden frame is read, and written again as the very same JSON.

use std::fs;
use std::path::Path;

use protocol::{ToClient, ToServer};
use serde_json::Value;

fn check(direction: &str, rewritten: impl Fn(&str) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with(direction) {
            continue;
        }
        files += 1;
        let golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let frames = golden["frames"].as_array().unwrap();
        assert!(!frames.is_empty(), "{name}");
        for frame in frames {
            let again: Value = serde_json::from_str(&rewritten(&frame.to_string())).unwrap();
            assert_eq!(again, *frame, "{name}");
        }
    }
    assert!(files >= 4, "only {files} files of {direction}");
}

#[test]
fn frames_to_the_server_stay_readable() {
    check("to_server", |frame| ToServer::parse(frame).unwrap().encode());
}

#[test]
fn frames_to_clients_stay_readable() {
    check("to_client", |frame| ToClient::parse(frame).unwrap().encode());
}
