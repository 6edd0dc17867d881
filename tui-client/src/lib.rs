//! Nebula's terminal client: one [`chat`] core, and two ways to meet it, on a [`screen`] or
//! [`headless`], in lines. [`cli`] has the arguments and settings, [`net`] the connection, and `effects`
//! does what the core asks for.

#![allow(missing_docs, reason = "a binary's inside, public for its tests alone")]

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use clap::CommandFactory as _;

use chat::memory::name_of_last_time;
use cli::args::{Args, Command};
use cli::settings::Settings;
use exit::Exit;
use headless::{by_title, plain, send, tail};

mod address;
mod answers;
pub mod chat;
pub mod cli;
mod clock;
pub mod code;
mod disk;
pub mod effects;
pub mod exit;
pub mod folders;
pub mod headless;
pub mod net;
mod output;
pub mod screen;
pub mod text;

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
    let folder = folders::state_folder().ok();
    settings.take_name_of_last_time(|server, login| {
        name_of_last_time(folder.as_deref()?, server, login)
    });
    for warning in &settings.warnings {
        output::tell(warning);
    }
    if args.options.print_config {
        return print(settings.to_string().as_bytes());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(async {
        let seconds = |wait: &u64| Duration::from_secs(*wait);
        if let Some(Command::Send { wait, .. } | Command::Tail { wait, .. }) = &args.command
            && let Err(exit) = by_title::resolve(&mut settings, seconds(wait)).await
        {
            return Ok(exit);
        }
        match &args.command {
            Some(Command::Send { text, wait }) => {
                send::send(&settings, text.as_deref(), seconds(wait)).await
            }
            Some(Command::Tail { json, lines, since, wait }) => {
                let (before, wait) = (*lines, seconds(wait));
                let wanted = tail::Wanted { before, since: *since, json: *json, wait };
                tail::tail(&settings, &wanted).await
            }
            _ if settings.plain || !can_draw() => {
                if settings.goto.is_some() {
                    output::tell("plain mode goes to no message; this is its room");
                }
                plain::plain(&settings).await
            }
            _ => screen::run::run(&settings).await,
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
        true => Ok(Exit::UsageOrConnection),
        false => {
            output::is_read(printed.and_then(|()| io::stdout().flush())).map(|_| Exit::Success)
        }
    }
}

fn print(text: &[u8]) -> anyhow::Result<Exit> {
    output::write(text)?;
    Ok(Exit::Success)
}
