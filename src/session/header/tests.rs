//! The exact bytes of a header, and that what is read is what was written.

use chrono::TimeZone;

use super::*;

fn release() -> Release {
    Release {
        id: Ulid::from_parts(1_791_201_600_123, 7),
        product: "shop".into(),
        version: "2.4.0".into(),
        created: Utc.timestamp_millis_opt(1_791_201_600_123).unwrap(),
        program: "gonogo 0.1.0".into(),
        source: Some("RELEASE.md".into()),
        source_digest: Some(Hash::of(b"source")),
        continues: None,
    }
}

const CHECKLIST: &str = r#"title = "Shop"
pairs = [["1h", "5m", 14.4]]
step = { run = "x" }
last = true

[environments.prod]
protected = true

[[phases]]
id = "z"

[[phases.items]]
id = "b"

[[phases]]
id = "a"
note = '''
two
lines'''
"#;

#[test]
fn the_bytes_of_a_header_are_these_and_no_others() {
    let text = write_header(&release(), &write_checklist(&Table::new().with("title", "Shop"))).unwrap();
    let checklist = "[checklist]\ntitle = \"Shop\"\n\n";
    let expected = format!(
        "# gonogo session. Append-only, one event per line. Check it: gonogo verify <this file>\n[release]\nformat = 1\nfeatures = []\nid = \"01M45YYRKV0000000000000007\"\nproduct = \"shop\"\nversion = \"2.4.0\"\ncreated = \"2026-10-05T12:00:00.123Z\"\nprogram = \"gonogo 0.1.0\"\nchecklist_digest = \"{}\"\nsource = \"RELEASE.md\"\nsource_digest = \"{}\"\n\n{checklist}[events]\n",
        Hash::of(checklist.as_bytes()).tagged(),
        Hash::of(b"source").tagged()
    );
    assert_eq!(text, expected);
}

#[test]
fn a_header_and_its_checklist_come_back_in_order() {
    let checklist = Table::from_toml(CHECKLIST).unwrap();
    let text = write_header(
        &Release { continues: Some(Ulid::from_parts(1, 1)), ..release() },
        &write_checklist(&checklist),
    )
    .unwrap();
    let file = format!("{text}01K = junk\n[events]\n");
    let header = Header::parse(file.as_bytes()).unwrap();
    assert_eq!(header.release, Release { continues: Some(Ulid::from_parts(1, 1)), ..release() });
    assert_eq!(header.len, text.len());
    assert_eq!(header.digest, Hash::of(text.as_bytes()));
    assert_eq!(usize::try_from(header.lines).unwrap(), text.lines().count());
    assert!(header.checklist_fits());
    assert_eq!(header.checklist_table().unwrap(), checklist);
    assert!(
        text.contains("\n[checklist.environments.prod]\n") && text.contains("\n[[checklist.phases.items]]\n"),
        "{text}"
    );
}

#[test]
fn a_changed_checklist_is_noticed_and_crlf_is_not_a_change() {
    let text = write_header(&release(), &write_checklist(&Table::from_toml(CHECKLIST).unwrap())).unwrap();
    let edited = Header::parse(text.replace("\"Shop\"", "\"Shoq\"").as_bytes()).unwrap();
    assert!(!edited.checklist_fits());
    let windows = text.replace('\n', "\r\n");
    let header = Header::parse(windows.as_bytes()).unwrap();
    assert!(header.checklist_fits());
    assert_eq!((header.digest, header.len), (Hash::of(text.as_bytes()), windows.len()));
}

#[test]
fn newer_formats_are_refused_and_unknown_features_named() {
    let text = write_header(&release(), "[checklist]\n").unwrap();
    assert_eq!(
        Header::parse(text.replace("format = 1", "format = 2").as_bytes()),
        Err(HeaderFault::NewerFormat(2))
    );
    let featured =
        Header::parse(text.replace("features = []", "features = [\"sealed\"]").as_bytes()).unwrap();
    assert_eq!(featured.unknown_features, ["sealed"]);
    assert_eq!(Header::parse(b"[release]\nformat = 1\n"), Err(HeaderFault::NoEvents));
    assert_eq!(Header::parse(b"\xff\n[events]\n"), Err(HeaderFault::NotUtf8));
    assert_eq!(write_header(&release(), "[checklist]\n[events]\n"), Err(HeaderFault::Checklist));
}
