//! Canary secrets in every encoding, split anywhere; shapes; what cannot be masked.

use proptest::prelude::*;

use super::*;

const CANARY: &str = "c4n@ry/P+ss=w'0rd \"é";
const MULTILINE: &str = "first-line-0123\nsecond line +/=\n}\nthird-line-4567\n";

fn redactor(secrets: &[(&str, &str)]) -> Redactor {
    Redactor::new(secrets.iter().map(|(name, value)| Secret::new(*name, SecretString::from(*value))))
}

/// The whole text, cut into chunks of this many bytes.
fn in_chunks(redactor: &Redactor, text: &[u8], size: usize) -> String {
    let mut stream = redactor.fresh();
    let mut out = Vec::new();
    for chunk in text.chunks(size) {
        out.extend(stream.push(chunk));
    }
    out.extend(stream.finish());
    String::from_utf8(out).expect("masks replace whole characters")
}

/// Six encodings by other hands than `forms.rs`.
fn encodings(secret: &str) -> Vec<(&'static str, String)> {
    let percent: String = secret
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let json = serde_json::to_string(secret).expect("JSON");
    let mut all = vec![
        ("plain", secret.to_owned()),
        ("percent", percent),
        ("json", json.trim_matches('"').to_owned()),
        ("shell", super::super::shell_quote::sh_quote(secret)),
        ("hex", secret.bytes().flat_map(|b| format!("{b:02x}").into_bytes()).map(char::from).collect()),
    ];
    for before in ["", "u", "us"] {
        all.push(("base64", reference_base64(format!("{before}{secret}").as_bytes(), *b"+/")));
        all.push(("base64url", reference_base64(format!("{before}{secret}xyz").as_bytes(), *b"-_")));
    }
    all
}

/// Bit by bit, to be independent of the code under test.
fn reference_base64(bytes: &[u8], last: [u8; 2]) -> String {
    let alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(last).collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|b| (0..8).rev().map(move |n| b >> n & 1)).collect();
    let six =
        |bits: &[u8]| bits.iter().chain([0; 6].iter()).take(6).fold(0, |n, bit| n << 1 | usize::from(*bit));
    bits.chunks(6).map(|bits| char::from(alphabet[six(bits)])).collect()
}

#[test]
fn the_reference_encoding_is_base64() {
    assert_eq!(reference_base64(b"Man", *b"+/"), "TWFu");
    assert_eq!(reference_base64(b"\xfb\xff", *b"-_"), "-_8");
}

#[test]
fn a_canary_is_masked_in_every_encoding_split_anywhere() {
    let redactor = redactor(&[("TOKEN", CANARY), ("other", "quite-another-secret")]);
    for (how, encoded) in encodings(CANARY) {
        let text = format!("before {encoded} after\n");
        let whole = in_chunks(&redactor, text.as_bytes(), usize::MAX);
        assert!(whole.contains("***TOKEN***"), "{how}: {whole}");
        assert!(whole.starts_with("before ") && whole.ends_with(" after\n"), "{how}: {whole}");
        let middle: String = encoded.chars().skip(4).take(encoded.chars().count() - 8).collect();
        assert!(!whole.contains(&middle), "{how}: {whole}");
        for size in 1..text.len() {
            assert_eq!(in_chunks(&redactor, text.as_bytes(), size), whole, "{how} in chunks of {size}");
        }
    }
}

#[test]
fn each_line_of_a_secret_is_masked_but_not_its_short_ones() {
    let redactor = redactor(&[("KEY", MULTILINE)]);
    assert_eq!(redactor.redact_str(MULTILINE), "***KEY***");
    assert_eq!(redactor.redact_str("| third-line-4567\n| }\n"), "| ***KEY***\n| }\n");
    assert_eq!(redactor.redact_str("first-line-0123\r\nsecond line"), "***KEY***\r\nsecond line");
}

#[test]
fn the_longest_secret_wins_and_overlapping_ones_are_masked_as_one() {
    let redactor =
        redactor(&[("SHORT", "hunter22"), ("LONG", "hunter22-production"), ("TAIL", "production-eu")]);
    assert_eq!(redactor.redact_str("hunter22!"), "***SHORT***!");
    assert_eq!(redactor.redact_str("hunter22-production"), "***LONG***");
    assert_eq!(redactor.redact_str("hunter22-production-eu."), "***LONG***.");
    assert_eq!(redactor.redact_str("hunter22hunter22"), "***SHORT******SHORT***");
}

#[test]
fn numbers_are_masked_like_text() {
    assert_eq!(redactor(&[("PIN", "48151623")]).redact_str("{\"pin\":48151623}"), "{\"pin\":***PIN***}");
}

#[test]
fn a_short_secret_is_named_instead_of_masked() {
    let redactor = redactor(&[("PIN", "123"), ("EMPTY", " \n"), ("FIVE", "éééés"), ("OK", "123456")]);
    assert_eq!(redactor.too_short(), ["PIN", "EMPTY", "FIVE"]);
    assert_eq!(redactor.redact_str("123 123456"), "123 ***OK***");
}

#[test]
fn a_name_cannot_carry_an_escape_sequence() {
    assert_eq!(redactor(&[("A\u{1b}[2J", "secret-value")]).redact_str("secret-value"), "***A__2J***");
}

#[test]
fn debug_shows_no_value() {
    let secret = Secret::new("TOKEN", SecretString::from(CANARY));
    assert_eq!(format!("{secret:?}"), "Secret(TOKEN)");
    assert_eq!(format!("{:?}", Redactor::new([secret])), "Redactor { .. }");
}

