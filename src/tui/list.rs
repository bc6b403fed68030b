//! A list that keeps its place: selection by id and not by row number, scroll that keeps the selected row in sight.
//!
//! A re-sorted or refiltered list keeps the selected item; an item that is gone gives its place to the next one. State
//! changes in `settle` and the moves, never while drawing (law 12). Not here: what a row looks like (`panes/`).

use std::ops::Range;

/// Selection and scroll of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListState<Id> {
    selected: Option<Id>,
    /// The row the selected item had at the last settling: where the selection goes if the item is gone.
    row: usize,
    /// The first row in sight, by id so that rows inserted above do not push the view.
    top: Option<Id>,
    top_row: usize,
}

/// The rows of a list as they are now.
#[derive(Debug)]
pub struct Rows<'r, Id> {
    /// Their ids, in order, each once.
    pub ids: &'r [Id],
    /// How many screen lines each takes; rows beyond its end take one.
    pub heights: &'r [u16],
    /// Screen lines there are for them.
    pub height: u16,
}

// By hand: a derive would ask for `Id: Copy`, and only references are copied.
impl<Id> Clone for Rows<'_, Id> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Id> Copy for Rows<'_, Id> {}

/// A move of the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// Half a page up.
    HalfPageUp,
    /// Half a page down.
    HalfPageDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
}

impl<Id> Default for ListState<Id> {
    fn default() -> Self {
        ListState { selected: None, row: 0, top: None, top_row: 0 }
    }
}

impl<Id: Clone + PartialEq> ListState<Id> {
    /// The selected item, if the list was not empty at the last settling.
    pub fn selected(&self) -> Option<&Id> {
        self.selected.as_ref()
    }

    /// Selects an item; `settle` brings it into sight.
    pub fn select(&mut self, id: Id) {
        self.selected = Some(id);
    }

    /// Did selection and view stand at the upper end at the last settling?
    pub fn is_at_top(&self) -> bool {
        self.row == 0 && self.top_row == 0
    }

    /// The row of the selected item in these rows.
    pub fn selected_row(&self, rows: Rows<'_, Id>) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        rows.ids.iter().position(|id| id == selected)
    }

    /// Moves the selection, and the view with it.
    pub fn step(&mut self, step: Step, rows: Rows<'_, Id>) {
        let last = rows.ids.len().saturating_sub(1);
        let here = self.selected_row(rows).unwrap_or(self.row).min(last);
        let page = usize::from(rows.height.max(1));
        let half = page.div_ceil(2);
        let row = match step {
            Step::Up => here.saturating_sub(1),
            Step::Down => here.saturating_add(1),
            Step::HalfPageUp => here.saturating_sub(half),
            Step::HalfPageDown => here.saturating_add(half),
            Step::PageUp => here.saturating_sub(page),
            Step::PageDown => here.saturating_add(page),
            Step::Top => 0,
            Step::Bottom => last,
        };
        self.selected = rows.ids.get(row.min(last)).cloned();
        self.settle(rows);
    }

    /// Selects the next item, round, for which `wanted` holds. Whether there is one.
    pub fn step_to(&mut self, rows: Rows<'_, Id>, wanted: impl Fn(&Id) -> bool) -> bool {
        let after = self.selected_row(rows).map_or(0, |row| row + 1);
        let round = rows.ids.iter().cycle().skip(after).take(rows.ids.len());
        let found = round.into_iter().find(|id| wanted(id)).cloned();
        let any = found.is_some();
        if any {
            self.selected = found;
            self.settle(rows);
        }
        any
    }

    /// Takes note of the rows as they are now: after news, a filter or a resize.
    pub fn settle(&mut self, rows: Rows<'_, Id>) {
        let last = rows.ids.len().saturating_sub(1);
        let row = self.selected_row(rows).unwrap_or_else(|| self.row.min(last));
        self.row = row;
        self.selected = rows.ids.get(row).cloned();
        let top = self.top.as_ref().and_then(|top| rows.ids.iter().position(|id| id == top));
        self.top_row = in_sight(rows, top.unwrap_or(self.top_row).min(last), row);
        self.top = rows.ids.get(self.top_row).cloned();
    }

    /// The rows in sight, the selected one among them. The last may be cut by the lower edge.
    pub fn window(&self, rows: Rows<'_, Id>) -> Range<usize> {
        if rows.height == 0 || rows.ids.is_empty() {
            return 0..0;
        }
        let last = rows.ids.len() - 1;
        let top =
            in_sight(rows, self.top_row.min(last), self.selected_row(rows).unwrap_or(self.row).min(last));
        let mut lines = 0_u32;
        let mut end = top;
        while end < rows.ids.len() && lines < u32::from(rows.height) {
            lines += lines_of(rows, end);
            end += 1;
        }
        top..end
    }
}

fn lines_of<Id>(rows: Rows<'_, Id>, row: usize) -> u32 {
    u32::from(rows.heights.get(row).copied().unwrap_or(1).max(1))
}

