//! The normalised checklist as a TOML table: what a session embeds, and what `read` reads back to the equal model.
//!
//! Order is meaning (questions, roles, actions), so the table keeps it: the reason for toml's `preserve_order`.
//! Not here: the bytes of a session's header (`session/header.rs`).

use super::model::Checklist;

/// The checklist as a table, spelled as a file is. Errors: none known; the model holds nothing TOML cannot say, but
/// the writer's own error is kept rather than hidden.
pub fn to_table(checklist: &Checklist) -> Result<toml::Table, toml::ser::Error> {
    toml::Table::try_from(checklist)
}

/// The checklist of a table that `to_table` made. Errors: it is none.
pub fn from_table(table: toml::Table) -> Result<Checklist, toml::de::Error> {
    table.try_into()
}

/// The checklist as the text of a file.
pub fn to_text(checklist: &Checklist) -> Result<String, toml::ser::Error> {
    // A checklist is small (at most 1 MiB); the writer's quadratic case needs far more.
    toml::to_string(&to_table(checklist)?)
}

#[cfg(test)]
mod tests {
    use super::to_text;
    use crate::checklist::bundled::BUNDLED;
    use crate::checklist::read::read_toml;

    #[test]
    fn what_is_written_reads_back_to_the_equal_model() {
        let page = include_str!("../../tests/fixtures/checklists/good/page.toml");
        let everything = include_str!("../../tests/fixtures/checklists/good/everything.toml");
        let bundled = BUNDLED.iter().map(|bundled| bundled.source);
        for source in bundled.chain([page, everything]) {
            let read =
                |text: &str| read_toml("x.toml", text).unwrap_or_else(|problems| panic!("{problems:#?}"));
            let model = read(source);
            let text = to_text(&model).expect("the model is TOML");
            assert!(read(&text) == model, "{text}");
        }
    }
}
