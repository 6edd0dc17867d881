//! The examples in the documentation do what is said there.

use std::fs;
use std::process::Stdio;

use tokio::process::Command;
use tokio::time::timeout;

use super::Bot;
use crate::rooms::{ANN, comes_to, says};
use crate::support::harness::PATIENCE;
use crate::support::kept::{file, kept};

/// An example in this language, of those that there are.
pub(crate) fn example(language: &str, nth: usize) -> String {
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/bots.md")).unwrap();
    let fence = format!("\n```{language}\n");
    let example = docs.split(&fence).nth(nth + 1).unwrap();
    example.split_once("\n```\n").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_lines_of_shell_tell_a_room_what_a_command_prints() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["shell", "--rooms", "ops"]);
    let mut ann = comes_to(&server, "ops", ANN).await;
    let script = folder.path().join("tell.sh");
    let text = example("sh", 0);
    assert!(text.lines().count() <= 10);
    fs::write(&script, text).unwrap();
    let mut tell = Command::new("sh");
    tell.arg(&script).args(["ops", "printf", r#"a\t"b"\n\\%s\n"#, "c"]);
    tell.env("NEBULA", format!("http://{}", server.address)).env("TOKEN", &bot.token);
    let told = timeout(PATIENCE, tell.output()).await.unwrap().unwrap();
    assert!(told.status.success(), "{told:?}");
    let heard = ann.message().await;
    assert_eq!(heard.content.as_str(), "a       \"b\"\n\\c\n");
    drop(ann);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_lines_of_python_answer_a_command() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["clock", "--rooms", "dev"]);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "!uptime").await;
    let script = folder.path().join("answer.py");
    let text = example("python", 0);
    assert!(text.lines().count() <= 20);
    // When it says that it runs, it has seen what was said before.
    fs::write(&script, text.replace("while True:", "print(seen, flush=True)\nwhile True:"))
        .unwrap();
    let mut answer = Command::new("python3");
    answer.arg(&script).stdout(Stdio::piped()).kill_on_drop(true);
    answer.env("NEBULA", format!("http://{}", server.address)).env("TOKEN", &bot.token);
    let mut running = answer.spawn().unwrap();
    let mut printed = [0; 1];
    let stdout = running.stdout.as_mut().unwrap();
    timeout(PATIENCE, tokio::io::AsyncReadExt::read_exact(stdout, &mut printed))
        .await
        .unwrap()
        .unwrap();
    let asked = says(&mut ann, "dev", "!uptime").await;
    let heard = ann.message().await;
    assert_eq!(heard.reply.map(|id| id.get()), Some(asked));
    assert!(heard.bot && heard.content.as_str().contains("load average"), "{heard:?}");
    running.kill().await.unwrap();
    drop(ann);
    server.stop().await;
}
