//! The server's binary: arguments, environment, signals, logging and exit codes; all else is in the
//! library.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use server::admin::{self, Command};
use server::{Config, LogFormat, Reload};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Connections that a small machine should hold; fewer descriptors than this are worth a word.
const DESCRIPTORS_WANTED: u64 = 20_000;
/// The server could not start.
const EXIT_CANNOT_START: u8 = 2;

/// Nebula's chat server.
///
/// Start it and open the printed address in a browser, or join from a terminal with `nebula`.
#[derive(Debug, Parser)]
#[command(name = "nebula-server", version, about, max_term_width = 100)]
struct Args {
    #[command(flatten)]
    config: Config,

    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    let Args { config, command } = Args::parse();
    let done = match command {
        Some(command) => {
            admin::run(command, &config).map(|told| print!("{told}")).map_err(Into::into)
        }
        None => start(config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nebula-server: {error:#}");
            ExitCode::from(EXIT_CANNOT_START)
        }
    }
}

fn start(config: Config) -> anyhow::Result<()> {
    start_logging(config.log_format);
    raise_descriptor_limit();
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
    if config.can_reload() {
        let hangup = signal(SignalKind::hangup()).context("cannot hear signals")?;
        tokio::spawn(ask_on_signal(hangup, config.reload.clone()));
    }
    let address = config.listen;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another server running there? try --listen")
    })?;
    server::run(listener, config, stop_signal(interrupt, terminate)).await?;
    Ok(())
}

/// Resolves with the first signal; a second one ends the process at once.
async fn stop_signal(mut interrupt: Signal, mut terminate: Signal) {
    either(&mut interrupt, &mut terminate).await;
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        std::process::exit(1);
    });
}

/// Without files to read anew, the signal ends the process as ever.
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

fn raise_descriptor_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
    let allowed = getrlimit(Resource::Nofile).current;
    if let Some(allowed) = allowed.filter(|allowed| *allowed < DESCRIPTORS_WANTED) {
        tracing::warn!(
            allowed,
            "fewer than {DESCRIPTORS_WANTED} open files are allowed: that bounds the connections \
             (see ulimit -n)"
        );
    }
}
