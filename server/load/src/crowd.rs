//! Many connections in one thread: dialled, upgraded, read and written without waiting.
//!
//! This file does not know what is said over them.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use rustix::io::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::codec::{find_frame, text_frame};
use crate::options::Common;
use crate::progress::Progress;

/// Handshakes under way at a time with each server: below the usual length of a listen queue.
const DIALLING_MAX: usize = 256;
/// Longest time without any progress while connecting.
const STUCK: Duration = Duration::from_secs(30);
/// Read at once; shared by all connections.
const READ_BYTES: usize = 256 * 1024;
/// Addresses of 127.0.0.0/8 that connections come from: each has its own ports.
const SOURCES: usize = 250;

/// Frames and ends, as they come in.
pub(crate) trait Hears {
    /// A text frame came on a connection.
    fn heard(&mut self, connection: usize, payload: &[u8]);
}

/// One connection.
struct Connection {
    stream: Option<TcpStream>,
    /// The part of a frame, or of the handshake's answer, that is here already.
    partial: Vec<u8>,
    /// What could not be written yet.
    unwritten: Vec<u8>,
    upgraded: bool,
}

/// All of them.
pub(crate) struct Crowd {
    poll: Poll,
    events: Events,
    servers: Vec<SocketAddr>,
    connections: Vec<Connection>,
    buffer: Vec<u8>,
    spin: bool,
    /// The last part of the address that each comes from.
    host: Box<dyn Fn(usize) -> usize>,
    pub(crate) progress: Progress,
    pub(crate) upgraded: usize,
    pub(crate) dropped: u64,
    pub(crate) bytes_received: u64,
}

impl Crowd {
    pub(crate) fn new(common: &Common) -> io::Result<Self> {
        Ok(Crowd {
            poll: Poll::new()?,
            events: Events::with_capacity(4096),
            servers: common.server.clone(),
            connections: Vec::new(),
            buffer: vec![0; READ_BYTES],
            spin: common.spin,
            host: Box::new(|index| 1 + index % SOURCES),
            progress: Progress::new(common.quiet),
            upgraded: 0,
            dropped: 0,
            bytes_received: 0,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.connections.len()
    }

    /// From now on they come from hosts of 127.1.0.0, and say that they are a proxy for the same
    /// of 192.0.2.0.
    pub(crate) fn come_from(&mut self, host: impl Fn(usize) -> usize + 'static) {
        self.host = Box::new(host);
    }

    /// Connects `count` more and waits until all are upgraded. `query` names each one's.
    pub(crate) fn connect(
        &mut self,
        count: usize,
        query: impl Fn(usize) -> String,
        hears: &mut impl Hears,
    ) -> anyhow::Result<Duration> {
        let (begun, first) = (Instant::now(), self.len());
        let (mut dialled, mut seen, mut progress) = (0, self.upgraded, Instant::now());
        let wanted = self.upgraded + count;
        while self.upgraded < wanted {
            while dialled < count
                && first + dialled < self.upgraded + self.dialling_max() + self.lost()
            {
                let index = first + dialled;
                self.dial(index, &query(index)).context("cannot connect")?;
                dialled += 1;
            }
            self.turn(Duration::from_millis(100), hears)?;
            let upgraded = self.upgraded;
            self.progress.say(|| format!("{upgraded} of {wanted} are connected"));
            if self.upgraded != seen {
                (seen, progress) = (self.upgraded, Instant::now());
            } else if progress.elapsed() > STUCK || self.lost() > 0 && self.dropped > 0 {
                bail!("{} of {wanted} connected, {} refused", self.upgraded, self.dropped);
            }
        }
        Ok(begun.elapsed())
    }

    /// Handshakes that may be under way at a time.
    pub(crate) fn dialling_max(&self) -> usize {
        DIALLING_MAX * self.servers.len()
    }

    fn lost(&self) -> usize {
        usize::try_from(self.dropped).unwrap_or(usize::MAX)
    }

    /// Begins one connection in place `index`, a new one or one that was cut.
    pub(crate) fn dial(&mut self, index: usize, query: &str) -> io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        let host = u8::try_from((self.host)(index)).unwrap_or(1);
        let server = self.servers[index % self.servers.len()];
        if server.ip().is_loopback() && server.is_ipv4() {
            let source = SocketAddr::from((Ipv4Addr::new(127, 1, 0, host), 0));
            socket.bind(&SockAddr::from(source))?;
        }
        match socket.connect(&SockAddr::from(server)) {
            Ok(()) => {}
            Err(error) if Errno::from_io_error(&error) == Some(Errno::INPROGRESS) => {}
            Err(error) => return Err(error),
        }
        let mut stream = TcpStream::from_std(socket.into());
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(index), interest)?;
        let request = format!(
            "GET /?{query} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             X-Forwarded-For: 192.0.2.{host}\r\n\r\n"
        );
        let connection = Connection {
            stream: Some(stream),
            partial: Vec::new(),
            unwritten: request.into_bytes(),
            upgraded: false,
        };
        if index == self.connections.len() {
            self.connections.push(connection);
        } else {
            self.connections[index] = connection;
        }
        Ok(())
    }

