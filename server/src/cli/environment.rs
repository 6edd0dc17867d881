//! What the environment adds to the arguments: a variable that is empty is not set, as templates of
//! containers and services leave it; and a fault in a variable's value names the variable.
//!
//! This file does not know which settings there are.

use std::ffi::OsStr;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error, Parser};

/// Arguments and environment together.
///
/// # Errors
/// What is wrong with them; also help and version, which were asked for.
pub(crate) fn parse<P: Parser>() -> Result<P, Error> {
    let command = P::command();
    let first = std::env::args_os().nth(1);
    // A command has the variables of its own flags: what is wrong with others is nothing to it.
    let is_command = first.is_some_and(|name| command.find_subcommand(name).is_some());
    let command = if is_command { command.mut_args(without_variable) } else { command };
    let mut command = without_empty(command);
    let matches = command.try_get_matches_from_mut(std::env::args_os()).map_err(with_variables)?;
    P::from_arg_matches(&matches).map_err(|error| with_variables(error.format(&mut command)))
}

/// The variable that sets this flag, if it does.
pub(crate) fn variable_of(flag: &str) -> Option<String> {
    let name = variable(flag)?;
    let is_argument = |argument: &OsStr| {
        argument
            .to_string_lossy()
            .strip_prefix(flag)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let is_set = std::env::var_os(&name).is_some_and(|value| !is_empty(&value));
    let is_given = std::env::args_os().any(|argument| is_argument(&argument));
    (is_set && !is_given).then_some(name)
}

fn without_empty(command: Command) -> Command {
    let forget = |arg: Arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        if value.is_some_and(|value| is_empty(&value)) { without_variable(arg) } else { arg }
    };
    command.mut_args(forget).mut_subcommands(without_empty)
}

fn without_variable(arg: Arg) -> Arg {
    arg.env(None::<&'static str>)
}

fn is_empty(value: &OsStr) -> bool {
    value.to_str().is_some_and(|value| value.trim().is_empty())
}

/// Adds which variables it is about.
fn with_variables(mut error: Error) -> Error {
    let shown = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        _ => Vec::new(),
    };
    // As in `--listen <ADDRESS>`.
    let flags = shown.iter().filter_map(|shown| shown.split_whitespace().next());
    let tips: Vec<_> = if error.kind() == ErrorKind::MissingRequiredArgument {
        let names = flags.filter_map(variable);
        names.map(|name| format!("the environment variable {name} says it too").into()).collect()
    } else {
        let names = flags.filter_map(variable_of);
        names
            .map(|name| format!("the value comes from the environment variable {name}").into())
            .collect()
    };
    if !tips.is_empty() {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
    error
}

/// Each flag has a variable of its name.
fn variable(flag: &str) -> Option<String> {
    let name = flag.strip_prefix("--")?;
    Some(format!("NEBULA_{}", name.replace('-', "_").to_ascii_uppercase()))
}
