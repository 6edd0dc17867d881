//! Looks at settings, files, address and database, without starting or changing anything.
//!
//! This file does not know arguments.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::SignedDuration;

use super::admin::{self, Files};
#[cfg(feature = "cluster")]
use super::cluster;
use super::environment;
#[cfg(not(feature = "cluster"))]
use super::no_cluster as cluster;
use super::out::Out;
use crate::listen::tls::Doubt;
use crate::{Config, Db};

pub(super) fn check_config(config: &Config, out: &mut Out) -> anyhow::Result<()> {
    refuse_problems(config)?;
    let Files { token_algorithm, moderators, doubts } = admin::check_files(config)?;
    for address in [Some(config.listen), config.upkeep.metrics_listen].into_iter().flatten() {
        writeln!(out, "address     {address}: {}", check_address(address)?)?;
    }
    match &config.tls_cert {
        Some(path) => writeln!(out, "TLS         with the certificate in {}", path.display())?,
        None => writeln!(out, "TLS         none: what is said can be read on its way")?,
    }
    for Doubt { is_fatal, sentence } in doubts {
        if is_fatal {
            bail!(sentence);
        }
        writeln!(out, "warning     {sentence}")?;
    }
    match config.token_key.as_ref().zip(token_algorithm) {
        Some((path, algorithm)) => {
            writeln!(
                out,
                "people      with a token of the key in {}: {algorithm}",
                path.display()
            )?;
        }
        None => writeln!(out, "people      everybody, without a token")?,
    }
    writeln!(out, "moderators  {moderators} by key")?;
    if config.name_expiry.is_zero() {
        writeln!(out, "names       kept for ever")?;
    } else {
        writeln!(out, "names       kept for {} without use", spelled(config.name_expiry))?;
    }
    check_database(&config.db, out)?;
    if config.cluster.is_node() {
        cluster::check(&config.cluster, out)?;
    }
    writeln!(out, "Configuration OK")?;
    Ok(())
}

/// Tries to listen there, as a start does. The server whose settings these are may be there already.
fn check_address(address: SocketAddr) -> anyhow::Result<&'static str> {
    match TcpListener::bind(address) {
        Ok(_) => Ok("of this machine"),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Ok("of this machine, and in use"),
        Err(error) if error.kind() == ErrorKind::AddrNotAvailable => {
            bail!("{} is no address of this machine", address.ip())
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

/// Whole days as such, where the library would tell of hours.
fn spelled(time: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match time.as_secs() {
        seconds if seconds.is_multiple_of(DAY) => format!("{} days", seconds / DAY),
        _ => format!("{:#}", SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)),
    }
}

fn check_database(db: &Db, out: &mut Out) -> anyhow::Result<()> {
    match db {
        Db::Memory => writeln!(out, "database    in memory: nothing is kept")?,
        Db::File(path) if path.exists() => {
            let found = match admin::inspect(path)? {
                Some(messages) => format!("whole, {messages} messages"),
                None => "too large to be read whole here: `backup` does that".to_owned(),
            };
            writeln!(out, "database    {}: {found}", path.display())?;
        }
        Db::File(path) => {
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            rustix::fs::access(folder, rustix::fs::Access::WRITE_OK)
                .with_context(|| format!("cannot make {path:?}: no writing in {folder:?}"))?;
            writeln!(out, "database    {}: not there yet", path.display())?;
        }
    }
    Ok(())
}

/// Fails with everything that is wrong.
pub(crate) fn refuse_problems(config: &Config) -> anyhow::Result<()> {
    let mut problems = config.problems();
    for problem in &mut problems {
        let flag = problem.split_whitespace().next().unwrap_or_default();
        if let Some(variable) = environment::variable_of(flag) {
            problem.push_str(&format!(" (the value comes from {variable})"));
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}
