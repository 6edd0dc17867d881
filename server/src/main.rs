//! The server's binary: arguments, environment, signals, logging and exit codes; all else is in the
//! library.

mod commands;
mod descriptors;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use server::{Config, Listeners, LogFormat, Reload};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::commands::Command;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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

/// The server could not start.
const EXIT_CANNOT_START: u8 = 2;

fn main() -> ExitCode {
    let Arguments { command, config } = Arguments::parse();
    let done = match command {
        Some(command) => command.run(),
        None => run(config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nebula-server: {error:#}");
            ExitCode::from(EXIT_CANNOT_START)
        }
    }
}

fn run(mut config: Config) -> anyhow::Result<()> {
    start_logging(config.log_format);
    commands::refuse_problems(&config)?;
    let wanted = config.floods.connections_max;
    config.floods.connections_max = descriptors::connections_max(wanted, descriptors::raise());
    let runtime = match config.thread_count() {
        // Workers that take each other's tasks would only be a detour.
        1 => Builder::new_current_thread().enable_all().build(),
        threads => Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
    };
    let runtime = runtime.context("cannot start threads")?;
    runtime.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let interrupt = signal(SignalKind::interrupt()).context("cannot hear signals")?;
    let terminate = signal(SignalKind::terminate()).context("cannot hear signals")?;
    // Who closes the terminal that a server was started in means it to end, unless it has a use for
    // the signal.
    if config.can_reload() || !std::io::stderr().is_terminal() {
        let hangup = signal(SignalKind::hangup()).context("cannot hear signals")?;
        tokio::spawn(ask_on_signal(hangup, config.reload.clone()));
    }
    let chat = listen(config.listen, "--listen").await?;
    let figures = match config.upkeep.metrics_listen {
        Some(address) => Some(listen(address, "--metrics-listen").await?),
        None => None,
    };
    let listeners = Listeners { chat, figures };
    server::run(listeners, config, stop_signal(interrupt, terminate)).await?;
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

fn start_logging(format: LogFormat) {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    match format {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => subscriber.json().init(),
    }
}
