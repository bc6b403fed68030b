//! Filling a whole check: addresses percent-encoded, everything else as it is; scripts are never touched.
//!
//! Not here: single templates (`values.rs`), commands of steps (`engine/plan.rs`).

use super::assertion::{Scalar, WordTable, Words};
use super::check::Check;
use super::named::Named;
use super::normalise::for_each_template;
use super::template::{Template, TemplateFault};
use super::values::Values;

impl Values<'_> {
    /// The check with every known name filled in; secrets and captured values stay names. Errors: unknown names.
    pub fn fill_check(&self, check: &Check) -> Result<Check, TemplateFault> {
        let mut filled = check.clone();
        let mut fault = None;
        // The address first, with its own rule; filling it again as plain text changes nothing, for no name is left.
        if let Check::Http(http) = &mut filled {
            http.url = self.prefill_url(&http.url)?;
        }
        for_each_template(&mut filled, &mut |template| match self.prefill(template) {
            Ok(text) => *template = text,
            Err(found) => fault = fault.take().or(Some(found)),
        });
        match &mut filled {
            Check::Http(http) => {
                self.fill_words(http.body.iter_mut())?;
                self.fill_words(http.json.values_mut())?;
                self.fill_words(http.header.values_mut())?;
            }
            Check::Tcp(tcp) => self.fill_words(tcp.expect.iter_mut())?,
            Check::Command(command) => {
                self.fill_words(command.stdout.iter_mut())?;
                self.fill_words(command.stderr.iter_mut())?;
                self.fill_words(command.json.values_mut())?;
            }
            Check::Containers(_) => {}
        }
        fault.map_or(Ok(filled), Err)
    }
    /// The values of a table, filled. Errors: unknown names.
    pub fn fill_env(&self, env: &Named<String, Template>) -> Result<Named<String, Template>, TemplateFault> {
        env.iter().map(|(name, value)| Ok((name.clone(), self.prefill(value)?))).collect()
    }
    fn fill_words<'w>(&self, words: impl Iterator<Item = &'w mut Words>) -> Result<(), TemplateFault> {
        for word in words {
            match word {
                Words::Equals(scalar) => self.fill_scalar(scalar)?,
                Words::All(table) => self.fill_table(table)?,
            }
        }
        Ok(())
    }
    fn fill_table(&self, table: &mut WordTable) -> Result<(), TemplateFault> {
        if let Some(scalar) = &mut table.equals {
            self.fill_scalar(scalar)?;
        }
        table.not.as_mut().map_or(Ok(()), |not| self.fill_table(not))
    }
    /// A text to be equal to is final after this: no name is left in it, and its braces are single.
    fn fill_scalar(&self, scalar: &mut Scalar) -> Result<(), TemplateFault> {
        if let Scalar::Text(text) = scalar {
            *text = self.fill(&Template::new(text.clone()))?;
        }
        Ok(())
    }
}
