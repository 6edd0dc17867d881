//! A conversation without a screen, and the connection it is held on.
//!
//! This file does not know what is done with what comes.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use protocol::Standing;

use crate::answers;
use crate::chat::memory::keep_name;
use crate::chat::refusals::advice_at_start;
use crate::chat::servers::{CUT, WAITING};
use crate::chat::update::{close_mentions, dial_now, is_searching, update};
use crate::chat::{Connection, Effect, Event, Model, Room, Servers};
use crate::cli::settings::Settings;
use crate::effects::EffectRunner;
use crate::folders;
use crate::output::tell;
use crate::text;

pub(crate) struct Session {
    pub(crate) model: Model,
    runner: EffectRunner,
    reported: Reported,
    standing: Standing,
    zone: TimeZone,
    /// Where the name is kept that a code is for, until it is.
    name_to_keep: Option<PathBuf>,
}

/// What was last said about the connection.
#[derive(PartialEq)]
enum Reported {
    Nothing,
    Entered,
    /// Why from each server, the newest last.
    Lost(Vec<(String, String)>),
}

impl Session {
    /// Nothing is dialled yet: whoever opens it may still say where to begin.
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut told = Vec::new();
        let folder = folders::state_folder();
        let key = folders::key_if_any(&folder, &mut told);
        told.iter().for_each(|fault| tell(fault));
        let id = format!("{:016x}", fastrand::u64(..));
        let mut model = Model::new(settings.room.clone(), settings.user.clone(), id);
        model.servers = Servers::of(settings.servers.clone());
        settings.code.iter().for_each(|code| model.bring(code.clone()));
        let name_to_keep = folder.ok().filter(|_| settings.code.is_some());
        let (access, server) = (settings.access(key), settings.first_server().clone());
        let runner = EffectRunner::new(access, server, None);
        let (reported, standing) = (Reported::Nothing, Standing::Current);
        let zone = settings.zone.clone();
        Session { model, runner, reported, standing, zone, name_to_keep }
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
        let lost = matches!(event, Event::Lost { .. }).then(|| self.server().to_owned());
        let effects = update(&mut self.model, event);
        let goes_on = self.perform(effects);
        match lost {
            Some(server) => self.report_loss(server),
            None => self.report_entry(),
        }
        self.report_standing();
        self.keep_name();
        self.tell_rooms();
        self.tell_found();
        goes_on
    }

    /// The name that a code was for is one's own from the next start on.
    fn keep_name(&mut self) {
        let Some(name) = self.model.person.as_ref().filter(|_| self.model.code.is_none()) else {
            return;
        };
        let Some(folder) = self.name_to_keep.take_if(|_| self.model.room().joined) else { return };
        if let Err(error) = keep_name(&folder, self.runner.server(), name) {
            tell(&format!("Your name is not kept for the next start: {error}"));
        }
    }

    /// The rooms that were looked for, once they are here.
    fn tell_rooms(&mut self) {
        if self.model.is_asking_for_rooms() {
            return;
        }
        if let Some(browser) = self.model.browser.take() {
            let lines = answers::rooms(&self.model, &browser, &self.zone);
            lines.iter().for_each(|line| tell(line));
        }
    }

    /// The messages that were searched for, once they are here: a refusal was told already.
    fn tell_found(&mut self) {
        if is_searching(&self.model) {
            return;
        }
        let search = self.model.search.take().filter(|search| search.refused.is_none());
        if let Some(search) = search {
            let lines = answers::found(&self.model, &search, &self.zone);
            lines.iter().for_each(|line| tell(line));
        }
    }

    /// False if the session is to end. What needs a screen or a place to write in is left out.
    pub(crate) fn perform(&mut self, effects: Vec<Effect>) -> bool {
        let left = self.runner.run(effects);
        for effect in &left {
            match effect {
                Effect::Copy(_) => tell("Plain mode has no clipboard"),
                Effect::Show(answer) => {
                    let lines = answers::lines(answer, &self.zone).into_iter();
                    lines.filter(|line| !line.is_empty()).for_each(|line| tell(&line));
                    close_mentions(&mut self.model);
                }
                _ => {}
            }
        }
        !left.contains(&Effect::Quit)
    }

    /// Nothing of one's own waits for the server.
    pub(crate) fn all_is_stored(&self) -> bool {
        self.model.rooms.iter().all(|room| room.pending.is_empty())
    }

    /// Takes out what the server refused: its text and the reason.
    pub(crate) fn refused(&mut self) -> Vec<(String, String)> {
        let refused = self.model.rooms.iter_mut().flat_map(Room::take_failed);
        refused.map(|it| (it.content, it.failed.unwrap_or_default())).collect()
    }

    /// Why the server does not want this at all, if so, and what can be done about it.
    pub(crate) fn refusal(&self) -> Option<String> {
        let Connection::Refused { reason, over_name, code } = &self.model.connection else {
            return None;
        };
        let who = self.model.me.as_ref().map_or("this".into(), |name| text::name(name.as_str()));
        let advice = match code.and_then(advice_at_start) {
            Some(advice) => format!("; {advice}"),
            None if *over_name => "; --user takes another name".to_owned(),
            None => String::new(),
        };
        let reason = text::clean_line(reason);
        Some(format!("{} refuses {who}: {reason}{advice}", self.server()))
    }

    /// Why there is no connection at the moment, or no answer: of each server that was tried.
    pub(crate) fn trouble(&self) -> String {
        match (&self.reported, self.standing) {
            (Reported::Lost(lost), _) => {
                let each = lost.iter().map(|(server, reason)| format!("{server}: {reason}"));
                each.collect::<Vec<_>>().join("; ")
            }
            (_, Standing::Waiting) => format!("{}: {WAITING}", self.server()),
            _ => format!("{}: no answer", self.server()),
        }
    }

    fn server(&self) -> &str {
        self.runner.server()
    }

    /// Each change once: a server that is away for an hour takes one line, not a thousand.
    fn report_loss(&mut self, server: String) {
        let Connection::Waiting { reason, .. } = &self.model.connection else { return };
        let mut lost = match std::mem::replace(&mut self.reported, Reported::Nothing) {
            Reported::Lost(lost) => lost,
            Reported::Nothing | Reported::Entered => Vec::new(),
        };
        let known = lost.iter().position(|(of, _)| *of == server).map(|place| lost.remove(place));
        if known.is_none_or(|(_, known)| known != *reason) {
            let next = self.runner.server();
            let next = if next == server { "retrying" } else { &format!("trying {next}") };
            tell(&format!("not connected to {server}: {reason}; {next}"));
        }
        lost.push((server, reason.clone()));
        self.reported = Reported::Lost(lost);
    }

    fn report_entry(&mut self) {
        let room = self.model.room();
        if self.model.connection != Connection::Online || !room.joined {
            return;
        }
        if matches!(self.reported, Reported::Lost(_)) {
            let server = self.model.servers.current().filter(|_| self.model.servers.are_several());
            let place = server.map(|server| format!(" at {server}")).unwrap_or_default();
            let room = room.in_words(self.model.me.as_ref());
            tell(&format!("back in {room}{place}"));
        }
        self.reported = Reported::Entered;
    }

    fn report_standing(&mut self) {
        let before = std::mem::replace(&mut self.standing, self.model.standing);
        match self.standing {
            now if now == before => {}
            Standing::Waiting => tell(WAITING),
            Standing::Cut => tell(CUT),
            // A lost connection is told, not what was waited for on it.
            _ if self.model.connection != Connection::Online => {}
            _ => tell("connected to the other servers again"),
        }
    }
}
