//! What the binary does besides serving: it looks at settings, and makes backups.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use server::{Config, Db};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at settings, address and database without starting or changing anything
    CheckConfig(Box<Config>),
    /// Copy the database as it is at this moment, while a server may be using it
    Backup {
        /// The copy, which must not be there yet
        file: PathBuf,
        /// The database to copy
        #[arg(long, env = "NEBULA_DB", value_name = "FILE", default_value = "nebula.db")]
        db: PathBuf,
    },
}

impl Command {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Command::CheckConfig(config) => check_config(&config),
            Command::Backup { file, db } => backup(&db, &file),
        }
    }
}

fn check_config(config: &Config) -> anyhow::Result<()> {
    refuse_problems(config)?;
    for address in [Some(config.listen), config.upkeep.metrics_listen].into_iter().flatten() {
        // Another port: this one may be in use by the server whose settings these are.
        TcpListener::bind(SocketAddr::new(address.ip(), 0))
            .with_context(|| format!("{} is no address of this machine", address.ip()))?;
        println!("address   {address}: of this machine");
    }
    match &config.db {
        Db::Memory => println!("database  in memory: nothing is kept"),
        Db::File(path) if path.exists() => {
            println!("database  {}: whole, {} messages", path.display(), server::inspect(path)?);
        }
        Db::File(path) => {
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            rustix::fs::access(folder, rustix::fs::Access::WRITE_OK)
                .with_context(|| format!("cannot make {path:?}: no writing in {folder:?}"))?;
            println!("database  {}: not there yet", path.display());
        }
    }
    println!("all is well");
    Ok(())
}

/// Fails with everything that is wrong.
pub(crate) fn refuse_problems(config: &Config) -> anyhow::Result<()> {
    let problems = config.problems();
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}

fn backup(db: &Path, file: &Path) -> anyhow::Result<()> {
    let copied = server::backup(db, file)?;
    println!("{}: {} messages, {} bytes", file.display(), copied.messages, copied.bytes);
    Ok(())
}
