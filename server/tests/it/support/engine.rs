//! NATS servers for tests: processes of their own on ports that were free, with stores of their own. They
//! end with the test, and also with its process, however that ends.
//!
//! The server's own tests use this file too: it knows nothing of what is beside it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::stream::{Config, StorageType};
use async_nats::{Client, ConnectOptions, jetstream};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio::time::{interval, timeout};

/// Three servers are ready after two or three seconds, and a new leader is there after ten.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two attempts at what only an attempt can tell.
const AGAIN: Duration = Duration::from_millis(50);
/// How often other ports are tried: somebody may take one before the server does.
const TRIES: usize = 5;

/// Starts the server, says its number, and waits for the end of the input, which comes when the process
/// that starts it has ended too, also by a signal to all of its group. Then nothing is left of it but its
/// store, or not even that.
const SCRIPT: &str = r#"
trap "" INT TERM HUP
"$1" -c "$2/nats.conf" >>"$2/log" 2>&1 &
echo $!
cat >/dev/null
kill -9 $! 2>/dev/null
wait $! 2>/dev/null
[ -z "$3" ] || rm -rf "$3"
"#;

/// One or three NATS servers that are one.
pub(crate) struct Engine {
    servers: Vec<NatsServer>,
    /// Of an engine that is dropped.
    _folder: Option<TempDir>,
}

struct NatsServer {
    folder: PathBuf,
    port: u16,
    /// Where the others reach it.
    route: u16,
    removed_after: Option<PathBuf>,
    running: Option<Running>,
}

struct Running {
    shell: Child,
    input: Option<ChildStdin>,
    nats: Pid,
}

impl Engine {
    /// Starts so many servers, and waits until they store a stream on all of them.
    pub(crate) async fn start(count: usize) -> Self {
        Engine::start_with(count, "").await
    }

    /// As [`Engine::start`], with more in the configuration of each.
    pub(crate) async fn start_with(count: usize, more: &str) -> Self {
        let engine = Engine::processes(count, more, false).await;
        if more.is_empty() {
            engine.is_ready(count).await;
        }
        engine
    }

    /// One server for all tests of a process that break nothing; each takes a cluster's name of its own.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<Engine> = OnceCell::const_new();
        let start = async {
            let engine = Engine::processes(1, "", true).await;
            engine.is_ready(1).await;
            engine
        };
        SHARED.get_or_init(|| start).await
    }

    async fn processes(count: usize, more: &str, is_shared: bool) -> Self {
        for _ in 0..TRIES {
            let folder = TempDir::with_prefix("nebula-nats-").unwrap();
            let ports = free_ports(2 * count);
            let (ports, routes) = ports.split_at(count);
            let removed_after = is_shared.then(|| folder.path().to_owned());
            let server = |at: usize| {
                let own = folder.path().join(format!("n{at}"));
                fs::create_dir(&own).unwrap();
                fs::write(own.join("nats.conf"), configuration(at, &own, ports, routes, more))
                    .unwrap();
                let removed_after = removed_after.clone();
                let (port, route) = (ports[at], routes[at]);
                NatsServer { folder: own, port, route, removed_after, running: None }
            };
            let mut servers: Vec<_> = (0..count).map(server).collect();
            servers.iter_mut().for_each(NatsServer::start);
            let mut all_listen = true;
            for server in &servers {
                all_listen &= server.listens().await;
            }
            if all_listen {
                let folder = if is_shared {
                    let _ = folder.keep();
                    None
                } else {
                    Some(folder)
                };
                return Engine { servers, _folder: folder };
            }
        }
        panic!("the ports of {TRIES} attempts were all taken");
    }

    /// Where the servers are, separated by commas.
    pub(crate) fn urls(&self) -> String {
        let urls: Vec<_> = (0..self.servers.len()).map(|at| self.url(at)).collect();
        urls.join(",")
    }

    /// Where one server is.
    pub(crate) fn url(&self, at: usize) -> String {
        format!("nats://127.0.0.1:{}", self.servers[at].port)
    }

    /// Ends one at once; its store stays.
    pub(crate) fn kill(&mut self, at: usize) {
        self.servers[at].running = None;
    }

    /// Stops one without ending it.
    pub(crate) fn pause(&self, at: usize) {
        self.signal(at, Signal::STOP);
    }

    /// Lets one go on that was paused.
    pub(crate) fn resume(&self, at: usize) {
        self.signal(at, Signal::CONT);
    }

    /// Starts one more, which tells the others that it is one of them.
    pub(crate) async fn grow(&mut self) {
        let (at, new) = (self.servers.len(), free_ports(2));
        let ports: Vec<_> = self.servers.iter().map(|it| it.port).chain([new[0]]).collect();
        let routes: Vec<_> = self.servers.iter().map(|it| it.route).chain([new[1]]).collect();
        let folder = self.servers[0].folder.with_file_name(format!("n{at}"));
        fs::create_dir(&folder).unwrap();
        let text = configuration(at, &folder, &ports, &routes, "");
        fs::write(folder.join("nats.conf"), text).unwrap();
        let (port, route) = (new[0], new[1]);
        let mut server = NatsServer { folder, port, route, removed_after: None, running: None };
        server.start();
        assert!(server.listens().await, "somebody has taken its port");
        self.servers.push(server);
    }

    /// Starts one again with its store and its ports.
    pub(crate) async fn restart(&mut self, at: usize) {
        self.kill(at);
        self.servers[at].start();
        assert!(self.servers[at].listens().await, "somebody has taken its port");
    }

    /// Which server gives the records of a stream their order.
    pub(crate) async fn leader(&self, stream: &str) -> usize {
        let client = self.client().await;
        let context = jetstream::new(client);
        again(async || {
            let info = context.get_stream(stream).await.ok()?;
            let cluster = info.cached_info().cluster.as_ref()?;
            index(cluster.leader.as_deref()?)
        })
        .await
    }

    /// A client of its own.
    pub(crate) async fn client(&self) -> Client {
        let urls: Vec<async_nats::ServerAddr> =
            self.urls().split(',').map(|url| url.parse().unwrap()).collect();
        let options = ConnectOptions::new()
            .retry_on_initial_connect()
            .ignore_discovered_servers()
            .request_timeout(Some(Duration::from_secs(1)));
        options.connect(urls).await.unwrap()
    }

    async fn is_ready(&self, replicas: usize) {
        let context = jetstream::new(self.client().await);
        let name = "READY".to_owned();
        let config = Config {
            name: name.clone(),
            num_replicas: replicas,
            storage: StorageType::Memory,
            ..Config::default()
        };
        again(async || context.create_stream(config.clone()).await.ok()).await;
        again(async || context.delete_stream(&name).await.ok()).await;
    }

    fn signal(&self, at: usize, signal: Signal) {
        let running = self.servers[at].running.as_ref().expect("it runs");
        kill_process(running.nats, signal).unwrap();
    }
}

