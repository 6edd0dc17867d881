//! NATS servers for the nodes of a cluster, on the load's core, with stores that are gone afterwards.
//!
//! This file does not know what the nodes do.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::running::{CORES, Ended, again, get, on_cores};

/// One or more NATS servers that are one.
pub(super) struct Nats {
    servers: Vec<Option<Ended>>,
    ports: Vec<u16>,
    /// Where each says how it is.
    monitors: Vec<u16>,
    _folder: tempfile::TempDir,
}

impl Nats {
    /// Starts so many, and waits until they are ready.
    pub(super) fn start(count: usize) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let ports = free_ports(3 * count)?;
        let (ports, rest) = ports.split_at(count);
        let (routes, monitors) = rest.split_at(count);
        let own = |at: usize| folder.path().join(format!("n{at}"));
        let mut servers = Vec::with_capacity(count);
        for (at, port) in ports.iter().enumerate() {
            let own = own(at);
            fs::create_dir(&own)?;
            let file = own.join("nats.conf");
            fs::write(&file, configuration(at, (*port, monitors[at]), &own, routes))?;
            let log = File::create(own.join("log"))?;
            let mut command = on_cores(&CORES[1].to_string(), &binary());
            let started = command.arg("-c").arg(&file).stdout(log.try_clone()?).stderr(log).spawn();
            servers.push(Some(Ended(
                started.context("cannot start a NATS server: run scripts/tools")?,
            )));
        }
        // Several have to choose who leads before there can be a stream.
        let ready =
            if count > 1 { "JetStream cluster new metadata leader" } else { "Server is ready" };
        again("the NATS servers do not get ready", || {
            let log = |at| fs::read_to_string(own(at).join("log")).unwrap_or_default();
            (0..count).any(|at| log(at).contains(ready)).then_some(())
        })?;
        Ok(Nats { servers, ports: ports.to_vec(), monitors: monitors.to_vec(), _folder: folder })
    }

    /// Ends the server that gives the records their order, at once.
    pub(super) fn kill_leader(&mut self) -> anyhow::Result<()> {
        let leader = again("no NATS server leads the stream", || {
            let text = get(([127, 0, 0, 1], self.monitors[0]).into(), "/jsz?streams=true")?;
            let leader = text.split_once("NEBULA_")?.1.split_once("\"leader\"")?.1;
            let name = leader.split('"').nth(1)?;
            name.strip_prefix('n')?.parse::<usize>().ok()
        })?;
        let server = self.servers.get_mut(leader).context("an unknown server leads")?;
        *server = None;
        Ok(())
    }

    /// What makes a server a node of the cluster on them.
    pub(super) fn flags(&self, node: &str) -> Vec<String> {
        let urls: Vec<_> =
            self.ports.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let replicas = self.ports.len().to_string();
        let flags = ["--cluster", &urls.join(","), "--node", node, "--cluster-replicas", &replicas];
        flags.map(str::to_owned).to_vec()
    }
}

fn configuration(at: usize, (port, monitor): (u16, u16), own: &Path, routes: &[u16]) -> String {
    let mut text = format!(
        "server_name: n{at}\nlisten: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\n\
         jetstream {{ store_dir: \"{}\", sync_interval: always, max_file_store: 1TB }}\n",
        own.display()
    );
    if routes.len() > 1 {
        let all: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let (listen, all) = (routes[at], all.join(", "));
        text += &format!(
            "cluster {{ name: load, listen: 127.0.0.1:{listen}, no_advertise: true, routes: [{all}] }}\n"
        );
    }
    text
}

/// Where the binary is.
fn binary() -> PathBuf {
    std::env::var_os("NEBULA_NATS").map_or("target/tools/nats-server".into(), PathBuf::from)
}

/// So many different ones. Somebody may take one before the server does, which then does not get ready.
fn free_ports(count: usize) -> anyhow::Result<Vec<u16>> {
    let bind = |_| TcpListener::bind("127.0.0.1:0");
    let bound: Vec<_> = (0..count).map(bind).collect::<Result<_, _>>()?;
    Ok(bound.iter().map(|it| it.local_addr().map(|it| it.port())).collect::<Result<_, _>>()?)
}
