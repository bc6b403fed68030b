//! A table by name that keeps the order of the file: order is meaning in a checklist (questions, steps, roles).
//!
//! Serialised as a map. Reading through serde keeps the order the deserialiser gives; the located reader sorts by
//! place in the file.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Things by name, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for Named<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: PartialEq, V> Named<K, V> {
    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// The one with this name.
    pub fn get(&self, name: &K) -> Option<&V> {
        self.entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
    /// Is there one with this name?
    pub fn contains(&self, name: &K) -> bool {
        self.get(name).is_some()
    }
    /// Adds at the end, or replaces in place.
    pub fn insert(&mut self, name: K, value: V) {
        match self.entries.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name, value)),
        }
    }
    /// Adds at the end, for a caller who knows that the name is new: of ten thousand, each is not compared with all others.
    pub fn push_new(&mut self, name: K, value: V) {
        self.entries.push((name, value));
    }
    /// In order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }
    /// The values in order, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }
    /// Puts those for which `first` holds before the others; each part keeps its order.
    pub fn partition(&mut self, first: impl Fn(&V) -> bool) {
        self.entries.sort_by_key(|(_, value)| !first(value));
    }
    /// Names and values, taken out in order.
    pub fn into_entries(self) -> impl Iterator<Item = (K, V)> {
        self.entries.into_iter()
    }
    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }
}

impl<K: PartialEq, V> FromIterator<(K, V)> for Named<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut named = Self::default();
        for (key, value) in iter {
            named.insert(key, value);
        }
        named
    }
}

impl<K: Serialize, V: Serialize> Serialize for Named<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (key, value) in &self.entries {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, K: Deserialize<'de> + PartialEq, V: Deserialize<'de>> Deserialize<'de> for Named<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de> + PartialEq, V: Deserialize<'de>> Visitor<'de> for InOrder<K, V> {
            type Value = Named<K, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut named = Named::default();
                while let Some((key, value)) = map.next_entry()? {
                    named.insert(key, value);
                }
                Ok(named)
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

impl<K, V: JsonSchema> JsonSchema for Named<K, V> {
    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", V::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        <std::collections::BTreeMap<String, V>>::json_schema(generator)
    }
}