/// The first row, nearest to `top`, from which `row` is whole in sight, and no line at the end is left empty.
fn in_sight<Id>(rows: Rows<'_, Id>, top: usize, row: usize) -> usize {
    let first_for = |last: usize| {
        let mut lines = lines_of(rows, last);
        let mut first = last;
        while first > 0 {
            lines += lines_of(rows, first - 1);
            if lines > u32::from(rows.height) {
                break;
            }
            first -= 1;
        }
        first
    };
    let end = first_for(rows.ids.len().saturating_sub(1));
    top.min(end).min(row).max(first_for(row))
}

/// The text of a filter: all its words have to be found. Letter case counts only if it has a capital.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
}

impl Filter {
    /// A filter of these words.
    pub fn new(text: impl Into<String>) -> Filter {
        Filter { text: text.into() }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether a row of this text passes.
    pub fn passes(&self, row: &str) -> bool {
        let exact = self.text.chars().any(char::is_uppercase);
        let row = if exact { row.to_owned() } else { row.to_lowercase() };
        self.text.split_whitespace().all(|word| row.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(ids: &[u8], height: u16) -> Rows<'_, u8> {
        Rows { ids, heights: &[], height }
    }

    #[test]
    fn a_resorted_list_keeps_the_selected_item() {
        let mut list = ListState::default();
        list.settle(rows(&[1, 2, 3], 3));
        list.step(Step::Down, rows(&[1, 2, 3], 3));
        list.settle(rows(&[3, 9, 1, 2], 3));
        assert_eq!(list.selected(), Some(&2));
        assert_eq!(list.window(rows(&[3, 9, 1, 2], 3)), 1..4);
    }

    #[test]
    fn an_item_that_is_gone_gives_its_place_to_the_next() {
        let mut list = ListState::default();
        list.select(2);
        list.settle(rows(&[1, 2, 3], 3));
        list.settle(rows(&[1, 3], 3));
        assert_eq!(list.selected(), Some(&3));
        list.settle(rows(&[1], 3));
        assert_eq!(list.selected(), Some(&1));
        list.settle(rows(&[], 3));
        assert_eq!(list.selected(), None);
    }

    #[test]
    fn rows_inserted_above_do_not_push_the_view() {
        let mut list = ListState::default();
        let before: Vec<u8> = (10..30).collect();
        list.select(20);
        list.settle(rows(&before, 5));
        let shown = list.window(rows(&before, 5));
        let after: Vec<u8> = (0..30).collect();
        list.settle(rows(&after, 5));
        let now = list.window(rows(&after, 5));
        assert_eq!(before.get(shown), after.get(now));
    }

    #[test]
    fn half_and_whole_pages_stop_at_the_ends() {
        let ids: Vec<u8> = (0..20).collect();
        let mut list = ListState::default();
        let mut after = |step| {
            list.step(step, rows(&ids, 8));
            *list.selected().unwrap()
        };
        assert_eq!(after(Step::HalfPageDown), 4);
        assert_eq!(after(Step::PageDown), 12);
        assert_eq!(after(Step::PageDown), 19);
        assert_eq!(after(Step::PageUp), 11);
        assert_eq!(after(Step::HalfPageUp), 7);
        assert_eq!(after(Step::Bottom), 19);
        assert_eq!(after(Step::Top), 0);
        assert_eq!(after(Step::Up), 0);
    }

    #[test]
    fn the_next_problem_is_found_round_the_end() {
        let ids = [1, 2, 3, 4];
        let mut list = ListState::default();
        list.select(3);
        assert!(list.step_to(rows(&ids, 4), |id| *id < 3));
        assert_eq!(list.selected(), Some(&1));
        assert!(!list.step_to(rows(&ids, 4), |id| *id > 9));
        assert_eq!(list.selected(), Some(&1));
    }

    #[test]
    fn a_filter_wants_every_word_and_respects_a_capital() {
        let filter = Filter::new("smo chk");
        assert!(filter.passes("Smoke: chk-1") && !filter.passes("Smoke"));
        assert!(!Filter::new("Smoke").passes("smoke"));
        assert!(Filter::new("  ").is_empty() && Filter::default().passes("anything"));
    }

    proptest! {
        #[test]
        fn the_selected_row_is_always_in_sight(
            sets in prop::collection::vec((prop::collection::vec(0_u8..40, 0..30), 0_u16..10), 1..6),
            heights in prop::collection::vec(0_u16..4, 0..30),
            steps in prop::collection::vec(0_usize..8, 0..12),
        ) {
            let all = [Step::Up, Step::Down, Step::HalfPageUp, Step::HalfPageDown, Step::PageUp, Step::PageDown,
                Step::Top, Step::Bottom];
            let mut list = ListState::default();
            for (mut ids, height) in sets {
                ids.sort_unstable();
                ids.dedup();
                let rows = Rows { ids: &ids, heights: &heights, height };
                list.settle(rows);
                for step in &steps {
                    list.step(all[*step], rows);
                    let window = list.window(rows);
                    prop_assert!(window.end <= ids.len());
                    if height > 0 && !ids.is_empty() {
                        prop_assert!(window.contains(&list.selected_row(rows).unwrap()));
                    }
                }
            }
        }
    }
}