    /// Ends a connection from this side, without a word.
    pub(crate) fn cut(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        if connection.stream.take().is_some() && connection.upgraded {
            self.upgraded -= 1;
        }
    }

    /// Says something on a connection.
    pub(crate) fn say(&mut self, index: usize, envelope: &str) {
        let connection = &mut self.connections[index];
        text_frame(envelope.as_bytes(), &mut connection.unwritten);
        if connection.flush().is_err() {
            self.lose(index);
        }
    }

    /// Reads and writes what can be, once; waits for at most `wait` if there is nothing.
    pub(crate) fn turn(&mut self, wait: Duration, hears: &mut impl Hears) -> io::Result<()> {
        let wait = if self.spin { Duration::ZERO } else { wait };
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
        let ready: Vec<_> = self
            .events
            .iter()
            .map(|event| (event.token().0, event.is_readable(), event.is_writable()))
            .collect();
        for (index, readable, writable) in ready {
            if writable && self.connections[index].flush().is_err() {
                self.lose(index);
            }
            if readable {
                self.read(index, hears);
            }
        }
        Ok(())
    }

    fn read(&mut self, index: usize, hears: &mut impl Hears) {
        loop {
            let connection = &mut self.connections[index];
            let Some(stream) = &mut connection.stream else { return };
            let held = connection.partial.len();
            self.buffer[..held].copy_from_slice(&connection.partial);
            match stream.read(&mut self.buffer[held..]) {
                Ok(0) => return self.lose(index),
                Ok(read) => {
                    self.bytes_received += read as u64;
                    let more = held + read == self.buffer.len();
                    self.take(index, held + read, hears);
                    if !more {
                        // Edge-triggered, but a short read means that there was no more.
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => return self.lose(index),
            }
        }
    }

    /// Everything whole in the buffer; the rest is kept.
    fn take(&mut self, index: usize, filled: usize, hears: &mut impl Hears) {
        let connection = &mut self.connections[index];
        let mut at = 0;
        if !connection.upgraded {
            let Some(end) = memchr::memmem::find(&self.buffer[..filled], b"\r\n\r\n") else {
                connection.partial = self.buffer[..filled].to_vec();
                return;
            };
            if !self.buffer.starts_with(b"HTTP/1.1 101") {
                return self.lose(index);
            }
            connection.upgraded = true;
            self.upgraded += 1;
            at = end + 4;
        }
        let mut closed = false;
        while let Some(found) = find_frame(&self.buffer[at..filled]) {
            let payload = at + found.payload.start..at + found.payload.end;
            at += found.end;
            match found.opcode {
                1 => hears.heard(index, &self.buffer[payload]),
                // A pong with an empty payload, masked with zero.
                9 => self.connections[index].unwritten.extend_from_slice(&[0x8a, 0x80, 0, 0, 0, 0]),
                8 => closed = true,
                _ => {}
            }
        }
        let connection = &mut self.connections[index];
        connection.partial.clear();
        connection.partial.extend_from_slice(&self.buffer[at..filled]);
        if closed || connection.flush().is_err() {
            self.lose(index);
        }
    }

    fn lose(&mut self, index: usize) {
        if self.connections[index].stream.is_some() {
            self.cut(index);
            self.dropped += 1;
        }
    }
}

impl Connection {
    fn flush(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let mut written = 0;
        while written < self.unwritten.len() {
            match stream.write(&self.unwritten[written..]) {
                Ok(count) => written += count,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected
                    ) =>
                {
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        self.unwritten.drain(..written);
        Ok(())
    }
}
