//! A load generator for chat servers that speak Nebula's protocol, and a floor to hold them against.
//!
//! Every message carries its publisher, its number and its time of sending, so that what is lost,
//! doubled, out of order or damaged shows. This file knows the command line alone.

#![allow(clippy::cast_possible_truncation, reason = "the numbers of a load are small")]

mod arrivals;
mod codec;
mod compare;
mod crowd;
mod options;
mod payload;
mod process;
mod progress;
mod reference;
mod report;
mod workload;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use self::reference::{echo, floor};
use self::workload::{fanout, flap, history, idle, storm, typing};

/// Puts load on a chat server, checks everything that comes back, and says what it cost.
///
/// Start the server with `--message-rate 0`, else it refuses the load. Name its process with --pid
/// to see what it costs: CPU time per delivered message and memory per connection.
#[derive(Debug, Parser)]
#[command(name = "load", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Connects many clients that say nothing, and measures the memory of each
    Idle(idle::Options),
    /// Sends messages to rooms full of clients, at a rate (open loop) or flat out (closed loop)
    Fanout(fanout::Options),
    /// Joins one room with many clients as fast as they can, while two others talk in it
    JoinStorm(storm::JoinOptions),
    /// Cuts many clients at once and brings them back with `since`, while somebody talks
    ResumeStorm(storm::ResumeOptions),
    /// Lets clients come to a room and go again without end, while one talks in it
    Flap(flap::Options),
    /// Lets one of two people in each of many rooms be writing all the time
    Typing(typing::Options),
    /// Reads pages greedily from some addresses, and measures honest readers and a conversation beside
    /// it. With `--trust-proxy 127.0.0.0/8` the server holds these addresses to its limits
    History(history::Options),
    /// Serves what no server can do without and nothing else: the floor of all comparisons
    Floor(floor::Options),
    /// Sends every message back over the libraries that Nebula uses, and does nothing else
    Echo(echo::Options),
    /// Runs a server against the floor, in turns, and prints the ratios
    Compare(compare::Options),
}

fn main() -> ExitCode {
    // As many sockets as the machine allows; what is too few is told by the first that fails.
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let outcome = match Cli::parse().command {
        Command::Idle(options) => {
            idle::run(&options).map(|report| report.print(options.common.json))
        }
        Command::Fanout(options) => {
            fanout::run(&options).map(|report| report.print(options.common.json))
        }
        Command::JoinStorm(options) => {
            storm::join(&options).map(|report| report.print(options.common.json))
        }
        Command::ResumeStorm(options) => {
            storm::resume(&options).map(|report| report.print(options.common.json))
        }
        Command::Flap(options) => {
            flap::run(&options).map(|report| report.print(options.common.json))
        }
        Command::Typing(options) => {
            typing::run(&options).map(|report| report.print(options.common.json))
        }
        Command::History(options) => {
            history::run(&options).map(|report| report.print(options.common.json))
        }
        Command::Floor(options) => floor::run(&options).map(|()| true),
        Command::Echo(options) => echo::run(&options).map(|()| true),
        Command::Compare(options) => compare::run(&options),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::from(2)
        }
    }
}
