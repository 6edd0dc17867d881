//! What an operator tells a node of a cluster to do with what is kept of people: it gets a place in the order,
//! and then it holds here as it does on all other nodes.
//!
//! This file does not know how the operator reaches the node.

use std::net::Ipv4Addr;

use protocol::{Refusal, UserName};
use tokio::sync::oneshot;

use super::Auth;
use crate::log::event::Act;
use crate::log::operator::instruction::{Done, Instruction};
use crate::log::sanction::Lift;
use crate::log::{Asker, Command, Log, Outcome, ReplyTo};

impl Auth {
    /// Does it, and returns when that is stored.
    pub(crate) async fn instructed(&self, log: &Log, instruction: Instruction) -> Done {
        let _alone = self.acts.lock().await;
        if let Some(name) = instruction.program() {
            let operator = Asker::new(Ipv4Addr::LOCALHOST.into(), false);
            let looks = log.may_look_so(&operator, name.clone()).await;
            looks.map_err(|refusal| refusal.to_string())?;
        }
        let acts: Vec<_> = match &instruction {
            Instruction::ReleaseName(name) => vec![Act::ReleaseName(name.clone())],
            Instruction::MakeLink(make) => vec![Act::MakeLink(Box::new(make.clone()))],
            Instruction::MakeInvite(make) => vec![Act::MakeInvite(Box::new(make.clone()))],
            Instruction::MakeHook(make) => vec![Act::MakeHook(Box::new(make.clone()))],
            Instruction::MakeOutgoing(hook) => vec![Act::MakeOutgoing(Box::new(hook.clone()))],
            Instruction::EndHook(end) => vec![Act::EndHook(Box::new(end.clone()))],
            Instruction::MakeBot(make) => vec![Act::MakeBot(Box::new(make.clone()))],
            Instruction::EndBot(name) => vec![Act::EndBot(name.clone())],
            Instruction::Lift(kind, room, whom) => {
                let now = self.time.age_ms();
                let found = self.sanctions.of(*kind, room.as_ref(), whom, now);
                let lift = found.iter().map(|it| Lift {
                    kind: it.kind,
                    room: it.room.clone(),
                    owner: it.owner(),
                });
                lift.map(|lift| Act::Lift(Box::new(lift))).collect()
            }
        };
        let refused = || "this node is cut off from the others".to_owned();
        let mut waiting = Vec::with_capacity(acts.len());
        for act in acts {
            let (done, outcome) = oneshot::channel();
            let command = Command { act: act.clone(), reply_to: ReplyTo::Waiting(done) };
            log.queue(command).await.map_err(|_| refused())?;
            waiting.push((act, outcome));
        }
        let mut count = 0;
        for (act, outcome) in waiting {
            match outcome.await.map_err(|_| refused())? {
                Outcome::Refused(Refusal::NotFound(_) | Refusal::NoName) => continue,
                Outcome::Refused(refusal) => return Err(refusal.to_string()),
                // Whoever made it has to know it.
                Outcome::Numbered(number) => count += u64::from(number),
                _ => count += 1,
            }
            match act {
                Act::ReleaseName(name) => self.released(&name),
                Act::Lift(lift) => self.sanctions.lifted(&lift),
                _ => {}
            }
        }
        Ok(count)
    }

    /// A name is kept no longer.
    pub(crate) fn released(&self, name: &UserName) {
        // What is on its way into the database came after that.
        if let Some(kept) = self.names.stored(name, self.time.age_ms()) {
            self.names.release(&kept);
        }
    }
}
