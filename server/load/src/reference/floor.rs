//! The floor: what no chat server can do without, and nothing else. One thread, epoll, one frame
//! made for each message, and a write for each member; or, batched, one write for all that waits.
//! No names, no presence, no history, no limits.
//!
//! This file does not know the load.

use std::collections::{HashMap, VecDeque};
use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::SocketAddr;
use std::rc::Rc;

use clap::Args;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use tungstenite::handshake::derive_accept_key;

use crate::codec::find_frame;
use crate::options::pin;

const LISTENER: Token = Token(usize::MAX);
/// Frames in one system call at most.
const SLICES_MAX: usize = 128;

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Write all that waits for a member at once, at the end of each round
    #[arg(long)]
    pub(crate) batched: bool,
    /// Run on this core alone
    #[arg(long, value_name = "CORE")]
    pub(crate) pin: Option<usize>,
}

struct Member {
    stream: TcpStream,
    room: usize,
    upgraded: bool,
    partial: Vec<u8>,
    waiting: VecDeque<Rc<[u8]>>,
    written: usize,
    dirty: bool,
}

struct Floor {
    poll: Poll,
    members: Vec<Option<Member>>,
    rooms: Vec<Vec<usize>>,
    names: HashMap<String, usize>,
    dirty: Vec<usize>,
    batched: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    pin(options.pin)?;
    let poll = Poll::new()?;
    let mut listener = TcpListener::bind(options.listen)?;
    println!("listening on http://{}/", listener.local_addr()?);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut floor = Floor {
        poll,
        members: Vec::new(),
        rooms: Vec::new(),
        names: HashMap::new(),
        dirty: Vec::new(),
        batched: options.batched,
    };
    let mut events = Events::with_capacity(4096);
    let mut buffer = vec![0; 65_536];
    loop {
        floor.poll.poll(&mut events, None)?;
        for event in &events {
            match event.token() {
                LISTENER => floor.accept(&listener)?,
                Token(index) => {
                    if event.is_readable() {
                        floor.read(index, &mut buffer);
                    }
                    if event.is_writable() {
                        floor.flush(index);
                    }
                }
            }
        }
        for index in std::mem::take(&mut floor.dirty) {
            floor.flush(index);
        }
    }
}

impl Floor {
    fn accept(&mut self, listener: &TcpListener) -> io::Result<()> {
        loop {
            match listener.accept() {
                Ok((mut stream, _)) => {
                    stream.set_nodelay(true)?;
                    let interest = Interest::READABLE | Interest::WRITABLE;
                    let token = Token(self.members.len());
                    self.poll.registry().register(&mut stream, token, interest)?;
                    self.members.push(Some(Member {
                        stream,
                        room: 0,
                        upgraded: false,
                        partial: Vec::new(),
                        waiting: VecDeque::new(),
                        written: 0,
                        dirty: false,
                    }));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) {
        loop {
            let Some(member) = &mut self.members[index] else { return };
            match member.stream.read(buffer) {
                Ok(0) => return self.leave(index),
                Ok(read) => {
                    if member.upgraded && member.partial.is_empty() {
                        let used = self.take(index, &buffer[..read]);
                        self.keep(index, &buffer[used..read]);
                    } else {
                        member.partial.extend_from_slice(&buffer[..read]);
                        let bytes = std::mem::take(&mut member.partial);
                        let used = self.take(index, &bytes);
                        self.keep(index, &bytes[used..]);
                    }
                    if read < buffer.len() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => return self.leave(index),
            }
        }
    }

    fn keep(&mut self, index: usize, rest: &[u8]) {
        if let Some(member) = &mut self.members[index] {
            member.partial.extend_from_slice(rest);
        }
    }

    /// Handles what is whole; how much of it that was.
    fn take(&mut self, index: usize, bytes: &[u8]) -> usize {
        let Some(member) = &self.members[index] else { return bytes.len() };
        if !member.upgraded {
            return self.upgrade(index, bytes);
        }
        let room = member.room;
        let mut used = 0;
        while let Some(found) = find_frame(&bytes[used..]) {
            let payload = &bytes[used + found.payload.start..used + found.payload.end];
            used += found.end;
            match found.opcode {
                1 => self.tell(room, &message(payload)),
                8 => {
                    self.leave(index);
                    return bytes.len();
                }
                _ => {}
            }
        }
        used
    }

    fn upgrade(&mut self, index: usize, bytes: &[u8]) -> usize {
        let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return 0 };
        let head = String::from_utf8_lossy(&bytes[..end]);
        let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
        let name = head.split("room=").nth(1).and_then(|rest| rest.split(['&', ' ']).next());
        let name = name.unwrap_or_default().to_owned();
        let next = self.rooms.len();
        let room = *self.names.entry(name).or_insert(next);
        if room == next {
            self.rooms.push(Vec::new());
        }
        self.rooms[room].push(index);
        let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        if let Some(member) = &mut self.members[index] {
            (member.room, member.upgraded) = (room, true);
            member.waiting.push_back(answer.into_bytes().into());
        }
        self.flush(index);
        end + 4
    }

    fn tell(&mut self, room: usize, frame: &Rc<[u8]>) {
        for place in 0..self.rooms[room].len() {
            let index = self.rooms[room][place];
            let Some(member) = &mut self.members[index] else { continue };
            if self.batched {
                member.waiting.push_back(frame.clone());
                if !std::mem::replace(&mut member.dirty, true) {
                    self.dirty.push(index);
                }
            } else if member.waiting.is_empty() {
                match member.stream.write(frame) {
                    Ok(written) if written == frame.len() => {}
                    outcome => {
                        member.written = outcome.unwrap_or(0);
                        member.waiting.push_back(frame.clone());
                    }
                }
            } else {
                member.waiting.push_back(frame.clone());
            }
        }
    }

    fn flush(&mut self, index: usize) {
        let Some(member) = &mut self.members[index] else { return };
        member.dirty = false;
        while let Some(first) = member.waiting.front() {
            let mut slices = [IoSlice::new(&[]); SLICES_MAX];
            slices[0] = IoSlice::new(&first[member.written..]);
            let count = member.waiting.len().min(SLICES_MAX);
            for (slice, frame) in slices[1..count].iter_mut().zip(member.waiting.iter().skip(1)) {
                *slice = IoSlice::new(frame);
            }
            match member.stream.write_vectored(&slices[..count]) {
                Ok(written) => member.wrote(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => return self.leave(index),
            }
        }
    }

    fn leave(&mut self, index: usize) {
        let Some(member) = self.members[index].take() else { return };
        if let Some(room) = self.rooms.get_mut(member.room) {
            room.retain(|other| *other != index);
        }
    }
}

impl Member {
    fn wrote(&mut self, written: usize) {
        self.written += written;
        while let Some(first) = self.waiting.front() {
            if self.written < first.len() {
                return;
            }
            self.written -= first.len();
            self.waiting.pop_front();
        }
    }
}

/// The same bytes that a real server would send, for a frame that needs no unmasking: the load's
/// mask is zero.
fn message(envelope: &[u8]) -> Rc<[u8]> {
    let end = envelope.len().saturating_sub(1);
    let tail = br#","sender":"c0","id":1795522918645253,"at":1795522918645}"#;
    let length = end + tail.len();
    let mut frame = Vec::with_capacity(length + 4);
    frame.push(0x81);
    if length < 126 {
        frame.push(length as u8);
    } else {
        frame.push(126);
        frame.extend_from_slice(&(length as u16).to_be_bytes());
    }
    frame.extend_from_slice(&envelope[..end]);
    frame.extend_from_slice(tail);
    frame.into()
}
