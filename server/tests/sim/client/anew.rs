//! What a client does that says something else when it could not say a thing.

use protocol::{Body, ErrorNote};

use super::{Client, Said};

impl Client {
    /// What was refused is over, and something else is said instead.
    pub(super) fn say_anew(&mut self, note: &ErrorNote) {
        let is_it = |said: &&mut Said| Some(&said.reference) == note.reference.as_ref();
        let (content, reference) = (format!("{}-{}", self.device, self.next), self.reference());
        let Some(said) = self.pending.iter_mut().find(is_it) else { return };
        if said.times == 1 {
            self.refused.push(said.content.as_str().to_owned());
        }
        let content = Body::try_from(content).unwrap();
        *said = Said { content, reference, sent: false, times: 0, ..said.clone() };
    }
}