impl NatsServer {
    fn start(&mut self) {
        let binary = binary();
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(binary).arg(&self.folder);
        command.arg(self.removed_after.as_deref().unwrap_or(Path::new("")));
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut shell = piped.unwrap();
        let input = shell.stdin.take();
        let mut number = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let nats = Pid::from_raw(number.trim().parse().unwrap()).unwrap();
        self.running = Some(Running { shell, input, nats });
    }

    /// Waits until it says so, or that somebody has taken its port.
    async fn listens(&self) -> bool {
        again(async || {
            let text = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            let last = text.rsplit("Starting nats-server").next().unwrap_or_default();
            let is_taken = last.contains("address already in use");
            assert!(is_taken || !last.contains("[FTL]"), "{text}");
            assert!(!last.starts_with("nats-server: "), "{text}");
            (is_taken || last.contains("Server is ready")).then_some(!is_taken)
        })
        .await
    }
}

impl Drop for Running {
    /// The shell ends the server, and then itself.
    fn drop(&mut self) {
        self.input = None;
        let _ = self.shell.wait();
    }
}

fn configuration(at: usize, own: &Path, ports: &[u16], routes: &[u16], more: &str) -> String {
    let port = ports[at];
    let mut text = format!(
        "server_name: n{at}\nlisten: 127.0.0.1:{port}\n\
         jetstream {{ store_dir: \"{}\", sync_interval: always, max_file_store: 1TB, \
         max_memory_store: 64MB }}\n{more}\n",
        own.display()
    );
    if ports.len() > 1 {
        let all: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        text += &format!(
            "cluster {{ name: engine, listen: 127.0.0.1:{}, no_advertise: true, routes: [{}] }}\n",
            routes[at],
            all.join(", ")
        );
    }
    text
}

/// Where the binary is.
pub(crate) fn binary() -> PathBuf {
    let fetched = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/nats-server");
    let binary = std::env::var_os("NEBULA_NATS").map_or(fetched.into(), PathBuf::from);
    assert!(binary.is_file(), "{} is missing: run scripts/tools", binary.display());
    binary
}

/// So many different ones.
fn free_ports(count: usize) -> Vec<u16> {
    let bound: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    bound.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// The place of a server in its engine.
fn index(name: &str) -> Option<usize> {
    name.strip_prefix('n')?.parse().ok()
}

/// Tries until it succeeds.
pub(crate) async fn again<T>(mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let trying = async {
        let mut ticks = interval(AGAIN);
        loop {
            ticks.tick().await;
            if let Some(found) = attempt().await {
                return found;
            }
        }
    };
    timeout(PATIENCE, trying).await.expect("it does not succeed")
}
