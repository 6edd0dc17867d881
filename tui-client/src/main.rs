//! The terminal client's binary: arguments in, exit code out; all else is in the library.

use std::process::ExitCode;

use clap::Parser as _;
use nebula::args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    match nebula::run::run(args) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("nebula: {error:#}");
            nebula::run::Exit::Unreachable.into()
        }
    }
}
