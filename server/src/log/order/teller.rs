//! What follows from the records that this node applied: for the people of all nodes at once, and for everybody
//! else as a list of consequences.
//!
//! Pure: the log's thread carries the consequences out, and a simulator can.

use std::sync::Arc;

use protocol::{Refusal, Role, RoomName, UserName};
use tokio::sync::oneshot;

use super::answer::Answer;
use super::entry::{Claim, Entry};
use super::members::Change;
use super::name::NodeName;
use super::replica::{Applied, Became, Counted, Replica};
use super::shared::{News, Progress, Shared, State};
use super::verify::Verifier;
use crate::hub::NodeBit;
use crate::log::acts_of_people::TakeName;
use crate::log::command::ReplyTo;
use crate::log::event::{Act, Event};
use crate::log::outcome::Outcome;

/// What is to be done about a record, in order.
#[derive(Debug)]
pub(crate) enum Consequence {
    /// Something lasts now, or was refused: whom it concerns is to be told.
    Lasting { lasting: Box<(Event, Outcome)>, reply_to: ReplyTo, is_own: bool },
    /// Somebody has entered a room on another node.
    Came(NodeBit, RoomName, UserName, Role),
    /// Somebody has left a room on another node.
    Went(NodeBit, RoomName, UserName),
    /// Nobody is on that node any more.
    Gone(NodeBit),
    /// The memory of people has something to follow.
    News(News),
    /// An entry of this node never gets a place in the order.
    GiveUp(Answer),
    /// This node has applied what somebody waited for.
    Passed(oneshot::Sender<()>),
    /// The record does not count.
    Void,
}

/// Says what follows from records.
#[derive(Debug)]
pub(crate) struct Teller {
    pub(crate) shared: Arc<Shared>,
    verifier: Verifier,
}

impl Teller {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Teller { shared, verifier: Verifier::default() }
    }

    /// The replica has stored all of these: `follow` what comes of it. Then this node is so far. Gives back the nodes
    /// that it made something else of the order than, if that is news.
    pub(crate) fn tell(
        &mut self,
        replica: &Replica,
        batch: Vec<Applied>,
        mut follow: impl FnMut(Consequence),
    ) -> Vec<NodeName> {
        let mut differing = Vec::new();
        let shared = self.shared.clone();
        let mut progress = *shared.progress.borrow();
        progress.era = replica.fence().life(&shared.me).map_or(0, |life| life.era);
        for applied in batch {
            progress.seen = applied.seen;
            self.verifier.applied(applied.seen);
            self.tell_one(applied, &mut progress, &mut follow);
        }
        let goes_on = matches!(progress.state, State::Going | State::Buried(_));
        if goes_on && self.verifier.is_diverged() {
            differing.extend(self.verifier.differing().cloned());
            progress.state = State::Diverged;
        }
        // Now that all of it was told: who comes back up to it finds it.
        shared.has_applied_id(replica.newest_id());
        shared.progress.send_if_modified(|old| {
            if old.state.is_final() {
                // Somebody else has found out meanwhile.
                progress.state = old.state;
            }
            std::mem::replace(old, progress) != progress
        });
        differing
    }

    fn tell_one(
        &mut self,
        applied: Applied,
        progress: &mut Progress,
        follow: &mut impl FnMut(Consequence),
    ) {
        let Applied { told, counted, .. } = applied;
        if let Some((peer, seen)) = told.filter(|(peer, _)| *peer != self.shared.me) {
            // Also of who is dead for this node: they may have another order.
            self.verifier.told(&peer, seen);
        }
        let Some(counted) = counted else { return follow(Consequence::Void) };
        let Counted { node, era, number, is_beat, mut ended, results } = counted;
        let shared = self.shared.clone();
        let is_own = node == shared.me && era == shared.era();
        let (mut answers, mut barriers) = (Vec::new(), Vec::new());
        if is_own {
            progress.own = (era, number);
            if is_beat {
                progress.beat = (era, number);
            }
            let void = |answer| follow(Consequence::GiveUp(answer));
            (answers, barriers) = shared.take((era, number), void);
        }
        shared.members.write().heard(&node, era, is_beat);
        let mut answers = answers.into_iter();
        for became in results {
            let answer = answers.next().unwrap_or(Answer::Nobody);
            let ends = match &became {
                Became::Passing(Entry::Bury(dead, _)) => Some(dead),
                Became::Passing(Entry::Stop) => Some(&node),
                _ => None,
            };
            let ends = ends.and_then(|ends| ended.iter().position(|it| it == ends));
            if let Some(place) = ends {
                let dead = ended.swap_remove(place);
                self.verifier.forget(&dead);
                let changes = shared.members.write().end(&dead);
                change(shared.era(), changes, progress, follow);
            }
            match became {
                Became::Lasting(lasting) => tell_lasting(is_own, lasting, answer, follow),
                Became::Claim(claim, kept) => {
                    self.tell_claim(&node, (&claim, kept), &answer, follow);
                }
                Became::Passing(entry) => {
                    self.tell_passing((&node, era), (entry, answer), progress, follow)
                }
            }
        }
        barriers.into_iter().map(Consequence::Passed).for_each(follow);
    }

    fn tell_claim(
        &self,
        node: &NodeName,
        (claim, kept): (&Claim, Option<Refusal>),
        answer: &Answer,
        follow: &mut impl FnMut(Consequence),
    ) {
        let verdict = self.shared.members.write().claim(node, claim, kept);
        let Answer::Claim(id) = *answer else { return };
        if let Some(lost) = self.shared.presence.decided(id, claim, &verdict) {
            follow(Consequence::News(News::Lost(lost)));
        }
    }

    fn tell_passing(
        &mut self,
        (node, era): (&NodeName, u64),
        (entry, answer): (Entry, Answer),
        progress: &mut Progress,
        follow: &mut impl FnMut(Consequence),
    ) {
        let shared = &self.shared;
        match entry {
            Entry::Yield(name) => shared.members.write().yielded(node, &name),
            Entry::Come(come) => {
                let place = shared.members.read().elsewhere(node);
                let came = |place| Consequence::Came(place, come.room, come.user, come.role);
                place.map(came).into_iter().for_each(follow);
            }
            Entry::Go(room, user) => {
                let place = shared.members.read().elsewhere(node);
                let went = |place| Consequence::Went(place, room, user);
                place.map(went).into_iter().for_each(follow);
            }
            Entry::Moderated(moderation) => {
                let moderator = match answer {
                    Answer::Moderator(moderator) => Some(moderator),
                    _ => None,
                };
                follow(Consequence::News(News::Moderated(moderation, moderator)));
            }
            Entry::Start(start) => {
                self.verifier.forget(node);
                let own = shared.era();
                let changes = shared.members.write().start(node, (era, own), &start);
                change(own, changes, progress, follow);
            }
            Entry::Here(part) => {
                let changes = shared.members.write().here(node, &part);
                change(shared.era(), changes, progress, follow);
            }
            Entry::Act(_) | Entry::Claim(_) | Entry::Stop | Entry::Bury(..) => {}
        }
    }
}

