//! Two devices hear the same things in one order, and count what a recount finds.

use proptest::prelude::*;

use super::*;

fn id(number: u64) -> MessageId {
    MessageId::try_from(number).unwrap()
}

/// What a device hears.
#[derive(Debug, Clone)]
enum Heard {
    Others(MessageId, bool),
    Own(MessageId),
    Read(MessageId),
    Deleted(MessageId),
    Marked(Option<MessageId>),
}

/// A message as the server has it.
struct Stored {
    id: MessageId,
    is_own: bool,
    is_mention: bool,
    is_deleted: bool,
}

/// A device, with what is on its way to it.
#[derive(Default)]
struct Device {
    counts: Counts,
    coming: VecDeque<Heard>,
    is_unsure: bool,
}

impl Device {
    fn hears(&mut self) {
        let Some(heard) = self.coming.pop_front() else { return };
        self.is_unsure |= match heard {
            Heard::Others(id, is_mention) => {
                self.counts.hear(id, is_mention);
                false
            }
            Heard::Own(id) => self.counts.say(id),
            Heard::Read(upto) => self.counts.read(upto),
            Heard::Deleted(id) => self.counts.change(id),
            Heard::Marked(marked) => self.counts.mark(marked),
        };
    }

    /// An answer may overtake what is on its way.
    fn is_told(&mut self, server: &Server) {
        self.counts.tell(server.recount());
        self.is_unsure = false;
    }
}

#[derive(Default)]
struct Server {
    log: Vec<Stored>,
    read: Option<MessageId>,
    marked: Option<MessageId>,
    events: u64,
}

impl Server {
    fn next(&mut self) -> MessageId {
        self.events += 1;
        id(self.events)
    }

    fn recount(&self) -> Told {
        let head = self.log.last().map(|message| message.id);
        let before = self.marked.map(|marked| id(marked.get() - 1));
        let from = before.map_or(self.read, |before| self.read.min(Some(before)));
        let unread = self.log.iter().filter(|it| Some(it.id) > from);
        let unread: Vec<_> = unread.filter(|it| !it.is_own && !it.is_deleted).collect();
        let mentions = unread.iter().filter(|it| it.is_mention).count();
        let counted = |count: usize| u32::try_from(count).unwrap();
        let (unread, mentions) = (counted(unread.len()), counted(mentions));
        Told { read: self.read, marked: self.marked, unread, mentions, head }
    }
}

/// One thing that may happen; which of the devices it happens on, if it matters.
#[derive(Debug, Clone)]
enum Chance {
    Others(bool),
    Own,
    Sees(usize),
    Deletes(usize),
    Marks(usize),
    Unmarks,
    Hears(usize),
    Answer(usize),
}

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        4 => any::<bool>().prop_map(Chance::Others),
        1 => Just(Chance::Own),
        2 => (0..2_usize).prop_map(Chance::Sees),
        1 => any::<usize>().prop_map(Chance::Deletes),
        1 => any::<usize>().prop_map(Chance::Marks),
        1 => Just(Chance::Unmarks),
        8 => (0..2_usize).prop_map(Chance::Hears),
        1 => (0..2_usize).prop_map(Chance::Answer),
    ]
}

fn happens(server: &mut Server, devices: &mut [Device; 2], chance: &Chance) {
    let all = |devices: &mut [Device; 2], heard: &Heard| {
        devices.iter_mut().for_each(|device| device.coming.push_back(heard.clone()));
    };
    match *chance {
        Chance::Others(is_mention) => {
            let id = server.next();
            server.log.push(Stored { id, is_own: false, is_mention, is_deleted: false });
            all(devices, &Heard::Others(id, is_mention));
        }
        Chance::Own => {
            let id = server.next();
            server.log.push(Stored { id, is_own: true, is_mention: false, is_deleted: false });
            server.read = Some(id);
            all(devices, &Heard::Own(id));
        }
        // Who sees the newest message that they know has heard all of it, and sends `read`.
        Chance::Sees(at) => {
            let device = &mut devices[at];
            if device.counts.is_marked() || !device.counts.is_told() {
                return;
            }
            let newest = device.counts.newest();
            device.counts.see(newest);
            if Some(newest) > server.read {
                server.read = Some(newest);
                devices[1 - at].coming.push_back(Heard::Read(newest));
            }
            // It may be marked, which is not heard yet.
        }
        Chance::Deletes(at) => {
            let Some(len) = Some(server.log.len()).filter(|len| *len > 0) else { return };
            server.next();
            let message = &mut server.log[at % len];
            message.is_deleted = true;
            let heard = Heard::Deleted(message.id);
            all(devices, &heard);
        }
        Chance::Marks(at) => {
            let Some(len) = Some(server.log.len()).filter(|len| *len > 0) else { return };
            server.marked = Some(server.log[at % len].id);
            all(devices, &Heard::Marked(server.marked));
        }
        Chance::Unmarks => {
            server.marked = None;
            all(devices, &Heard::Marked(None));
        }
        Chance::Hears(at) => devices[at].hears(),
        Chance::Answer(at) => devices[at].is_told(server),
    }
}

proptest! {
    #[test]
    fn two_devices_and_a_recount_agree(chances in proptest::collection::vec(chance(), 0..80)) {
        let (mut server, mut devices) = (Server::default(), <[Device; 2]>::default());
        devices.iter_mut().for_each(|device| device.is_told(&server));
        chances.iter().for_each(|chance| happens(&mut server, &mut devices, chance));
        for device in &mut devices {
            while !device.coming.is_empty() {
                device.hears();
            }
            if device.is_unsure {
                device.is_told(&server);
            }
            let (right, counts) = (server.recount(), &device.counts);
            prop_assert_eq!(counts.unread(), usize::try_from(right.unread).unwrap());
            prop_assert_eq!(counts.mentions(), usize::try_from(right.mentions).unwrap());
            prop_assert_eq!(counts.is_marked(), right.marked.is_some());
        }
    }
}

#[test]
fn what_is_heard_before_the_server_has_counted_is_counted_once() {
    let mut counts = Counts::default();
    counts.hear(id(5), true);
    counts.hear(id(7), false);
    counts.hear(id(6), false);
    counts.hear(id(6), false);
    assert_eq!((counts.unread(), counts.mentions()), (3, 1));
    counts.tell(Told {
        read: Some(id(2)),
        unread: 4,
        mentions: 1,
        head: Some(id(6)),
        ..Told::default()
    });
    assert_eq!((counts.unread(), counts.mentions()), (5, 1));
}

#[test]
fn a_thousand_messages_take_no_more_room() {
    let mut counts = Counts::default();
    (1..=3000).for_each(|number| counts.hear(id(number), true));
    assert_eq!((counts.unread(), counts.mentions(), counts.heard.len()), (3000, 3000, HEARD_MAX));
}
