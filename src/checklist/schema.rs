//! The JSON Schema of the format, for editors: made from the model, so it cannot say anything else.
//!
//! The committed copy is `assets/checklist.schema.json`; a test compares them. A file names it with a `#:schema` line,
//! which is a comment to every TOML reader.

use super::model::Checklist;

/// The schema as indented JSON, with a line end.
pub fn schema_json() -> String {
    let schema = schemars::schema_for!(Checklist);
    // A schema is plain JSON values, which always become text.
    serde_json::to_string_pretty(&schema).map(|text| text + "\n").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::schema_json;

    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/checklist.schema.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let current = schema_json();
        if std::env::vars().any(|(name, value)| name == "GONOGO_UPDATE" && value == "1") {
            std::fs::write(path, &current).expect("the schema is written");
            return;
        }
        assert!(
            committed == current,
            "assets/checklist.schema.json is not current: GONOGO_UPDATE=1 cargo test schema"
        );
    }
}
