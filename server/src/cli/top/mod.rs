//! `nebula-server top`: how a running server is, from its metrics, on a screen or once for a script.
//!
//! `model` knows what is a problem, `words` how figures are written, `report` and `screen` show them; `endpoint` asks,
//! `terminal` draws and reads keys. This file does not know any of that.

mod endpoint;
mod model;
mod report;
mod screen;
mod terminal;
mod words;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::runtime::Builder;
use tokio::time::{Instant, interval};

use self::endpoint::Endpoint;
use self::model::Monitor;
use super::out::Out;
use crate::config::address;
use crate::log::now_ms;

/// The exit code of `--once` where something needs attention.
const EXIT_PROBLEMS: u8 = 1;

#[derive(Debug, Args)]
pub(crate) struct Top {
    /// URL of the metrics, like http://127.0.0.1:9464; overrides --metrics-listen
    #[arg(long, value_name = "URL", value_parser = Endpoint::parse)]
    url: Option<Endpoint>,

    /// The same as the server was told: it is asked on this machine
    #[arg(long, env = "NEBULA_METRICS_LISTEN", value_name = "ADDRESS",
          default_value = "127.0.0.1:9464", value_parser = address)]
    metrics_listen: SocketAddr,

    /// Seconds between requests
    #[arg(long, value_name = "SECONDS", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=60))]
    every: u64,

    /// Take two samples, print the result and exit: 0 success, 1 something needs attention, 2 no answer
    #[arg(long)]
    once: bool,

    /// Print one JSON object
    #[arg(long, requires = "once")]
    json: bool,
}

impl Top {
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<ExitCode> {
        let endpoint = self.url.unwrap_or_else(|| Endpoint::of(self.metrics_listen));
        let every = Duration::from_secs(self.every);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start threads")?;
        if !self.once {
            if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
                bail!("this needs a terminal; with --once it prints what it finds and exits");
            }
            runtime.block_on(terminal::run(&endpoint, every))?;
            return Ok(ExitCode::SUCCESS);
        }
        let monitor = runtime.block_on(two_samples(&endpoint, every))?;
        if self.json {
            writeln!(out, "{}", report::json(&monitor, &endpoint.to_string()))?;
        } else {
            write!(out, "{}", report::text(&monitor))?;
        }
        let code = if monitor.problems().is_empty() { 0 } else { EXIT_PROBLEMS };
        Ok(code.into())
    }
}

/// Rates need two samples.
async fn two_samples(endpoint: &Endpoint, every: Duration) -> anyhow::Result<Monitor> {
    let mut monitor = Monitor::default();
    let (start, mut ticks) = (Instant::now(), interval(every));
    for _ in 0..2 {
        ticks.tick().await;
        let text = endpoint.ask().await?;
        monitor.heard(start.elapsed(), now_ms(), &text);
    }
    Ok(monitor)
}
