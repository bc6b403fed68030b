//! The one table of words that give a heading, a line or a comment its meaning, in eleven languages.
//!
//! Not here: what follows from a meaning (`sections`, `outline`, `shell/parts.rs`).

/// What a comment starts with when what follows is done only sometimes.
const CONDITIONAL_STARTS: [&str; 40] = [
    "if ",
    "or ",
    "or:",
    "otherwise",
    "alternatively",
    "alternative:",
    "optional",
    "only if",
    "when needed",
    "wenn ",
    "falls ",
    "oder ",
    "sonst",
    "ansonsten",
    "si ",
    "ou ",
    "sinon",
    "facultatif",
    "optionnel",
    "o ",
    "opcional",
    "se ",
    "oppure",
    "altrimenti",
    "opzionale",
    "als ",
    "of ",
    "anders",
    "optioneel",
    "jeśli ",
    "lub ",
    "albo ",
    "opcjonalnie",
    "если ",
    "или ",
    "иначе",
    "опционально",
    "如果",
    "或者",
    "可选",
];
/// The same, Japanese, where the word stands anywhere.
const CONDITIONAL_INSIDE: [&str; 16] = [
    "(if ",
    "(optional",
    "if needed",
    "if necessary",
    "if required",
    "if applicable",
    "(falls ",
    "(wenn ",
    "bei bedarf",
    "(si ",
    "si nécessaire",
    "si es necesario",
    "(se ",
    "(если",
    "場合",
    "任意",
];

/// Whether a comment or a title says that what follows is done only sometimes.
pub fn conditional(text: &str) -> bool {
    let lower = format!("{} ", text.trim().to_lowercase());
    CONDITIONAL_STARTS.iter().any(|word| lower.starts_with(word))
        || CONDITIONAL_INSIDE.iter().any(|word| lower.contains(word))
}