fn change(
    own: u64,
    changes: Vec<Change>,
    progress: &mut Progress,
    follow: &mut impl FnMut(Consequence),
) {
    for change in changes {
        match change {
            Change::Came(node, room, user, role) => {
                follow(Consequence::Came(node, room, user, role));
            }
            Change::Gone(node) => follow(Consequence::Gone(node)),
            Change::Started => progress.started += 1,
            Change::Buried => progress.state = State::Buried(own),
            Change::Fenced => progress.state = State::Fenced,
        }
    }
}

fn tell_lasting(
    is_own: bool,
    lasting: Box<(Event, Outcome)>,
    answer: Answer,
    follow: &mut impl FnMut(Consequence),
) {
    let (event, outcome) = &*lasting;
    // What a moderator did comes to hold in one order, whoever they are.
    let is_of_moderators = matches!(event.act, Act::Impose(_) | Act::Lift(_) | Act::LiftBy(_));
    if !is_own || is_of_moderators {
        news(event, outcome).map(Consequence::News).into_iter().for_each(&mut *follow);
    }
    let reply_to = match answer {
        Answer::Command(reply_to, _) => reply_to,
        _ => ReplyTo::Nobody,
    };
    follow(Consequence::Lasting { lasting, reply_to, is_own });
}

/// What the memory of people follows, of what was done on another node.
fn news(event: &Event, outcome: &Outcome) -> Option<News> {
    if matches!(outcome, Outcome::Refused(_)) {
        return None;
    }
    match &event.act {
        Act::TakeName(take) => named(take, outcome),
        Act::AcceptInvite(accept) => named(&accept.take, outcome),
        Act::AddDevice(_) | Act::RevokeDevice(_) => {
            outcome.clone().devices().ok().map(News::HasDevices)
        }
        Act::UseName(used) => Some(News::Used((**used).clone())),
        Act::Impose(sanction) => Some(News::Imposed((**sanction).clone(), event.id)),
        Act::Lift(lift) => Some(News::Lifted((**lift).clone())),
        Act::LiftBy(it) => Some(News::Lifted(it.lift.clone())),
        Act::ReleaseName(name) | Act::EndBot(name) => Some(News::Released(name.clone())),
        Act::Say(_)
        | Act::Delete(_)
        | Act::SetTopic(_)
        | Act::Expire(_)
        | Act::Forget(_)
        | Act::NoteTime(_)
        | Act::MakeLink(_)
        | Act::UseDevice(_)
        | Act::MakeInvite(_)
        | Act::EndInvite(_)
        | Act::Create(_)
        | Act::Direct(_)
        | Act::Add(_)
        | Act::Remove(_)
        | Act::SetRole(_)
        | Act::KeepRoom(_)
        | Act::Reply(_)
        | Act::Edit(_)
        | Act::DeleteOwn(_)
        | Act::React(_)
        | Act::Mention(_)
        | Act::EditMention(_)
        | Act::KeepRoomAs(_)
        | Act::NoteRead(_)
        | Act::MakeHook(_)
        | Act::EndHook(_)
        | Act::SayAsHook(_)
        | Act::Import(_)
        | Act::MakeBot(_)
        | Act::MakeOutgoing(_) => None,
    }
}

fn named(take: &TakeName, outcome: &Outcome) -> Option<News> {
    let (person, devices) = outcome.clone().named().ok()?;
    Some(News::Named(take.clone(), person, devices))
}
