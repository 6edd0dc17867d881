//! A client without a terminal or a server: keys and envelopes in, screens and actions out.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nebula::chat;
use nebula::chat::update::dial_now;
use nebula::chat::{Effect, Model, Servers};
use nebula::screen::entrance::Entrance;
use nebula::screen::event::Effect as ScreenEffect;
use nebula::screen::overlay::Overlay;
use nebula::screen::update::update;
use nebula::screen::view::view;
use nebula::screen::{Event, Screen};
use protocol::{RoomName, ToClient, ToServer, UserName};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// A client, without a terminal or a server.
pub(crate) struct Client {
    pub(crate) screen: Screen,
    /// What the conversation asked for since the last look.
    pub(crate) effects: Vec<Effect>,
    /// What the screen itself asked for.
    pub(crate) screen_effects: Vec<ScreenEffect>,
}

impl Client {
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let (room, me) = (RoomName::try_from("dev").unwrap(), UserName::try_from("Alice").unwrap());
        Client::of(Model::new(room, Some(me), "s".to_owned()), columns, rows)
    }

    pub(crate) fn of(mut model: Model, columns: u16, rows: u16) -> Self {
        let effects = dial_now(&mut model);
        let screen = Screen::new(model);
        let mut client = Client { screen, effects, screen_effects: Vec::new() };
        client.happens(Event::Resize(columns, rows));
        client
    }

    /// On the first screen, with this name suggested.
    pub(crate) fn arriving(entrance: Entrance, name: &str, columns: u16, rows: u16) -> Self {
        let mut model = Model::new(RoomName::try_from("dev").unwrap(), None, "s".to_owned());
        model.servers = servers(&["ws://chat.example:8080"]);
        let mut screen = Screen::new(model);
        screen.overlay = Overlay::Entrance(entrance);
        screen.arriving = Some(name.to_owned());
        let mut client = Client { screen, effects: Vec::new(), screen_effects: Vec::new() };
        client.happens(Event::Resize(columns, rows));
        client
    }

    /// In the room, with people in it and nothing said yet.
    pub(crate) fn entered(columns: u16, rows: u16) -> Self {
        let mut client = Client::new(columns, rows);
        client.happens(chat::Event::Connected);
        client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
        client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
        client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bob"]}"#);
        client
    }

    pub(crate) fn happens(&mut self, event: impl Into<Event>) {
        for effect in update(&mut self.screen, event.into()) {
            match effect {
                ScreenEffect::Chat(effect) => self.effects.push(effect),
                other => self.screen_effects.push(other),
            }
        }
    }

    pub(crate) fn hears(&mut self, envelope: &str) {
        self.happens(chat::Event::Received(ToClient::parse(envelope).unwrap()));
    }

    pub(crate) fn says(&mut self, id: u64, sender: &str, content: &str) {
        self.hears(&format!(
            r#"{{"type":"message","room":"dev","sender":"{sender}","content":"{content}","id":{id},"at":{}}}"#,
            id * 60_000
        ));
    }

    pub(crate) fn types(&mut self, text: &str) {
        for c in text.chars() {
            let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
            self.presses(code, KeyModifiers::NONE);
        }
    }

    pub(crate) fn presses(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.happens(Event::Key(KeyEvent::new(code, modifiers)));
    }

    /// What was done since the last look.
    pub(crate) fn did(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn did_on_screen(&mut self) -> Vec<ScreenEffect> {
        std::mem::take(&mut self.screen_effects)
    }

    pub(crate) fn screen(&self) -> Vec<String> {
        let (columns, rows) = self.screen.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| drop(view(&self.screen, frame))).unwrap();
        let buffer = terminal.backend().buffer().clone();
        // What a wide sign covers is no cell of its own.
        let cells = |row: &[ratatui::buffer::Cell]| {
            let (mut text, mut at) = (String::new(), 0);
            while let Some(cell) = row.get(at) {
                text.push_str(cell.symbol());
                at += nebula::screen::measure::width(cell.symbol()).max(1);
            }
            text
        };
        buffer.content().chunks(usize::from(columns)).map(cells).collect()
    }

    pub(crate) fn shows(&self, expected: &[&str]) {
        let screen = self.screen();
        let screen: Vec<_> = screen.iter().map(|row| row.trim_end()).collect();
        assert_eq!(screen, expected);
    }
}

pub(crate) fn servers(addresses: &[&str]) -> Servers {
    Servers::of(addresses.iter().map(|address| address.parse().unwrap()).collect())
}

pub(crate) fn sent(effects: &[Effect]) -> Vec<String> {
    let envelopes = effects.iter().filter_map(|effect| match effect {
        // Whoever types a text says so.
        Effect::Send(ToServer::Typing(_)) => None,
        Effect::Send(envelope) => Some(envelope.encode()),
        _ => None,
    });
    envelopes.collect()
}
