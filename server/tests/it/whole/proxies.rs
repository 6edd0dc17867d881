//! The configuration files of `contrib/proxy`, each with its own real proxy before a real server: at a
//! name and below a folder the page loads, its WebSocket opens, and the server knows who comes.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::support::child::Server;
use crate::support::harness::PATIENCE;

/// Not the proxy's own address, which is trusted.
const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 5));

struct Proxied {
    server: Server,
    proxy: SocketAddr,
    _running: Child,
    _folder: TempDir,
}

/// A file of `contrib/proxy`, for this server and this port instead of those that it names.
fn configuration(name: &str, server: &str, changes: &[(&str, String)]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contrib/proxy").join(name);
    let mut text = std::fs::read_to_string(file).unwrap().replace("127.0.0.1:8080", server);
    for (from, to) in changes {
        assert!(text.contains(from), "{name} without {from}");
        text = text.replace(from, to);
    }
    text
}

/// An address of this machine that nobody else has: other tests ask for ports of another.
fn free() -> SocketAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    let socket = std::net::TcpListener::bind((IpAddr::from([127, 99, high, low]), 0)).unwrap();
    socket.local_addr().unwrap()
}

impl Proxied {
    async fn start(command: impl FnOnce(&Path, SocketAddr, &str) -> Command) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        server.args(["--listen", "127.0.0.1:0", "--db", ":memory:", "--trust-proxy", "127.0.0.1"]);
        let server = Server::spawn(&mut server).await;
        let (folder, proxy) = (tempfile::tempdir().unwrap(), free());
        let mut command = command(folder.path(), proxy, &server.address);
        command.current_dir(folder.path()).env("HOME", folder.path()).kill_on_drop(true);
        let running = command.stdout(Stdio::null()).spawn().expect("the proxy is not installed");
        let mut looks = interval(Duration::from_millis(20));
        let listens = async {
            while TcpStream::connect(proxy).await.is_err() {
                looks.tick().await;
            }
        };
        timeout(PATIENCE, listens).await.expect("the proxy does not listen");
        Proxied { server, proxy, _running: running, _folder: folder }
    }

    async fn ask(&self, name: &str, path: &str, headers: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(CLIENT, 0)).unwrap();
        let mut socket = socket.connect(self.proxy).await.unwrap();
        let host = format!("{name}:{}", self.proxy.port());
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
        socket.write_all(request.replace("HERE", &host).as_bytes()).await.unwrap();
        socket
    }

    async fn get(&self, name: &str, path: &str) -> String {
        let mut socket = self.ask(name, path, "Connection: close\r\n").await;
        let mut answer = Vec::new();
        timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Opens a WebSocket as the page of this origin does, until this is heard.
    async fn open(&self, name: &str, path: &str, origin: &str, part: &str) {
        let headers = format!(
            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {origin}\r\n"
        );
        let mut socket = self.ask(name, path, &headers).await;
        let mut answer = Vec::new();
        let heard = async {
            while !String::from_utf8_lossy(&answer).contains(part) {
                let read = socket.read_buf(&mut answer).await.unwrap();
                assert!(read > 0, "{part}: {}", String::from_utf8_lossy(&answer));
            }
        };
        timeout(PATIENCE, heard).await.unwrap();
    }

    /// What people do, at a name and below a folder.
    async fn works(mut self) {
        for (name, folder) in [("chat.example", "/"), ("www.example", "/chat/")] {
            let page = self.get(name, folder).await;
            assert!(page.starts_with("HTTP/1.1 200") && page.contains("</html>"), "{page}");
            for file in ["main.js", "style/base.css", "icon.svg", "manifest.webmanifest"] {
                let answer = self.get(name, &format!("{folder}{file}")).await;
                assert!(answer.starts_with("HTTP/1.1 200"), "{folder}{file}: {answer}");
            }
            // How a page that cannot connect finds out that somebody is there.
            let answer = self.get(name, &format!("{folder}healthz")).await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("alive"), "{answer}");
            let answer = self.get(name, &format!("{folder}ws")).await;
            assert!(answer.starts_with("HTTP/1.1 426"), "{answer}");
            let path = format!("{folder}ws?room=dev&username=Alice");
            self.open(name, &path, "http://HERE", r#""type":"presence""#).await;
            self.open(name, &path, "http://evil.example", "403").await;
        }
        let moved = self.get("www.example", "/chat").await.to_lowercase();
        assert!(moved.starts_with("http/1.1 30") && moved.contains("/chat/"), "{moved}");
        // It is the client who is known, and not the proxy.
        self.server.says(&format!("refused to {CLIENT}: Origin is \"http://evil.example\"")).await;
    }
}

#[tokio::test]
async fn nginx_brings_people_in() {
    Proxied::start(|folder, proxy, server| {
        let changes = [("listen 80;", format!("listen {proxy};"))];
        let own = configuration("nginx.conf", server, &changes);
        let here = folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {here}/{what};\n"))
            .concat();
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {here}/pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}{own}}}\n"
        );
        std::fs::write(folder.join("whole.conf"), whole).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.args(["-e", "stderr", "-c"]).arg(folder.join("whole.conf"));
        command
    })
    .await
    .works()
    .await;
}

#[tokio::test]
async fn caddy_brings_people_in() {
    Proxied::start(|folder, proxy, server| {
        let at = |name: &str| {
            let site = format!("http://{name}");
            let here = format!("{site}:{} {{\n\tbind {}", proxy.port(), proxy.ip());
            (format!("{site} {{"), here)
        };
        let (chat, www) = (at("chat.example"), at("www.example"));
        let own = configuration("Caddyfile", server, &[(&*chat.0, chat.1), (&*www.0, www.1)]);
        let whole = format!("{{\n\tadmin off\n}}\n{own}");
        std::fs::write(folder.join("Caddyfile"), whole).unwrap();
        let mut command = Command::new("/usr/bin/caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
        command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        command.stderr(Stdio::null());
        command
    })
    .await
    .works()
    .await;
}

#[tokio::test]
async fn haproxy_brings_people_in() {
    Proxied::start(|folder, proxy, server| {
        let changes = [("bind :80", format!("bind {proxy}"))];
        let own = configuration("haproxy.cfg", server, &changes);
        std::fs::write(folder.join("haproxy.cfg"), own).unwrap();
        let mut command = Command::new("/usr/sbin/haproxy");
        command.args(["-db", "-f"]).arg(folder.join("haproxy.cfg"));
        command
    })
    .await
    .works()
    .await;
}
