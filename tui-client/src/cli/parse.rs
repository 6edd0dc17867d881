//! From the command line and the environment to [`Args`]: a variable that is empty is not set, and a
//! fault in one names it.
//!
//! This file does not know what is asked for.

use std::env;
use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, Error, FromArgMatches as _};

use super::args::Args;

impl Args {
    /// Reads what the program was started with, its own name first.
    ///
    /// # Errors
    /// What to print instead of going on: a fault, the help or the version.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let mut command = Args::command().mut_args(only_if_set);
        let is_broken = |name: &&OsStr| env::var_os(name).is_some_and(|it| it.to_str().is_none());
        let texts = command.get_arguments().filter(|arg| is_text(arg));
        let broken = texts.filter_map(Arg::get_env).find(is_broken);
        if let Some(name) = broken.map(|name| name.to_string_lossy().into_owned()) {
            return Err(command.error(ErrorKind::InvalidUtf8, format!("{name} is not UTF-8")));
        }
        let read = command.try_get_matches_from_mut(&arguments);
        let read = read.and_then(|mut matches| Args::from_arg_matches_mut(&mut matches));
        read.map_err(|error| explained(error, &command, &arguments))
    }
}

fn only_if_set(arg: Arg) -> Arg {
    let is_empty = arg.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { arg.env(Resettable::Reset) } else { arg }
}

/// Names of files may be anything.
fn is_text(arg: &Arg) -> bool {
    !matches!(arg.get_id().as_str(), "ca" | "config")
}

/// A fault says where the value comes from, and no password.
fn explained(mut error: Error, command: &Command, arguments: &[OsString]) -> Error {
    let Some(ContextValue::String(named)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let Some(arg) = command.get_arguments().find(|arg| arg.to_string() == *named) else {
        return error;
    };
    let flag = format!("--{}", arg.get_long().unwrap_or_default());
    let is_flag = arguments.iter().any(|argument| argument.to_string_lossy().starts_with(&flag));
    let variable = arg.get_env().filter(|name| !is_flag && env::var_os(name).is_some());
    let variable = variable.map(|name| name.to_string_lossy().into_owned());
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if flag == "--server" => Some(without_login(value)),
        _ => None,
    };
    if let Some(name) = variable {
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    if let Some(value) = value {
        error.insert(ContextKind::InvalidValue, ContextValue::String(value));
    }
    error
}

/// What is no address, without what could be a name and a password in it.
fn without_login(text: &str) -> String {
    let Some((before, host)) = text.rsplit_once('@') else { return text.to_owned() };
    let scheme = before.split_once("://").map(|(scheme, _)| format!("{scheme}://"));
    format!("{}…@{host}", scheme.unwrap_or_default())
}
