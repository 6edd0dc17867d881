//! What is remembered of each of very many, who need not be: addresses and people with what they took.
//! Who owes nothing is forgotten when there is no room; who is held stays.
//!
//! This file does not know what is limited.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::rate::Rate;

/// A `V` for each `K`. Whoever has one holds it, and it is not forgotten meanwhile.
#[derive(Debug)]
pub(crate) struct Remembered<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Remembered(Mutex::default())
    }
}

impl<K: Eq + Hash, V: AsRef<Rate>> Remembered<K, V> {
    /// What is remembered of one, or a new one. When there are `most`, those that owe nothing are
    /// forgotten, and if that is not enough, all that are not held.
    pub(crate) fn get(
        &self,
        key: K,
        (most, now): (usize, Duration),
        new: impl FnOnce() -> V,
    ) -> Arc<V> {
        let mut all = self.0.lock();
        make_room(&mut all, &key, most, |value| is_held(value) || !rested(&**value, now));
        make_room(&mut all, &key, most, is_held);
        all.entry(key).or_insert_with(|| Arc::new(new())).clone()
    }

    /// The same, but nobody who owes something is forgotten: none if there is no room without that.
    pub(crate) fn get_if_room(
        &self,
        key: K,
        (most, now): (usize, Duration),
        new: impl FnOnce() -> V,
    ) -> Option<Arc<V>> {
        let mut all = self.0.lock();
        let has_room = make_room(&mut all, &key, most, |value| !rested(&**value, now));
        has_room.then(|| all.entry(key).or_insert_with(|| Arc::new(new())).clone())
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

fn rested<V: AsRef<Rate>>(value: &V, now: Duration) -> bool {
    value.as_ref().is_rested(now)
}

/// Somebody has it besides this map.
fn is_held<V>(value: &Arc<V>) -> bool {
    Arc::strong_count(value) > 1
}

/// Whether there is room for one, if need be after forgetting all but those that stay.
fn make_room<K: Eq + Hash, V>(
    all: &mut HashMap<K, Arc<V>>,
    key: &K,
    most: usize,
    stays: impl Fn(&Arc<V>) -> bool,
) -> bool {
    let has_room = |all: &HashMap<K, Arc<V>>| all.len() < most || all.contains_key(key);
    if !has_room(all) {
        all.retain(|_, value| stays(value));
    }
    has_room(all)
}
