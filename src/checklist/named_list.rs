//! Two spellings of one thing: a table by name, or a list whose entries carry an `id`.
//!
//! Windows are written either way; the model knows one. Not here: the table itself (`named.rs`).

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::named::Named;

/// What the schema says of both spellings: a table of these, or a list of them (whose entries may carry an `id`).
pub(super) struct NamedOrList<V>(PhantomData<V>);

impl<V: JsonSchema> JsonSchema for NamedOrList<V> {
    fn schema_name() -> Cow<'static, str> {
        format!("NamedOrList_{}", V::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<V>();
        json_schema!({
            "anyOf": [
                { "type": "object", "additionalProperties": one },
                { "type": "array", "items": { "type": "object" } }
            ]
        })
    }
}

/// Reads a table by name, or a list whose entries have an `id`.
pub(super) fn named_or_list<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<Named<String, V>, D::Error> {
    struct Either<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Either<V> {
        type Value = Named<String, V>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table by name, or a list whose entries have an `id`")
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Named::deserialize(MapAccessDeserializer::new(map))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut named = Named::default();
            while let Some((id, value)) =
                list.next_element_seed(WithId { taken: &named, value: PhantomData })?
            {
                named.insert(id, value);
            }
            Ok(named)
        }
    }
    deserializer.deserialize_any(Either(PhantomData))
}

/// Reads a list, or a table by name whose names are dropped.
pub(super) fn list_or_named<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<V>, D::Error> {
    struct Either<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Either<V> {
        type Value = Vec<V>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list, or a table by name")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<V>, A::Error> {
            let mut list = Vec::new();
            while let Some((_, value)) = map.next_entry::<String, V>()? {
                list.push(value);
            }
            Ok(list)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<V>, A::Error> {
            let mut list = Vec::new();
            while let Some(value) = seq.next_element()? {
                list.push(value);
            }
            Ok(list)
        }
    }
    deserializer.deserialize_any(Either(PhantomData))
}

/// One entry of a list: its `id`, and the rest of it. An `id` that was taken already is refused.
struct WithId<'n, V> {
    taken: &'n Named<String, V>,
    value: PhantomData<V>,
}

impl<'de, V: Deserialize<'de>> DeserializeSeed<'de> for WithId<'_, V> {
    type Value = (String, V);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(String, V), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, V: Deserialize<'de>> Visitor<'de> for WithId<'_, V> {
    type Value = (String, V);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with an `id`")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(String, V), A::Error> {
        let mut id = None;
        let value = V::deserialize(MapAccessDeserializer::new(TakeId { map, id: &mut id }))?;
        let id = id.ok_or_else(|| A::Error::missing_field("id"))?;
        if self.taken.contains(&id) {
            return Err(A::Error::custom(format!("`{id}` is there already; each entry needs its own `id`")));
        }
        Ok((id, value))
    }
}

/// A table without its `id`, which is put aside.
struct TakeId<'i, A> {
    map: A,
    id: &'i mut Option<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TakeId<'_, A> {
    type Error = A::Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            if key != "id" {
                return seed.deserialize(key.into_deserializer()).map(Some);
            }
            *self.id = Some(self.map.next_value()?);
        }
        Ok(None)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
