//! A conversation without a screen, and the connection it is held on.
//!
//! This file does not know what is done with what comes.

use crate::chat::update::{dial_now, update};
use crate::chat::{Connection, Effect, Event, Model};
use crate::cli::settings::Settings;
use crate::effects::EffectRunner;
use crate::folders;
use crate::output::tell;
use crate::text;

pub(crate) struct Session {
    pub(crate) model: Model,
    runner: EffectRunner,
    reported: Reported,
}

/// What was last said about the connection.
#[derive(PartialEq)]
enum Reported {
    Nothing,
    Entered,
    Lost(String),
}

impl Session {
    /// Nothing is dialled yet: whoever opens it may still say where to begin.
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut told = Vec::new();
        let key = folders::key_if_any(&folders::state_folder(), &mut told);
        told.iter().for_each(|fault| tell(fault));
        let id = format!("{:016x}", fastrand::u64(..));
        let mut model = Model::new(settings.room.clone(), settings.user.clone(), id);
        model.servers = settings.servers();
        let (access, server) = (settings.access(key), settings.first_server().clone());
        let runner = EffectRunner::new(access, server, None);
        Session { model, runner, reported: Reported::Nothing }
    }

    pub(crate) fn dial(&mut self) {
        let effects = dial_now(&mut self.model);
        self.perform(effects);
    }

    /// What the connection or a timer tells next. It may be dropped while it waits.
    pub(crate) async fn next(&mut self) -> Event {
        self.runner.next().await
    }

    /// Takes an event in; false if the session is to end.
    pub(crate) fn happens(&mut self, event: Event) -> bool {
        let effects = update(&mut self.model, event);
        let goes_on = self.perform(effects);
        self.report_connection();
        goes_on
    }

    /// False if the session is to end. What needs a screen or a place to write in is left out.
    pub(crate) fn perform(&mut self, effects: Vec<Effect>) -> bool {
        let left = self.runner.run(effects);
        if left.iter().any(|effect| matches!(effect, Effect::Copy(_))) {
            tell("Plain mode has no clipboard");
        }
        !left.contains(&Effect::Quit)
    }

    /// Nothing of one's own waits for the server.
    pub(crate) fn all_is_stored(&self) -> bool {
        self.model.rooms.iter().all(|room| room.pending.is_empty())
    }

    /// Takes out what the server refused: its text and the reason.
    pub(crate) fn refused(&mut self) -> Vec<(String, String)> {
        let mut refused = Vec::new();
        for room in &mut self.model.rooms {
            room.pending.retain_mut(|pending| match pending.failed.take() {
                Some(reason) => {
                    refused.push((std::mem::take(&mut pending.content), reason));
                    false
                }
                None => true,
            });
        }
        refused
    }

    /// Why the server does not want this at all, if so, and what can be done about it.
    pub(crate) fn refusal(&self) -> Option<String> {
        let Connection::Refused { reason, over_name } = &self.model.connection else { return None };
        let who = self.model.me.as_ref().map_or("this".into(), |name| text::name(name.as_str()));
        let advice = if *over_name { "; --user takes another name" } else { "" };
        let reason = text::clean_line(reason);
        Some(format!("{} refuses {who}: {reason}{advice}", self.server()))
    }

    /// Why there is no connection at the moment.
    pub(crate) fn trouble(&self) -> String {
        match &self.model.connection {
            Connection::Waiting { reason, .. } => reason.clone(),
            _ => match &self.reported {
                Reported::Lost(reason) => reason.clone(),
                _ => "no answer".to_owned(),
            },
        }
    }

    pub(crate) fn server(&self) -> &str {
        self.runner.server()
    }

    /// Each change once: a server that is away for an hour takes one line, not a thousand.
    fn report_connection(&mut self) {
        let room = self.model.room();
        match &self.model.connection {
            Connection::Waiting { reason, .. }
                if self.reported != Reported::Lost(reason.clone()) =>
            {
                let server = self.runner.server();
                tell(&format!("not connected to {server}: {reason}; retrying"));
                self.reported = Reported::Lost(reason.clone());
            }
            Connection::Online if room.joined && self.reported != Reported::Entered => {
                if matches!(self.reported, Reported::Lost(_)) {
                    tell(&format!("back in #{}", text::name(room.name.as_str())));
                }
                self.reported = Reported::Entered;
            }
            _ => {}
        }
    }
}
