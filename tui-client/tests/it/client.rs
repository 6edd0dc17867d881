//! A client without a terminal or a server: keys and envelopes in, screens and actions out.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nebula::event::{Action, Event};
use nebula::model::Model;
use nebula::update::{dial_now, update};
use nebula::view::view;
use protocol::{RoomName, ToClient, UserName};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// A client, without a terminal or a server.
pub(crate) struct Client {
    pub(crate) model: Model,
    pub(crate) actions: Vec<Action>,
}

impl Client {
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let (room, me) = (RoomName::try_from("dev").unwrap(), UserName::try_from("Alice").unwrap());
        let mut model = Model::new(room, Some(me), "s".to_owned());
        let actions = dial_now(&mut model);
        let mut client = Client { model, actions };
        client.happens(Event::Resize(columns, rows));
        client
    }

    /// In the room, with people in it and nothing said yet.
    pub(crate) fn entered(columns: u16, rows: u16) -> Self {
        let mut client = Client::new(columns, rows);
        client.happens(Event::Connected);
        client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
        client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
        client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bob"]}"#);
        client
    }

    pub(crate) fn happens(&mut self, event: Event) {
        self.actions.extend(update(&mut self.model, event));
    }

    pub(crate) fn hears(&mut self, envelope: &str) {
        self.happens(Event::Received(ToClient::parse(envelope).unwrap()));
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
    pub(crate) fn did(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    pub(crate) fn screen(&self) -> Vec<String> {
        let (columns, rows) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| drop(view(&self.model, frame))).unwrap();
        let buffer = terminal.backend().buffer().clone();
        // What a wide sign covers is no cell of its own.
        let cells = |row: &[ratatui::buffer::Cell]| {
            let (mut text, mut at) = (String::new(), 0);
            while let Some(cell) = row.get(at) {
                text.push_str(cell.symbol());
                at += nebula::text::width(cell.symbol()).max(1);
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

pub(crate) fn sent(actions: &[Action]) -> Vec<String> {
    let envelopes = actions.iter().filter_map(|action| match action {
        Action::Send(envelope) => Some(envelope.encode()),
        _ => None,
    });
    envelopes.collect()
}
