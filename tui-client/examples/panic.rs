//! What is left of the terminal when a task panics: run it, and go on typing.

use nebula::links::Links;
use nebula::terminal::Screen;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut screen = Screen::take(true, true)?;
    screen.draw(true, "Panic".to_owned(), |_| Links::default())?;
    tokio::spawn(async { panic!("a task panics") });
    std::future::pending().await
}
