//! Effects of one session, one after another.

use protocol::{Epoch, MessageId, TopicText, UserName};

use super::*;
use crate::config::Config;
use crate::log::reading::page::Topic;
use crate::log::sanction::{Kind, Sanction};
use crate::log::{NotRead, Page};
use crate::people::names::Proof;

/// What sessions share, and whose this one is.
struct Shared {
    person: Person,
    rooms: Rooms,
    rate_limits: RateLimits,
    budgets: Budgets,
    sanctions: Sanctions,
    moderators: Moderators,
    census: Census,
    creations: Creations,
}

impl Shared {
    fn new() -> Self {
        let config = Config { message_rate: 1, message_burst: 2, ..Config::for_tests() };
        Shared {
            person: Person::new(UserName::try_from("Ann").unwrap(), Proof::None),
            rooms: Rooms::default(),
            rate_limits: RateLimits::new(&config),
            budgets: Budgets::new(&config),
            sanctions: Sanctions::default(),
            moderators: Moderators::default(),
            census: Census::default(),
            creations: Creations::new(&config),
        }
    }

    fn session(&self) -> Session {
        Session::new(self.budgets.spender(&self.person, None, Duration::ZERO))
    }

    fn context<T>(&self, question: impl FnOnce(&Context<'_>) -> T) -> T {
        question(&Context {
            person: &self.person,
            pass: None,
            now: Duration::ZERO,
            rooms: &self.rooms,
            rate_limits: &self.rate_limits,
            budgets: &self.budgets,
            sanctions: &self.sanctions,
            moderators: &self.moderators,
            census: &self.census,
            creations: &self.creations,
            edit_window: Duration::from_secs(60),
            address: None,
            new_address: &|sign| RoomName::known(&format!("{sign}address")).ok(),
            age_ms: &|| 0,
            may_read: &|| Ok(()),
        })
    }

    fn hear(&self, session: &mut Session, text: &str) -> Effect {
        self.context(|context| session.text(text, context))
    }

    /// Comes into a room without a replay, up to what has to be read for that.
    fn enters_and_reads(&self, session: &mut Session, room: &str) -> Reading {
        let join = format!(r#"{{"type":"join","room":"{room}"}}"#);
        let Effect::Enter(entering) = self.hear(session, &join) else { panic!("no entry") };
        let Effect::Read(reading) = session.entered(entering) else { panic!("nothing to read") };
        reading
    }

    /// Comes into a room without a replay.
    fn enters(&self, session: &mut Session, room: &str) {
        let reading = self.enters_and_reads(session, room);
        let epoch = Epoch::try_from("e").unwrap();
        let effect = session.found(reading, Ok(Page::default()), &epoch, Duration::ZERO);
        let Effect::Release(release, None) = effect else { panic!("{effect:?}") };
        assert!(release.first.is_empty() && release.replayed.is_none());
    }

    fn ban(&self, room: &str) {
        let ban = Sanction {
            kind: Kind::Ban,
            room: Some(RoomName::try_from(room).unwrap()),
            user: self.person.name.clone(),
            person: None,
            key: None,
            until: None,
            reason: None,
            by: UserName::try_from("Mo").unwrap(),
        };
        self.sanctions.impose(ban, MessageId::ZERO);
    }
}

fn connect(room: &str) -> Connect {
    Connect { room: RoomName::try_from(room).unwrap(), user: None, since: None, history: None }
}

fn refusal(effect: Effect) -> Refusal {
    match effect {
        Effect::Refuse(refused) => refused.refusal,
        Effect::End(End::Refused(refusal)) => refusal,
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn a_join_waits_for_space_enters_and_reads_then_and_lets_go_at_last() {
    let (shared, epoch) = (Shared::new(), Epoch::try_from("e").unwrap());
    let session = &mut shared.session();
    let join = r#"{"type":"join","room":"dev","since":7}"#;
    let Effect::AwaitSpace(query) = shared.hear(session, join) else { panic!() };
    let effect = shared.context(|context| session.has_space(query, context));
    let Effect::Enter(entering) = effect else { panic!("{effect:?}") };
    assert_eq!(entering.asked.as_ref().unwrap().since.get(), 7);
    // Not in the room before it has entered.
    let say = r#"{"type":"message","room":"dev","content":"x"}"#;
    assert_eq!(refusal(shared.hear(session, say)), Refusal::NotInRoom);
    let Effect::Read(reading) = session.entered(entering) else { panic!() };
    assert!(reading.is_join);
    let found = Err(NotRead::Unavailable);
    let effect = session.found(reading, found, &epoch, Duration::from_millis(5));
    let Effect::Release(release, Some(unreadable)) = effect else { panic!() };
    assert!(release.first.len() == 1 && release.replayed.is_none());
    assert_eq!(unreadable, Refusal::Unreadable { retry_ms: 5 });
    // It is in the room all the same.
    let history = r#"{"type":"history","room":"dev"}"#;
    let Effect::AwaitSpace(query) = shared.hear(session, history) else { panic!() };
    let effect = shared.context(|context| session.has_space(query, context));
    let Effect::Read(reading) = effect else { panic!("{effect:?}") };
    assert!(!reading.is_join);
    let effect = session.found(reading, Ok(Page::default()), &epoch, Duration::ZERO);
    let Effect::Release(release, None) = effect else { panic!("{effect:?}") };
    assert!(release.first.len() == 1 && release.replayed.is_none());
    assert!(matches!(shared.hear(session, say), Effect::Keep(_)));
    assert_eq!(session.leave_all().len(), 1);
}

#[test]
fn without_its_first_room_there_is_no_connection() {
    let shared = Shared::new();
    shared.ban("dev");
    for (room, is_end) in [("dev", true), ("ops", false)] {
        let session = &mut shared.session();
        let first = shared.context(|context| session.open(connect(room), context));
        let effect = match first {
            Effect::Recheck(recheck) => {
                shared.context(|context| session.rechecked(recheck, true, context))
            }
            other => other,
        };
        assert_eq!(matches!(effect, Effect::End(_)), is_end, "{effect:?}");
    }
    let session = &mut shared.session();
    shared.enters(session, "ops");
    let join = r#"{"type":"join","room":"dev"}"#;
    let Effect::Recheck(recheck) = shared.hear(session, join) else { panic!() };
    let effect = shared.context(|context| session.rechecked(recheck, true, context));
    assert!(matches!(effect, Effect::Refuse(_)), "{effect:?}");
}

#[test]
fn a_ban_that_the_operator_lifted_is_forgotten() {
    let shared = Shared::new();
    shared.ban("dev");
    let session = &mut shared.session();
    let join = r#"{"type":"join","room":"dev"}"#;
    let Effect::Recheck(recheck) = shared.hear(session, join) else { panic!() };
    let effect = shared.context(|context| session.rechecked(recheck, false, context));
    assert!(matches!(effect, Effect::Enter(_)), "{effect:?}");
    assert!(matches!(shared.hear(session, join), Effect::Enter(_)));
}

#[test]
fn the_last_of_many_bad_frames_in_a_row_is_the_end() {
    let shared = Shared::new();
    let session = &mut shared.session();
    shared.enters(session, "dev");
    for round in 0..2 {
        for n in 1..BAD_FRAMES_MAX {
            let effect = shared.hear(session, "{");
            assert!(matches!(effect, Effect::Refuse(_)), "{round}, {n}: {effect:?}");
        }
        if round == 0 {
            assert!(matches!(
                shared.hear(session, r#"{"type":"leave","room":"dev"}"#),
                Effect::Leave(_)
            ));
        }
    }
    let effect = shared.hear(session, "{");
    let Effect::RefuseAndEnd(_, end) = effect else { panic!("{effect:?}") };
    assert_eq!(end, End::Refused(Refusal::TooManyBadFrames(BAD_FRAMES_MAX)));
}

#[test]
fn who_is_too_fast_is_told_which_limit_and_guests_change_no_message() {
    let shared = Shared::new();
    let session = &mut shared.session();
    shared.enters(session, "dev");
    let say = r#"{"type":"message","room":"dev","content":"x","ref":"r"}"#;
    assert!(matches!(shared.hear(session, say), Effect::Keep(_)));
    for change in [
        r#"{"type":"delete","room":"dev","message":1}"#,
        r#"{"type":"edit","room":"dev","message":1,"content":"y"}"#,
        r#"{"type":"react","room":"dev","message":1,"emoji":"👍"}"#,
    ] {
        let session = &mut shared.session();
        shared.enters(session, "dev");
        assert_eq!(refusal(shared.hear(session, change)), Refusal::NoName, "{change}");
    }
    let delete = r#"{"type":"delete","room":"dev","message":1}"#;
    assert_eq!(refusal(shared.hear(session, delete)), Refusal::NoName);
    let Effect::Refuse(refused) = shared.hear(session, say) else { panic!() };
    assert_eq!(refused.limit, Some(crate::monitoring::metrics::Limit::Connection));
    assert_eq!(refused.reference.unwrap().as_str(), "r");
}

fn page_about(topic: &str) -> Page {
    let id = MessageId::try_from(9).unwrap();
    let topic = Topic { id, content: TopicText::try_from(topic).unwrap() };
    Page { head: id, topic: Some(topic), ..Page::default() }
}

#[test]
fn who_wants_no_replay_misses_nothing_that_is_said_from_the_entry_on() {
    let (shared, epoch) = (Shared::new(), Epoch::try_from("e").unwrap());
    let session = &mut shared.session();
    let reading = shared.enters_and_reads(session, "dev");
    let effect = session.found(reading, Ok(page_about("x")), &epoch, Duration::ZERO);
    let Effect::Release(release, None) = effect else { panic!("{effect:?}") };
    assert!(release.first.is_empty() && release.replayed.is_none());
    assert!(matches!(release.entry, Some((_, Some(_)))));
}

#[test]
fn what_a_room_is_follows_later_if_it_could_not_be_read_on_entering() {
    let (shared, epoch) = (Shared::new(), Epoch::try_from("e").unwrap());
    let session = &mut shared.session();
    let reading = shared.enters_and_reads(session, "dev");
    let effect = session.found(reading, Err(NotRead::Unavailable), &epoch, Duration::ZERO);
    let Effect::Release(release, None) = effect else { panic!("{effect:?}") };
    assert!(release.first.is_empty() && matches!(release.entry, Some((_, None))));
    for topic in ["x", ""] {
        let history = r#"{"type":"history","room":"dev","before":5}"#;
        let Effect::AwaitSpace(query) = shared.hear(session, history) else { panic!() };
        let effect = shared.context(|context| session.has_space(query, context));
        let Effect::Read(reading) = effect else { panic!("{effect:?}") };
        let effect = session.found(reading, Ok(page_about(topic)), &epoch, Duration::ZERO);
        let Effect::Release(release, None) = effect else { panic!("{effect:?}") };
        assert_eq!(release.first.len(), if topic.is_empty() { 1 } else { 2 });
        assert!(release.entry.is_none());
    }
}
