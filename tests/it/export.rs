//! `gonogo export --markdown` by the real program: boxes as the record says, every other byte as it was, and never over the document.
//!
//! Not here: what a document is read as (`markdown.rs`).

use super::support::program::{Person, Place};

const NAME: &str = "RELEASE.md";
const TEXT: &str = "# Shop\r\n\r\n## Prepare\r\n\r\n- [ ] Freeze **it**  \r\n- [x] Backup made\r\n  - [ ] and tried é\r\n* [X] Kept\r\n\r\n| a | b |\r\n";

/// A text in the encoding of a file.
type Encode<'a> = &'a dyn Fn(&str) -> Vec<u8>;

/// A release of this document with `shop.prepare.freeze-it`-like ids ticked by their numbers in file order.
fn release(bytes: &[u8], tick: &[&str]) -> (Place, Person) {
    let place = Place::new();
    let ada = place.person("ada");
    std::fs::write(place.project().join(NAME), bytes).unwrap();
    ada.gonogo(["new", NAME]).run().expect(0);
    for item in tick {
        ada.gonogo(["tick", item]).run().expect(0);
    }
    (place, ada)
}

fn read(place: &Place, name: &str) -> Vec<u8> {
    std::fs::read(place.project().join(name)).unwrap()
}

#[test]
fn only_the_letters_in_the_boxes_change_whatever_the_encoding() {
    let expected = TEXT
        .replace("- [ ] Freeze", "- [x] Freeze")
        .replace("- [x] Backup", "- [ ] Backup")
        .replace("* [X] Kept", "* [ ] Kept");
    let utf16 =
        |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let plain = |text: &str| text.as_bytes().to_vec();
    let encodings: [Encode<'_>; 4] = [&plain, &marked, &utf16, &latin];
    for encode in encodings {
        let (place, ada) = release(&encode(TEXT), &["prepare.freeze-it"]);
        let told = ada.gonogo(["export", "--markdown", "--to", "done.md"]).run().expect(0);
        assert!(told.stdout.contains("1 ticked, 3 open"), "{}", told.stdout);
        assert_eq!(read(&place, "done.md"), encode(&expected));
        assert_eq!(read(&place, NAME), encode(TEXT), "the document is never written");
    }
    let (_place, ada) = release(TEXT.as_bytes(), &["prepare.freeze-it"]);
    assert_eq!(ada.gonogo(["export", "--markdown"]).run().expect(0).stdout, expected);
}

#[test]
fn the_document_is_never_written_with_no_flag_and_under_no_name() {
    let (place, ada) = release(TEXT.as_bytes(), &[]);
    std::os::unix::fs::symlink(NAME, place.project().join("link.md")).unwrap();
    std::fs::hard_link(place.project().join(NAME), place.project().join("other.md")).unwrap();
    for name in [NAME, "./RELEASE.md", "link.md", "other.md"] {
        let told = ada.gonogo(["export", "--markdown", "--to", name, "--force"]).run().expect(1);
        assert!(told.stderr.contains("never written"), "{name}: {}", told.stderr);
    }
    assert_eq!(read(&place, NAME), TEXT.as_bytes());
    place.write("there.md", "mine");
    let told = ada.gonogo(["export", "--markdown", "--to", "there.md"]).run().expect(1);
    assert!(told.stderr.contains("exists already"), "{}", told.stderr);
    assert_eq!(place.read("there.md"), "mine");
    ada.gonogo(["export", "--markdown", "--to", "there.md", "--force"]).run().expect(0);
    assert!(place.read("there.md").contains("- [ ] Freeze"));
}

#[test]
fn names_and_what_was_set_aside_stand_in_it_only_where_they_are_asked_for() {
    let (_place, ada) =
        release(b"# Shop\n\n- [ ] Freeze\n- [ ] Tell ^tell\n- [ ] Load test\n", &["shop.freeze", "tell"]);
    ada.gonogo(["waive", "shop.load-test", "--reason", "a *small* change", "--does-not-apply"])
        .run()
        .expect(0);
    let plain = ada.gonogo(["export", "--markdown"]).run().expect(0).stdout;
    assert_eq!(plain, "# Shop\n\n- [x] Freeze\n- [x] Tell ^tell\n- [ ] Load test\n");
    let said = ada.gonogo(["export", "--markdown", "--who"]).run().expect(0).stdout;
    let line = said.lines().find(|line| line.starts_with("- [x] Freeze")).unwrap();
    assert!(line.starts_with("- [x] Freeze \u{2014} ada") && line.ends_with(" UTC"), "{line}");
    let fixed = said.lines().find(|line| line.starts_with("- [x] Tell")).unwrap();
    assert!(fixed.ends_with(" UTC ^tell"), "{fixed}");
    assert!(said.contains("- [ ] Load test\n") && said.contains("## Set aside in this release"), "{said}");
    assert!(said.contains("- Load test: N/A: a \\*small\\* change"), "{said}");
}

#[test]
fn what_changed_since_is_said_and_what_is_gone_is_named() {
    let (place, ada) = release(b"# Shop\n\n- [ ] Freeze\n- [ ] Tell\n", &["shop.freeze", "shop.tell"]);
    place.write(NAME, "# Shop\n\n- [ ] New\n- [ ] Freeze\n");
    let told = ada.gonogo(["export", "--markdown"]).run().expect(1);
    assert_eq!(told.stdout, "# Shop\n\n- [ ] New\n- [x] Freeze\n");
    assert!(
        told.stderr.contains("was changed since") && told.stderr.contains("not found in the document: Tell"),
        "{}",
        told.stderr
    );
    let json = ada.gonogo(["export", "--markdown", "--json"]).run().expect(1).json();
    assert_eq!((&json["schema"], &json["changed"]), (&"gonogo.export/1".into(), &true.into()));
    assert_eq!(json["missing"][0]["title"], "Tell");
    std::fs::remove_file(place.project().join(NAME)).unwrap();
    let told = ada.gonogo(["export", "--markdown"]).run().expect(3);
    assert!(told.stderr.contains("put it back"), "{}", told.stderr);
}

#[test]
fn a_checklist_in_toml_becomes_a_list_with_headings() {
    let place = Place::new();
    let ada = place.person("ada");
    ada.gonogo(["new", "web-service", "--set", "version=1.2.0", "--set", "previous_version=1.1.0"])
        .run()
        .expect(0);
    ada.gonogo(["tick", "notes"]).run().expect(0);
    let text = ada.gonogo(["export", "--markdown"]).run().expect(0).stdout;
    assert!(text.starts_with("# Web service release 1.2.0\n\n## Prepare 1.2.0\n\n- [x] Release notes for 1.2.0 are written\n- [ ] "), "{text}");
    assert!(text.contains("\n## After a rollback\n\n- [ ] The service answers ready\n"), "{text}");
    place.write("copy.md", &text);
    let again = ada.gonogo(["import", "copy.md", "--json"]).run().expect(0).json();
    let ticked = again["tasks"].as_array().unwrap().iter().filter(|task| task["ticked"] == true).count();
    assert_eq!(ticked, 1, "it reads back as it was written");
}
