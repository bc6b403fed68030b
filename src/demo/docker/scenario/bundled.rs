//! The scenarios that come with the program, by name. Their texts are in the folder beside this file.

/// Name and text.
pub const BUNDLED: [(&str, &str); 10] = [
    ("empty", ""),
    ("running-20", include_str!("bundled/running-20.toml")),
    ("running-500", include_str!("bundled/running-500.toml")),
    ("stopped-10000", include_str!("bundled/stopped-10000.toml")),
    ("flood", include_str!("bundled/flood.toml")),
    ("flood-paced", include_str!("bundled/flood-paced.toml")),
    ("million", include_str!("bundled/million.toml")),
    ("flood-500", include_str!("bundled/flood-500.toml")),
    ("hung", include_str!("bundled/hung.toml")),
    ("restless", include_str!("bundled/restless.toml")),
];
