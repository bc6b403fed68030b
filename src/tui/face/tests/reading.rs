//! What a person reads: filled-in addresses, columns that are not dropped for nothing, words that fit the number.

use crate::checklist::id::ItemId;
use crate::engine::command::Command;
use crate::engine::input::Input;
use crate::session::status::{CheckStatus, WaiverForm};
use crate::tui::world::{ME, SHOP, World, container};

fn row_of(world: &World, text: &str) -> usize {
    let screen = world.screen();
    let found = screen.lines().position(|line| line.contains(text));
    found.unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{screen}"))
}

fn author() -> crate::session::recorded::Author {
    crate::session::recorded::Author { by: ME.to_owned(), on: "bastion-1/4242".to_owned() }
}

#[test]
fn the_trust_question_fills_addresses_in_and_names_the_real_file() {
    let mut world = World::of(SHOP);
    world.distrust();
    world.resize(160, 60);
    world.expect("GET http://shop.example.test/ready");
    world.expect_not("{base_url}");
    world.expect("Same as: gonogo trust .gonogo/shop-4.12.0.toml");
}

#[test]
fn in_a_run_the_containers_stand_under_the_steps_until_another_pane_has_the_keys() {
    let mut world = World::deploying();
    world.expect("\u{25b8}2 Cont");
    world.press("1");
    world.expect("\u{25b8}1 List");
    world.press("6");
    world.expect("\u{25b8}2 Cont");
    world.expect("api-1");
}

#[test]
fn columns_of_containers_are_dropped_only_where_their_text_has_no_room() {
    let mut world = World::ready();
    world.expect("VER  RDY  CPU  MEM  RST   UP");
    world.expect("4.11.3  1/1  41%  37%    0   9d");
    world.containers(vec![container("checkout-with-a-long-name-1")]);
    world.expect("VER  RDY");
    world.expect_not("RST   UP");
}

#[test]
fn phases_are_written_out_where_there_is_room_and_say_what_kind_of_problem_there_is() {
    let mut world = World::ready();
    world.expect(
        "Prepare \u{2713} \u{25b8} Verify \u{2713} \u{25b8} Sign-off \u{2713} \u{25b8} Release \u{b7}",
    );
    world.measured("smoke", CheckStatus::Error, "no answer");
    world.expect("Verify ?");
    world.measured("smoke", CheckStatus::Fail, "504");
    world.expect("Verify \u{2717}");
    world.resize(80, 24);
    world.expect("Verify \u{2717} \u{25b8} Sign-off \u{2713}");
}

#[test]
fn a_title_takes_the_columns_that_are_empty_in_its_row() {
    let long = "Freeze announced to everybody who merges into it today";
    let mut world = World::of(
        &SHOP.replace("Freeze announced", long).replace("title = \"Shop release\"", "title = \"S\""),
    );
    world.trust();
    world.expect("Freeze announced to everybody who merges into");
    let tick = Command::Tick { item: ItemId::from("freeze"), evidence: None };
    world.input(Input::Command { author: author(), command: tick });
    world.expect("mara  14:07");
}

#[test]
fn ages_and_counts_of_people_are_sentences() {
    let mut world = World::ready();
    world.expect("all results under 5 s old");
    world.expect("just now");
    world.expect_not("now old");
    world.press("S");
    world.expect("1 approved, 1 needed");
    world.expect_not("of 1 people");
}

#[test]
fn a_waiver_says_that_its_text_is_a_reason() {
    let mut world = World::shop();
    let command = Command::Waive {
        item: ItemId::from("smoke"),
        reason: "stage is down".to_owned(),
        form: WaiverForm::Waived,
    };
    world.input(Input::Command { author: author(), command });
    world.expect("Smoke suite  because: stage");
}

#[test]
fn the_hint_line_of_a_dialog_names_the_keys_that_work_in_it() {
    let mut world = World::ready();
    world.press("B");
    world.expect("y roll back to 4.11.3  esc enter cancel");
    world.answer("<esc>");
    world.press("H");
    world.expect_not("ctrl-s hold");
    world.wait(400);
    world.type_in("incident");
    world.expect("ctrl-s hold  esc cancel  enter to the button");
}

#[test]
fn checks_that_are_no_problem_keep_the_order_of_the_checklist() {
    let mut world = World::shop();
    world.measured("smoke", CheckStatus::Pass, "200 as expected");
    world.press("3 z");
    let (open, passed) = ("Containers are healthy", "Smoke suite");
    assert!(row_of(&world, passed) < row_of(&world, open), "{}", world.screen());
    world.measured("smoke", CheckStatus::Error, "no answer");
    assert!(row_of(&world, passed) < row_of(&world, open));
}

#[test]
fn the_timeline_shows_what_just_happened_until_somebody_reads_in_it() {
    let mut world = World::ready();
    for number in 0..40 {
        let command = Command::Note { item: None, text: format!("note {number}") };
        world.input(Input::Command { author: author(), command });
    }
    world.expect("note 39");
    world.press("5 j j");
    let command = Command::Note { item: None, text: "one more".to_owned() };
    world.input(Input::Command { author: author(), command });
    world.expect(">14:07:32");
    assert!(world.screen().lines().any(|line| line.contains(">14:07:32") && line.contains("note 37")));
}
