//! The terminal client's binary: arguments in, exit code out; all else is in the library.

use std::io::Write as _;
use std::process::ExitCode;

use nebula::cli::args::Args;

fn main() -> ExitCode {
    let exit = match Args::read(std::env::args_os()) {
        Ok(args) => nebula::start(&args),
        Err(told) => nebula::print_instead(&told),
    };
    match exit {
        Ok(exit) => exit.into(),
        Err(error) => {
            // Whoever would read it may be what is gone.
            let _ = writeln!(std::io::stderr(), "nebula: {error:#}");
            nebula::exit::Exit::UsageOrConnection.into()
        }
    }
}
