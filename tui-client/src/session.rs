//! A conversation without a screen: the same model, update and connection as with one, for plain
//! mode, `send` and `tail`.
//!
//! This file does not know what is done with what comes.

use crate::config;
use crate::doer::Doer;
use crate::event::{Action, Event};
use crate::model::{Link, Model};
use crate::settings::Settings;
use crate::text;
use crate::update::{dial_now, update};

pub(crate) struct Session {
    pub(crate) model: Model,
    doer: Doer,
    told: Told,
}

/// What was last said about the line.
#[derive(PartialEq)]
enum Told {
    Nothing,
    Entered,
    Lost(String),
}

impl Session {
    /// Nothing is dialled yet: whoever opens it may still say where to begin.
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut told = Vec::new();
        let key = config::state_folder().and_then(|folder| config::key(&folder, &mut told));
        told.iter().for_each(|fault| tell(fault));
        let key = match key {
            Ok(key) => Some(key),
            Err(error) => {
                tell(&config::about_no_key(&error));
                None
            }
        };
        let id = format!("{:016x}", fastrand::u64(..));
        let mut model = Model::new(settings.room.clone(), settings.user.clone(), id);
        model.has_screen = false;
        model.zone = settings.zone.clone();
        let doer = Doer::new(settings.line(key), None);
        Session { model, doer, told: Told::Nothing }
    }

    pub(crate) fn dial(&mut self) {
        let actions = dial_now(&mut self.model);
        self.perform(actions);
    }

    /// What the line or a timer tells next. It may be dropped while it waits.
    pub(crate) async fn next(&mut self) -> Event {
        self.doer.next().await
    }

    /// Takes an event in; false if the session is to end.
    pub(crate) fn happens(&mut self, event: Event) -> bool {
        let actions = update(&mut self.model, event);
        let goes_on = self.perform(actions);
        self.tell_of_the_line();
        goes_on
    }

    /// False if the session is to end. What needs a screen is left out.
    pub(crate) fn perform(&mut self, actions: Vec<Action>) -> bool {
        !self.doer.perform(actions).contains(&Action::Quit)
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
        let Link::Refused { reason, over_name } = &self.model.link else { return None };
        let who = self.model.me.as_ref().map_or("this".into(), |name| text::name(name.as_str()));
        let advice = if *over_name { "; --user takes another name" } else { "" };
        let reason = text::clean_line(reason);
        Some(format!("{} refuses {who}: {reason}{advice}", self.server()))
    }

    /// Why there is no line at the moment.
    pub(crate) fn trouble(&self) -> String {
        match &self.model.link {
            Link::Waiting { reason, .. } => reason.clone(),
            _ => match &self.told {
                Told::Lost(reason) => reason.clone(),
                _ => "no answer came".to_owned(),
            },
        }
    }

    pub(crate) fn server(&self) -> &str {
        self.doer.server()
    }

    /// Each change once: a server that is away for an hour takes one line, not a thousand.
    fn tell_of_the_line(&mut self) {
        let room = self.model.room();
        match &self.model.link {
            Link::Waiting { reason, .. } if self.told != Told::Lost(reason.clone()) => {
                let server = self.doer.server();
                tell(&format!("not connected to {server}: {reason}; trying again"));
                self.told = Told::Lost(reason.clone());
            }
            Link::Online if room.joined && self.told != Told::Entered => {
                if matches!(self.told, Told::Lost(_)) {
                    tell(&format!("back in #{}", text::name(room.name.as_str())));
                }
                self.told = Told::Entered;
            }
            _ => {}
        }
    }
}

/// One line for the person, on standard error: standard output has the conversation alone.
pub(crate) fn tell(line: &str) {
    use std::io::Write as _;
    // Nobody may be reading it any more; the conversation goes on.
    let _ = writeln!(std::io::stderr(), "nebula: {}", text::clean_own_line(line));
}
