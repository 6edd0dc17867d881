//! What is left of the terminal when a task panics: run it, and go on typing.

use nebula::screen::terminal::OwnTerminal;
use nebula::screen::terminal::links::Links;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut terminal = OwnTerminal::take(true, true)?;
    terminal.draw(true, "Panic".to_owned(), |_| Links::default())?;
    tokio::spawn(async { panic!("a task panics") });
    std::future::pending().await
}
