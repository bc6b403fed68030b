//! Credentials by cases, over the documents, and over any text. No real one stands here: shapes are put together.

use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<SecretKind> {
    secrets(text).into_iter().map(|one| one.kind).collect()
}

#[test]
fn credentials_are_found_by_kind() {
    let token = format!("ghp{}{}", "_", "a1B2".repeat(9));
    let key = format!("-----BEGIN {0} PRIVATE KEY-----\nMIIB\n-----END {0} PRIVATE KEY-----", "RSA");
    for (text, kind) in [
        (token.as_str(), SecretKind::Token),
        (key.as_str(), SecretKind::KeyBlock),
        ("postgres://app:hunter22@db/x", SecretKind::Address),
        ("export DB_PASSWORD=hunter22", SecretKind::Assignment),
        ("mysql --password hunter22", SecretKind::Assignment),
        ("api_key: \"hunter 22\"", SecretKind::Assignment),
        ("curl -H 'Authorization: Bearer hunter22' x", SecretKind::Header),
        ("curl -u me:hunter22 x", SecretKind::User),
    ] {
        assert_eq!(kinds(text), [kind], "{text}");
        let masked = masked(text);
        assert!(
            masked.contains("‹secret›")
                && !masked.contains("hunter")
                && !masked.contains("MIIB")
                && !masked.contains("a1B2"),
            "{masked}"
        );
    }
}

#[test]
fn places_variables_and_words_are_none() {
    for text in [
        "PASSWORD=$DB_PASSWORD",
        "PASSWORD=\"${X}\"",
        "password: <password>",
        "TOKEN=your-token",
        "https://user:$PASS@host",
        "SECRET_KEY=CHANGEME",
        "Authorization: Bearer $TOKEN",
        "docker run -u 1000:1000 x",
        "curl -u \"$U:$P\" x",
        "Database password set (strong, unique)",
        "- Secrets: GitLab variables",
        "token: required",
        "PASSWORD=",
        "password=xxxxxxxx",
        "the token: see below for it",
        "AKIA",
        "http://host:80/@x",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn the_documents_hold_none() {
    for document in [
        include_str!("../../../../tests/fixtures/documents/000.md"),
        include_str!("../../../../tests/fixtures/documents/001.md"),
        include_str!("../../../../tests/fixtures/documents/002.md"),
        include_str!("../../../../tests/fixtures/documents/003.md"),
        include_str!("../../../../tests/fixtures/documents/004.md"),
    ] {
        let found: Vec<&str> = secrets(document).into_iter().map(|one| slice(document, one.range)).collect();
        assert_eq!(found, [""; 0]);
    }
}

#[test]
fn letters_that_look_like_others_are_told() {
    let found: Vec<Lookalike> =
        lookalikes("a\u{202e}b\u{200b}c “x” d\u{a0}e –f é").into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(
        found,
        [
            Lookalike::Direction,
            Lookalike::Invisible,
            Lookalike::Quote,
            Lookalike::Quote,
            Lookalike::Blank,
            Lookalike::Dash
        ]
    );
    assert_eq!(lookalikes("git push 'x' \"y\" größe 日本"), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn no_text_stops_it_and_places_are_in_order(text in "(password|token|[=: \n]|://|[a-z:@'\"-]|-u |Authorization: |-----BEGIN |PRIVATE KEY|eyJ|\\PC){0,40}") {
        let mut end = 0;
        for one in secrets(&text) {
            prop_assert!(one.range.start >= end && text.get(one.range.clone()).is_some_and(|value| !value.is_empty()));
            end = one.range.end;
        }
        prop_assert!(masked(&text).len() <= text.len() * 12);
    }
}

#[test]
fn tokens_options_and_sentences_give_their_values_away() {
    for (text, value) in [
        ("Use sk-proj-abcd1234efgh5678ijkl9012mnop now", "sk-proj-abcd1234efgh5678ijkl9012mnop"),
        ("key sk-ant-api03-abcdefgh12345678", "sk-ant-api03-abcdefgh12345678"),
        (
            "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnop",
            "B00000000/abcdefghijklmnop",
        ),
        ("Use password: rbitemS3cret45", "rbitemS3cret45"),
        ("AccountName=a;AccountKey=bXlrZXkxMjM0NTY3ODkw", "bXlrZXkxMjM0NTY3ODkw"),
        ("Passwort: deS3cret99", "deS3cret99"),
        ("mysql -u root -pMyS3cretPw1 prod", "MyS3cretPw1"),
        ("docker login -u bob -p D0ckerPwXyz reg", "D0ckerPwXyz"),
    ] {
        let shown = masked(text);
        assert!(!shown.contains(value) && shown.contains("‹secret›"), "{text}: {shown}");
    }
    for plain in [
        "Rotate the password: see the wiki",
        "mkdir -p releases",
        "docker run -p 8080:80 web",
        "What to do with a password: ask the lead",
        "cio is a word, hf_x too",
    ] {
        assert_eq!(masked(plain), plain);
    }
}
