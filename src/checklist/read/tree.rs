//! The spanned tree of a TOML file as a source for serde, with parts left out: tables in the order of the file, and
//! every fault bound to the bytes it belongs to.

use std::collections::HashSet;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, FaultKind, Omit, address};
use super::placeholder::Placeholder;

/// A value of the file.
#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    pub(super) value: &'t Spanned<DeValue<'t>>,
    pub(super) omitted: &'t HashSet<Omit>,
}

/// A key and its value.
pub(super) type Entry<'t> = (&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>);

/// The entries of a table in the order of the file.
pub(super) fn in_order<'t>(table: &'t DeTable<'t>) -> Vec<Entry<'t>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

impl<'t> Node<'t> {
    fn kept(&self, table: &'t DeTable<'t>) -> Vec<Entry<'t>> {
        let mut entries = in_order(table);
        entries.retain(|(_, value)| !self.omitted.contains(&Omit::Value(address(value))));
        entries
    }
    fn map(&self, table: &'t DeTable<'t>) -> Fields<'t> {
        let own = address(self.value);
        let filled = self.omitted.iter().filter_map(|omit| match omit {
            Omit::Fill(table, field) if *table == own => Some(*field),
            Omit::Fill(..) | Omit::Value(_) => None,
        });
        Fields { node: *self, left: self.kept(table).into_iter(), filled: filled.collect(), value: None }
    }
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Fault;
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value.get_ref() {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => Err(Fault::custom(format!("`{number}` does not fit into 64 bits"))),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(Fault::custom(format!("`{number}` is not a number"))),
            },
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            DeValue::Datetime(time) => visitor.visit_string(time.to_string()),
            DeValue::Array(list) => {
                let mut left: Vec<_> = list.iter().collect();
                left.retain(|value| !self.omitted.contains(&Omit::Value(address(value))));
                visitor.visit_seq(Elements { node: self, left: left.into_iter() })
            }
            DeValue::Table(table) => visitor.visit_map(self.map(table)),
        }
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value.get_ref() {
            DeValue::String(word) => visitor.visit_enum(word.as_ref().into_deserializer()),
            DeValue::Table(table) => {
                visitor.visit_enum(Variant { node: self, entry: self.one_of(table, variants)? })
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                let words: Vec<_> = variants.iter().map(|word| format!("`{word}`")).collect();
                let expected = format!("one of {}", words.join(", "));
                Err(Fault::new(FaultKind::Wrong {
                    found: self.value.get_ref().type_str().to_owned(),
                    expected,
                }))
            }
        }
    }
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'t> Node<'t> {
    /// The one entry of a table that names a kind.
    fn one_of(&self, table: &'t DeTable<'t>, variants: &'static [&'static str]) -> Result<Entry<'t>, Fault> {
        let kept = self.kept(table);
        let known = |entry: &&Entry<'t>| variants.contains(&entry.0.get_ref().as_ref());
        if let Some((key, value)) = kept.iter().find(|entry| !known(entry)) {
            let fault = Fault::new(FaultKind::UnknownKey(key.get_ref().to_string(), variants));
            return Err(fault.or_at(key.span(), Omit::Value(address(value))));
        }
        match kept.as_slice() {
            [entry] => Ok(*entry),
            [(first, _), (second, value), ..] => {
                let text =
                    format!("`{}` and `{}` in one table; one kind only", first.get_ref(), second.get_ref());
                Err(Fault::custom(text).or_at(second.span(), Omit::Value(address(value))))
            }
            [] => {
                let words: Vec<_> = variants.iter().map(|word| format!("`{word}`")).collect();
                Err(Fault::custom(format!("the table is empty; expected one of {}", words.join(", "))))
            }
        }
    }
}

/// The entries of a table.
struct Fields<'t> {
    node: Node<'t>,
    left: std::vec::IntoIter<Entry<'t>>,
    filled: Vec<&'static str>,
    value: Option<&'t Spanned<DeValue<'t>>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        if let Some((key, value)) = self.left.next() {
            self.value = Some(value);
            let deserializer: StrDeserializer<'_, Fault> = key.get_ref().as_ref().into_deserializer();
            let place = || (key.span(), Omit::Value(address(value)));
            return seed
                .deserialize(deserializer)
                .map(Some)
                .map_err(|fault| fault.or_at(place().0, place().1));
        }
        self.value = None;
        let Some(field) = self.filled.pop() else { return Ok(None) };
        let deserializer: StrDeserializer<'_, Fault> = field.into_deserializer();
        seed.deserialize(deserializer).map(Some)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.value {
            Some(value) => {
                seed.deserialize(Node { value, ..self.node }).map_err(|fault| fault.at_value(value))
            }
            // Nothing can stand in: the whole table is left out, and what is said about it is known already.
            None => seed.deserialize(Placeholder).map_err(|_fault| {
                let table = self.node.value;
                Fault::new(FaultKind::Other(String::new())).or_at(table.span(), Omit::Value(address(table)))
            }),
        }
    }
}

/// The elements of a list.
struct Elements<'t> {
    node: Node<'t>,
    left: std::vec::IntoIter<&'t Spanned<DeValue<'t>>>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Fault;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.left.next() else { return Ok(None) };
        seed.deserialize(Node { value, ..self.node }).map(Some).map_err(|fault| fault.at_value(value))
    }
}

/// A table with one key: the kind, and what belongs to it.
struct Variant<'t> {
    node: Node<'t>,
    entry: Entry<'t>,
}

impl<'de, 't> EnumAccess<'de> for Variant<'t> {
    type Error = Fault;
    type Variant = Node<'t>;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Node<'t>), Fault> {
        let (key, value) = self.entry;
        let deserializer: StrDeserializer<'_, Fault> = key.get_ref().as_ref().into_deserializer();
        Ok((seed.deserialize(deserializer)?, Node { value, ..self.node }))
    }
}

impl<'de> VariantAccess<'de> for Node<'_> {
    type Error = Fault;
    fn unit_variant(self) -> Result<(), Fault> {
        let found = self.value.get_ref().type_str();
        Err(Fault::invalid_type(Unexpected::Other(found), &"a word in quotes").at_value(self.value))
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self).map_err(|fault| fault.at_value(self.value))
    }
    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor).map_err(|fault| fault.at_value(self.value))
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor).map_err(|fault| fault.at_value(self.value))
    }
}
