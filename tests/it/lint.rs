//! `gonogo lint` by the real program: what it prints, its JSON, its exit codes, several files, files that cannot be read.
//!
//! Not here: what each rule finds (`src/checklist/lint`'s tests).

use super::support::program::{Person, Place};

fn with(files: &[(&str, &[u8])]) -> (Place, Person) {
    let place = Place::new();
    for (name, bytes) in files {
        std::fs::write(place.project().join(name), bytes).unwrap();
    }
    let ada = place.person("ada");
    (place, ada)
}

#[test]
fn findings_are_located_and_the_exit_code_says_how_bad_they_are() {
    let document = "# Shopping\n\n- [ ] See [that](#nowhere)\n- [] Look\n";
    let (_place, ada) = with(&[("a.md", document.as_bytes())]);
    let told = ada.gonogo(["lint", "a.md"]).run().expect(0);
    assert!(told.stdout.contains("warning[dead-anchor]"), "{}", told.stdout);
    assert!(told.stdout.contains("--> a.md:3:11"), "{}", told.stdout);
    assert!(told.stdout.ends_with("a.md: 1 warning, 1 note\n"), "{}", told.stdout);
    ada.gonogo(["lint", "a.md", "--deny", "warning"]).run().expect(1);
    let (_place, ada) = with(&[
        ("n.md", b"# Shopping\n\n- [ ] Buy it\n- [] Look\n"),
        ("ok.md", b"# Shopping\n\n- [ ] Buy it\n"),
    ]);
    ada.gonogo(["lint", "n.md", "--deny", "warning"]).run().expect(0);
    ada.gonogo(["lint", "n.md", "--deny", "note"]).run().expect(1);
    let quiet = ada.gonogo(["lint", "ok.md", "--deny", "note"]).run().expect(0);
    assert_eq!(quiet.stdout, "ok.md: nothing to say\n");
}

#[test]
fn json_lists_every_finding_with_line_rule_reason_and_remedy() {
    let (_place, ada) = with(&[("a.md", b"# Shopping\r\n\r\n```sh\r\nls\r\n"), ("b.toml", b"format = 1\n")]);
    let told = ada.gonogo(["lint", "a.md", "b.toml", "web-service", "--json"]).run().expect(1).json();
    assert_eq!(told["schema"], "gonogo.lint/1");
    let findings = told["findings"].as_array().unwrap();
    let fence = findings.iter().find(|finding| finding["rule"] == "unclosed-fence").unwrap();
    assert_eq!(
        (&fence["file"], &fence["line"], &fence["level"]),
        (&"a.md".into(), &3.into(), &"error".into())
    );
    assert!(fence["column"].is_number() && fence["reason"].is_string() && fence["remedy"].is_string());
    assert!(findings.iter().any(|finding| finding["file"] == "b.toml" && finding["rule"] == "does-not-load"));
    assert_eq!(told["files"].as_array().unwrap().len(), 3);
    let rules = ada.gonogo(["lint", "--rules", "--json"]).run().expect(0).json();
    assert!(rules["rules"].as_array().unwrap().len() > 30);
    assert!(ada.gonogo(["lint", "--rules"]).run().expect(0).stdout.contains("no-rollback-plan"));
}

#[test]
fn a_file_that_cannot_be_read_is_three_and_the_others_are_still_told() {
    let (place, ada) = with(&[
        ("ok.md", b"# Shopping\n\n- [ ] Buy it\n"),
        ("empty.md", b""),
        ("binary.md", b"a\0b"),
        ("latin.toml", b"\xff"),
    ]);
    std::fs::create_dir(place.project().join("folder.md")).unwrap();
    for name in ["gone.md", "gone.toml", "empty.md", "binary.md", "latin.toml", "folder.md"] {
        let told = ada.gonogo(["lint", name, "ok.md"]).run().expect(3);
        assert!(
            told.stdout.contains("ok.md: nothing to say") && !told.stderr.is_empty(),
            "{name}: {}",
            told.stdout
        );
    }
    let json = ada.gonogo(["lint", "gone.md", "--json"]).run().expect(3).json();
    assert!(json["files"][0]["unreadable"].is_string());
    ada.gonogo(["lint"]).run().expect(2);
}

#[test]
fn no_secret_and_no_control_letter_comes_out() {
    let token = ["ghp_", &"Ab1".repeat(12)].concat();
    let text = format!(
        "# Shopping \u{1b}]0;x\u{7}\n\n- [ ] See \u{202e}[x](#{token}) `docker login -p {token}` and <A_NAME>\n"
    );
    let (_place, ada) = with(&[("a.md", text.as_bytes())]);
    for arguments in [["lint", "a.md", "--plain"], ["lint", "a.md", "--json"]] {
        let told = ada.gonogo(arguments).run().expect(1);
        let all = format!("{}{}", told.stdout, told.stderr);
        assert!(all.contains("secret-in-text") && !all.contains("Ab1Ab1"), "{all}");
        assert!(!all.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{all}");
    }
}
