//! Where in a checklist something stands: `phases[0].items[2].check.http.url`.
//!
//! The model is spelled as the file is, so a place in the model is a place in the file: `read/locate.rs` finds its
//! bytes. Validation can so work on the model alone, whichever reader made it.

use std::fmt;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Into a table, by key.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// Where in a checklist something stands; empty: the whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place(Vec<Segment>);

impl Place {
    /// The whole file.
    pub fn root() -> Self {
        Self::default()
    }
    /// Down into a table.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut deeper = self.clone();
        deeper.0.push(Segment::Key(key.into()));
        deeper
    }
    /// Down into a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut deeper = self.clone();
        deeper.0.push(Segment::Index(index));
        deeper
    }
    /// The steps from the top.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if at == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
