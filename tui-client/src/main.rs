//! The terminal client's binary: arguments in, exit code out; all else is in the library.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use nebula::args::Args;

fn main() -> ExitCode {
    match nebula::start(&Args::parse()) {
        Ok(exit) => exit.into(),
        Err(error) => {
            // Whoever would read it may be what is gone.
            let _ = writeln!(std::io::stderr(), "nebula: {error:#}");
            nebula::run::Exit::Unreachable.into()
        }
    }
}
