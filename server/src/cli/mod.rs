//! What the binary does: arguments, environment, signals, logging and exit codes.

pub(crate) mod admin;
mod audit;
mod bots;
mod check;
#[cfg(feature = "cluster")]
mod cluster;
mod commands;
mod environment;
mod hooks;
mod json;
mod lines;
#[cfg(not(feature = "cluster"))]
mod no_cluster;
mod out;
mod parse;
mod place;
#[cfg(feature = "cluster")]
mod shown;
mod top;
mod transfer;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::panic;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::commands::Command;
use self::lines::Lines;
use self::out::Out;
use crate::listen::descriptors;
use crate::{Config, Listeners, LogFormat, Part, Reload, RunError};

/// Nebula's chat server.
///
/// Start it and open the printed address in a browser, or join from a terminal with `nebula`.
#[derive(Debug, Parser)]
#[command(name = "nebula-server", version, about, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

/// The server served, and then a part of it ended that should not have.
const EXIT_ENDED: u8 = 1;
/// The server could not start, or a command could not do what it should.
const EXIT_CANNOT_START: u8 = 2;

/// Serves, or does what a command says; how that went.
pub fn main() -> ExitCode {
    let done = match environment::parse::<Arguments>() {
        Ok(Arguments { command: Some(command), .. }) => command.run(&mut Out::default()),
        Ok(Arguments { config, .. }) => run(config).map(|()| ExitCode::SUCCESS),
        Err(error) if error.use_stderr() => {
            let code = u8::try_from(error.exit_code()).unwrap_or(EXIT_CANNOT_START);
            lines::in_time(move || drop(error.print()));
            return ExitCode::from(code);
        }
        // Help, or the version.
        Err(help) => {
            let printed = Out::default().print(|| help.print());
            printed.map(|()| ExitCode::SUCCESS).map_err(Into::into)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            lines::say(&format!("nebula-server: {error:#}"));
            let has_ended = matches!(error.downcast_ref(), Some(RunError::Ended(_)));
            ExitCode::from(if has_ended { EXIT_ENDED } else { EXIT_CANNOT_START })
        }
    }
}

fn run(config: Config) -> anyhow::Result<()> {
    let lines = Lines::start(config.log_lines_dropped.clone());
    let lines = lines.context("cannot start a thread")?;
    start_logging(config.log_format, lines.clone());
    let done = run_logged(config, &lines);
    lines.flush();
    done
}

fn run_logged(mut config: Config, lines: &Lines) -> anyhow::Result<()> {
    check::refuse_problems(&config)?;
    let wanted = config.limits.connections_max;
    config.limits.connections_max = descriptors::connections_max(wanted, descriptors::raise());
    let runtime = match config.thread_count() {
        // Workers that take each other's tasks would only be a detour.
        1 => Builder::new_current_thread().enable_all().build(),
        threads => Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
    };
    let runtime = runtime.context("cannot start threads")?;
    let done = runtime.block_on(serve(config, lines));
    // What still waits for a disk that does not answer is not waited for.
    runtime.shutdown_background();
    done
}

async fn serve(config: Config, lines: &Lines) -> anyhow::Result<()> {
    let interrupt = signal(SignalKind::interrupt()).context("cannot hear signals")?;
    let terminate = signal(SignalKind::terminate()).context("cannot hear signals")?;
    // Who closes the terminal that a server was started in means it to end, unless it has a use for
    // the signal.
    if config.can_reload() || !std::io::stderr().is_terminal() {
        let hangup = signal(SignalKind::hangup()).context("cannot hear signals")?;
        tokio::spawn(ask_on_signal(hangup, config.reload.clone()));
    }
    let chat = listen(config.listen, "--listen").await?;
    let metrics = match config.upkeep.metrics_listen {
        Some(address) => Some(listen(address, "--metrics-listen").await?),
        None => None,
    };
    let listeners = Listeners { chat, metrics };
    let stop = async {
        tokio::select! {
            () = stop_signal(interrupt, terminate) => {}
            () = lines.ended() => {}
        }
    };
    crate::run(listeners, config, stop).await?;
    if lines.is_over() {
        return Err(RunError::Ended(Part::LogLines).into());
    }
    Ok(())
}

async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another server running there? try {flag}")
    })
}

/// Resolves with the first signal; a second one ends the process at once.
async fn stop_signal(mut interrupt: Signal, mut terminate: Signal) {
    either(&mut interrupt, &mut terminate).await;
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        std::process::exit(1);
    });
}

async fn ask_on_signal(mut hangup: Signal, reload: Reload) {
    while hangup.recv().await.is_some() {
        reload.ask();
    }
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

fn start_logging(format: LogFormat, lines: Lines) {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines)
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // What the library tells besides, the server says in its own words.
    let filter = Targets::new().with_default(LevelFilter::INFO);
    let filter = filter.with_target("async_nats", LevelFilter::WARN);
    match format {
        LogFormat::Text => subscriber.finish().with(filter).init(),
        LogFormat::Json => subscriber.json().finish().with(filter).init(),
    }
    panic::set_hook(Box::new(|panic| {
        let panic = panic.to_string().replace('\n', " ");
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            tracing::error!("an error in this program, please report it: {panic}\n{trace}");
        } else {
            tracing::error!("an error in this program, please report it: {panic}");
        }
    }));
}