/// What the second net must do, in chunks of every size.
const SHAPES: [(&str, &str); 20] = [
    ("id AKIAIOSFODNN7EXAMPLE ok", "id ***AWS-KEY*** ok"),
    ("MAKIAIOSFODNN7EXAMPLE", "MAKIAIOSFODNN7EXAMPLE"),
    ("AKIA and ASIA are places", "AKIA and ASIA are places"),
    ("t=ghp_abcdefghijklmnopqrstuvwxyz0123456789AB;", "t=***GITHUB-TOKEN***;"),
    ("ghp_tooshort", "ghp_tooshort"),
    ("github_pat_11ABCDEFG0123456789_abcdefghij", "***GITHUB-TOKEN***"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_1 end", "jwt ***JWT*** end"),
    ("eyJhbGciOiJIUzI1NiJ9 alone", "eyJhbGciOiJIUzI1NiJ9 alone"),
    ("Authorization: Bearer abc.def\r\nHost: x", "Authorization: ***AUTHORIZATION***\r\nHost: x"),
    ("proxy-authorization:Basic Zm9v\nnext", "proxy-authorization:***AUTHORIZATION***\nnext"),
    (
        "{\"Authorization\": \"Bearer a\\\"b\", \"x\": 1}",
        "{\"Authorization\": \"***AUTHORIZATION***\", \"x\": 1}",
    ),
    (
        r#""{\"authorization\":\"Basic abc\",\"x\":1}""#,
        r#""{\"authorization\":\"***AUTHORIZATION***",\"x\":1}""#,
    ),
    (
        "curl -H 'Authorization: token abc' https://x",
        "curl -H 'Authorization: ***AUTHORIZATION***' https://x",
    ),
    ("Authorization failed for mara", "Authorization failed for mara"),
    ("Authorization:\nnext", "Authorization:\nnext"),
    ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG\nok", "AWS_SECRET_ACCESS_KEY=***AWS-SECRET***\nok"),
    ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nb", "a\n***PEM***\nb"),
    ("----- a rule -----\n-----BEGIN\n", "----- a rule -----\n-----BEGIN\n"),
    ("-----BEGIN PRIVATE KEY-----MIIE", "***PEM***"),
    ("xoxb-0123456789-abc glpat-ABCDEFGHIJ0123456789", "***SLACK-TOKEN*** ***GITLAB-TOKEN***"),
];

#[test]
fn shapes_are_masked_however_the_stream_is_cut() {
    let redactor = redactor(&[]);
    for (text, expected) in SHAPES {
        for size in 1..=text.len() {
            assert_eq!(in_chunks(&redactor, text.as_bytes(), size), expected, "in chunks of {size}");
        }
    }
}

#[test]
fn a_key_without_an_end_hides_a_bounded_part_of_the_stream() {
    let redactor = redactor(&[]);
    let text = format!("-----BEGIN PRIVATE KEY-----\n{}and on", "line\n".repeat(20_000));
    let shown = redactor.redact_str(&text);
    assert!(shown.starts_with("***PEM***") && shown.ends_with("and on"));
    assert!(text.len() - shown.len() <= 64 * 1024 + 64);
}

#[test]
fn nothing_is_held_back_without_a_reason() {
    let mut stream = redactor(&[("TOKEN", CANARY)]);
    assert_eq!(stream.push(b"....."), b".....");
    assert_eq!(stream.push(b" c4n"), b" ");
    assert_eq!(stream.push(b"dy"), b"c4ndy");
}

#[test]
fn headers_with_credentials_show_nothing() {
    let redactor = redactor(&[("TOKEN", "hunter22")]);
    for name in ["Authorization", "cookie", "SET-COOKIE", "Proxy-Authorization", "x-api-key"] {
        assert_eq!(redactor.redact_header(name, "Basic abc"), "***", "{name}");
    }
    assert_eq!(redactor.redact_header("Location", "/?t=hunter22"), "/?t=***TOKEN***");
}

#[test]
fn a_colour_code_inside_a_secret_is_found_after_the_sanitiser() {
    let redactor = redactor(&[("TOKEN", "hunter22")]);
    let raw = "\u{1b}[32mok\u{1b}[m hun\u{1b}[31mter22";
    assert_eq!(redactor.redact_str(raw), raw);
    let line = super::super::sanitise::sanitise_line(raw, LimitBytes::LINE);
    assert_eq!(redactor.redact_line(line).text(), "ok ***TOKEN***");
}

proptest! {
    #[test]
    fn text_without_secrets_passes_unchanged(text in "[ -~\n]{0,200}", size in 1_usize..40) {
        prop_assume!(!text.to_lowercase().contains("authorization"));
        let redactor = redactor(&[("TOKEN", CANARY)]);
        prop_assert_eq!(in_chunks(&redactor, text.as_bytes(), size), text);
    }

    #[test]
    fn secrets_are_masked_in_any_text_split_anywhere(
        parts in proptest::collection::vec(("[a-c4n@ry/P+ \n-]{0,12}", 0_usize..11), 1..6),
        size in 1_usize..40,
    ) {
        let redactor = redactor(&[("TOKEN", CANARY), ("REST", "ry/P+ss=w")]);
        let encodings = encodings(CANARY);
        let text: Vec<&str> = parts.iter().flat_map(|(text, n)| [text, "|", &encodings[*n].1, "|"]).collect();
        let text = text.concat();
        let whole = redactor.redact_str(&text);
        prop_assert_eq!(in_chunks(&redactor, text.as_bytes(), size), whole.as_str());
        prop_assert_eq!(whole.matches("***TOKEN***").count(), parts.len(), "{}", whole);
        for form in forms::of(CANARY) {
            prop_assert!(!whole.as_bytes().windows(form.len()).any(|window| window == form));
        }
    }
}
