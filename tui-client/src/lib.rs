//! Nebula's terminal client, Elm-shaped: [`event::Event`] says what happened,
//! [`update::update`] changes the [`model::Model`] and answers with [`event::Action`]s,
//! [`view::view`] draws. Both are pure; [`run`] is the one loop that does input and output.
//!
//! [`plain`], [`send`] and [`tail`] do the same without a screen: they share the model, the update
//! and the connection, and have no `view`.

#![allow(missing_docs, reason = "a binary's inside, public for its tests alone")]

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use clap::CommandFactory as _;

use args::{Args, Command};
use run::Exit;
use settings::Settings;

pub mod args;
pub mod commands;
pub mod complete;
pub mod config;
mod disk;
pub mod doer;
pub mod drawn;
mod editor;
pub mod event;
pub mod hues;
pub mod input;
pub mod keys;
pub mod links;
pub mod memory;
pub mod model;
pub mod net;
mod output;
pub mod paint;
pub mod people;
pub mod plain;
pub mod rows;
pub mod run;
pub mod scroll;
pub mod send;
mod session;
pub mod settings;
pub mod tail;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod trust;
pub mod update;
pub mod view;

/// Does what the arguments ask for.
///
/// # Errors
/// If a setting is wrong, or the terminal or a file does not obey. The sentence is for the person.
pub fn start(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        Some(Command::Completions { shell }) => return print(&completions(*shell)),
        Some(Command::Man { command }) => return print(&manual(command.as_deref())?),
        _ => {}
    }
    let mut settings = Settings::gather(&args.options)?;
    if !matches!(args.command, Some(Command::Send { .. })) {
        let fault = settings.zone_fault.take();
        settings.warnings.extend(fault);
    }
    for warning in &settings.warnings {
        session::tell(warning);
    }
    if args.options.print_config {
        return print(settings.to_string().as_bytes());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(async {
        let seconds = |wait: &u64| Duration::from_secs(*wait);
        match &args.command {
            Some(Command::Send { text, wait }) => {
                send::send(&settings, text.as_deref(), seconds(wait)).await
            }
            Some(Command::Tail { json, lines, since, wait }) => {
                let (before, wait) = (*lines, seconds(wait));
                let wanted = tail::Wanted { before, since: *since, json: *json, wait };
                tail::tail(&settings, &wanted).await
            }
            _ if settings.plain || !can_draw() => plain::plain(&settings).await,
            _ => run::chat(&settings).await,
        }
    });
    // A name that is being resolved, or a terminal that is being read, must not keep the program.
    runtime.shutdown_background();
    exit
}

/// There is somebody at a terminal that can move its cursor.
fn can_draw() -> bool {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "nebula", &mut text);
    text
}

fn manual(about: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut all = Args::command();
    all.build();
    let command = match about {
        None => all,
        Some(name) => all
            .find_subcommand(name)
            .cloned()
            .with_context(|| format!("unknown command {name:?}; nebula --help lists them"))?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    Ok(text)
}

/// Prints a fault in the arguments, or the help or version that they ask for.
///
/// # Errors
/// If standard output cannot be written, for another reason than that nobody reads it.
pub fn print_instead(told: &clap::Error) -> anyhow::Result<Exit> {
    let printed = told.print();
    match told.use_stderr() {
        // Whoever would read it may be what is gone.
        true => Ok(Exit::Unreachable),
        false => output::is_read(printed.and_then(|()| io::stdout().flush())).map(|_| Exit::Well),
    }
}

fn print(text: &[u8]) -> anyhow::Result<Exit> {
    output::write(text)?;
    Ok(Exit::Well)
}
