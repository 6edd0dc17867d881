//! How a client's frame is read: strictly. It is one JSON object in which no key stands twice, with a bounded
//! number of fields; each family takes the fields that it knows, and the others are ignored.
//!
//! This file does not know which envelopes there are.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::ids::{MessageId, Ref};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Most fields of one object. The largest envelope has seven; the rest is room for those to come, and a
/// bound on the work of finding a key that stands twice.
pub const FIELDS_MAX: usize = 32;

/// What an answer to an envelope names: its room, unless it is about the whole server, and its `ref`.
pub(crate) type Subject<'a> = (Option<&'a RoomName>, Option<&'a Ref>);

/// An envelope that a client may send.
pub(crate) trait FromClient: Sized {
    /// Takes its fields from an object whose `type` is its own.
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal>;

    /// Its room and `ref`.
    fn subject(&self) -> Subject<'_>;

    /// Where its `ref` goes, if it has one.
    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        None
    }
}

/// The fields of one object: their keys, and their values as they were written.
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A string that is copied only if it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    pub(crate) fn parse(frame: &'a str) -> Result<Self, Refusal> {
        let mut object = Object { fields: Vec::with_capacity(8), refusal: None };
        let mut json = serde_json::Deserializer::from_str(frame);
        match object.deserialize(&mut json).and_then(|()| json.end()) {
            Ok(()) => Ok(Fields(object.fields)),
            Err(_) => Err(object.refusal.unwrap_or(Refusal::BadJson)),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A field of any type, if it is there; null is a value of the wrong type.
    pub(crate) fn optional<T: Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let Some((_, raw)) = self.0.iter().find(|(key, _)| key == name) else { return Ok(None) };
        serde_json::from_str(raw.get()).map(Some).map_err(|error| bad(name, &error))
    }

    pub(crate) fn required<T: Deserialize<'a>>(&self, name: &str) -> Result<T, Refusal> {
        self.optional(name)?.ok_or_else(|| Fields::missing(name))
    }

    pub(crate) fn missing(name: &str) -> Refusal {
        Refusal::BadField(format!("the field {name:?} is missing"))
    }

    pub(crate) fn kind(&self) -> Result<Cow<'a, str>, Refusal> {
        self.text("type")
    }

    pub(crate) fn text(&self, name: &str) -> Result<Cow<'a, str>, Refusal> {
        self.required(name).map(|Text(text)| text)
    }

    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Refusal> {
        Ok(self.optional(name)?.map(|Text(text)| text))
    }

    pub(crate) fn room(&self) -> Result<RoomName, Refusal> {
        RoomName::known(&self.text("room")?).map_err(Refusal::BadRoom)
    }

    pub(crate) fn optional_room(&self) -> Result<Option<RoomName>, Refusal> {
        let room = self.optional_text("room")?;
        room.as_deref().map(RoomName::known).transpose().map_err(Refusal::BadRoom)
    }

    pub(crate) fn user(&self, name: &str) -> Result<UserName, Refusal> {
        UserName::known(&self.text(name)?).map_err(Refusal::BadName)
    }

    pub(crate) fn reference(&self) -> Result<Option<Ref>, Refusal> {
        let reference = self.optional_text("ref")?;
        Ok(reference.as_deref().map(Ref::try_from).transpose()?)
    }

    pub(crate) fn id(&self, name: &str) -> Result<MessageId, Refusal> {
        self.optional_id(name)?.ok_or_else(|| Fields::missing(name))
    }

    pub(crate) fn optional_id(&self, name: &str) -> Result<Option<MessageId>, Refusal> {
        let id = self.optional(name)?.map(|number: u64| MessageId::try_from(number)).transpose();
        id.map_err(|error| Refusal::BadField(error.to_string()))
    }
}

fn bad(name: &str, error: &serde_json::Error) -> Refusal {
    if error.classify() != Category::Data {
        return Refusal::BadJson;
    }
    let text = error.to_string();
    let sentence = text.split(" at line ").next().unwrap_or_default();
    let sentence: String = sentence.chars().take(200).collect();
    Refusal::BadField(format!("bad field {name:?}: {sentence}"))
}

/// Reads an object, and only that: a visitor that knows no lists refuses them.
struct Object<'a> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Why it was refused, if it is JSON all the same.
    refusal: Option<Refusal>,
}

impl<'a> Object<'a> {
    fn check(&self, key: &str) -> Result<(), String> {
        if self.fields.iter().any(|(seen, _)| seen == key) {
            let key: String = key.chars().take(40).collect();
            return Err(format!("bad field {key:?}: it is repeated"));
        }
        if self.fields.len() == FIELDS_MAX {
            return Err(format!("an object has at most {FIELDS_MAX} fields"));
        }
        Ok(())
    }
}

impl<'a> DeserializeSeed<'a> for &mut Object<'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Object<'a> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            if let Err(sentence) = self.check(&key) {
                self.refusal = Some(Refusal::BadField(sentence));
                return Err(A::Error::custom("refused"));
            }
            self.fields.push((key, map.next_value()?));
        }
        Ok(())
    }
}
