//! What each action does: one exhaustive route, each arm a call.

use chrono::TimeDelta;

use super::{Face, Program, Reaction};
use crate::engine::command::Command;
use crate::engine::input::NoticeLevel;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::chart_range::ChartRange;
use crate::tui::dialogs;
use crate::tui::help_page::HelpPage;
use crate::tui::keymap::Action;
use crate::tui::layout::{Arrangement, Zoom};
use crate::tui::lines::Access;
use crate::tui::list::Step;
use crate::tui::log_view::Direction;
use crate::tui::pane::PaneId;
use crate::tui::state::{Mouse, Over};
use crate::tui::text_field::{LINE_GRAPHEMES_MAX, TextField};
use crate::tui::view::View;
use crate::tui::window_header;

impl Face {
    /// Does what an action asks for.
    #[expect(clippy::too_many_lines, reason = "routes by name; each arm is one call")]
    pub(super) fn act(&mut self, action: Action, view: &View<'_>) -> Reaction {
        if self.access == Access::ReadOnly && super::blocked::changes(action) {
            return self.refuse_read_only(action, view);
        }
        match action {
            Action::MoveDown => self.step(Step::Down, view),
            Action::MoveUp => self.step(Step::Up, view),
            Action::HalfPageDown => self.step(Step::HalfPageDown, view),
            Action::HalfPageUp => self.step(Step::HalfPageUp, view),
            Action::PageDown => self.step(Step::PageDown, view),
            Action::PageUp => self.step(Step::PageUp, view),
            Action::Top => self.step(Step::Top, view),
            Action::Bottom => self.step(Step::Bottom, view),
            Action::Collapse => self.fold(view),
            Action::Expand => self.unfold(view),
            Action::NextPane => self.focus_on(self.state.focus().next()),
            Action::PreviousPane => self.focus_on(self.state.focus().previous()),
            Action::ShowPane(pane) => self.focus_on(pane),
            Action::GoLogs | Action::LogsOfContainer => self.focus_on(PaneId::Logs),
            Action::Zoom => self.zoom(),
            Action::Open => return self.open_selected(view),
            Action::Back => self.back(view),
            Action::GoRelease => self.arrange_as(Arrangement::Release, view),
            Action::GoRun => self.arrange_as(Arrangement::Run, view),
            Action::GoWindow => self.arrange_as(Arrangement::Window, view),
            Action::GoRecord => return self.open(Ok(dialogs::record(view)), view.at),
            Action::GoEnvironment => return self.open(Ok(dialogs::environment_page(view)), view.at),
            Action::GoMessages => return self.open(Ok(dialogs::messages(view)), view.at),
            Action::GoDocument => {
                return self.open(dialogs::document(&self.document, view), view.at);
            }
            Action::NextProblem => self.next_problem(view),
            Action::OnlyProblems => self.toggle_problems(),
            Action::Filter => self.state.typing = Some(TextField::line(LINE_GRAPHEMES_MAX)),
            Action::NextMatch => self.jump_to_match(Direction::Next, view),
            Action::PreviousMatch => self.jump_to_match(Direction::Previous, view),
            Action::Help => {
                self.state.over = Over::Help(HelpPage::new(self.state.focus(), None));
            }
            Action::Tick => return self.tick(view),
            Action::Undo => return wants(Command::Undo),
            Action::Measure => return self.measure(view),
            Action::MeasureAll => return self.measure_all(view),
            Action::Waive => return self.waive(view),
            Action::Note => {
                return self.open(Ok(dialogs::note(self.item_selected(), view)), view.at);
            }
            Action::Follow => self.follow_log(),
            Action::WrapLines => self.state.log.wrap = self.state.log.wrap.other(),
            Action::LogTime => self.state.log.time = self.state.log.time.other(),
            Action::LogLevel => self.search_levels(view),
            Action::LogContainers => {
                self.focus_on(PaneId::Containers);
                self.say(
                    view.at,
                    NoticeLevel::Info,
                    Safe::own("select a container: its log is followed in pane 6"),
                );
            }
            Action::SignOff => return self.open(dialogs::sign_off(self.row_selected(), view), view.at),
            Action::Withdraw => return self.open(dialogs::withdraw(self.row_selected(), view), view.at),
            Action::Hold => return self.open(Ok(dialogs::hold(view)), view.at),
            Action::Deploy => return self.deploy(view),
            Action::RunOffered => {
                return self.open(dialogs::run_offered(self.item_selected(), view), view.at);
            }
            Action::Values => return self.open(dialogs::values(view), view.at),
            Action::Pause => return self.pause(view),
            Action::EndWindow => return self.open(dialogs::end_window(view), view.at),
            Action::PutBack => return self.open(dialogs::put_back(view), view.at),
            Action::HandOver => return self.open(Ok(dialogs::hand_over(view)), view.at),
            Action::LongerRange => self.range(ChartRange::longer, view),
            Action::ShorterRange => self.range(ChartRange::shorter, view),
            Action::ShowBase => self.state.range.toggle_base(),
            Action::RollBack => return self.open(dialogs::roll_back(view), view.at),
            Action::Abort => return self.open(dialogs::abort(view), view.at),
            Action::CopyRow | Action::CopyMarkdown => return self.copy(action, view),
            Action::Freeze => self.freeze(view.engine, view.at),
            Action::NextTheme => self.next_theme(view),
            Action::Mouse => return self.toggle_mouse(view),
            Action::Redraw => return asks(Program::RedrawAll),
            Action::Suspend => return asks(Program::Suspend),
            Action::Leave => return self.leave(view),
            Action::Interrupt => return self.interrupt(view),
        }
        Reaction::default()
    }

    /// One sentence; for rollback and abort the subcommand that does it.
    fn refuse_read_only(&mut self, action: Action, view: &View<'_>) -> Reaction {
        let dialog = match action {
            Action::RollBack => Some((Safe::own("Roll back"), Safe::own("gonogo rollback --yes"))),
            Action::Abort => Some((Safe::own("Abort"), Safe::own("gonogo abort --yes"))),
            _ => None,
        };
        if let Some((title, line)) = dialog {
            return self.open(Ok(dialogs::subcommand(title, line, view)), view.at);
        }
        let name = self.keymap.binding(action).map_or("this", |row| row.short);
        let text = safe_format!("read-only: {} changes the record, and this screen may not", Safe::own(name));
        self.say(view.at, NoticeLevel::Warning, text);
        Reaction::default()
    }

    /// Another stretch of the open window.
    fn range(&mut self, change: impl FnOnce(&mut ChartRange, TimeDelta), view: &View<'_>) {
        match window_header::watched(view) {
            Some(window) => change(&mut self.state.range, view.at - window.opened.opened),
            None => self.say(view.at, NoticeLevel::Info, Safe::own("no window is open: nothing is charted")),
        }
    }

    fn zoom(&mut self) {
        self.state.zoom = match self.state.zoom {
            Zoom::Out => Zoom::In,
            Zoom::In => Zoom::Out,
        };
    }

    pub(super) fn focus_on(&mut self, pane: PaneId) {
        self.state.focus_on(pane);
    }

    fn arrange_as(&mut self, arrangement: Arrangement, view: &View<'_>) {
        self.state.arrangement = arrangement;
        if arrangement != Arrangement::Run {
            self.see_run(view);
        }
    }

    /// The end of the last run has been looked at.
    pub(super) fn see_run(&mut self, view: &View<'_>) {
        if let Some(run) = view.engine.session().runs.last().filter(|run| !run.is_active()) {
            self.state.seen_run = Some(run.id().to_owned());
        }
    }

    fn next_theme(&mut self, view: &View<'_>) {
        let here = self.themes.iter().position(|theme| theme.name() == self.theme.name()).unwrap_or(0);
        let next = self.themes.get((here + 1) % self.themes.len().max(1));
        if let Some(theme) = next.cloned() {
            self.say(view.at, NoticeLevel::Info, safe_format!("theme {}", theme.name()));
            self.theme = theme;
        }
    }

    fn toggle_mouse(&mut self, view: &View<'_>) -> Reaction {
        let (mouse, words) = match self.state.mouse {
            Mouse::Off => (Mouse::On, "mouse on: a click focuses, the wheel scrolls"),
            Mouse::On => (Mouse::Off, "mouse off: text can be selected"),
        };
        self.state.mouse = mouse;
        self.say(view.at, NoticeLevel::Info, Safe::own(words));
        asks(Program::Mouse(mouse))
    }

    fn leave(&mut self, view: &View<'_>) -> Reaction {
        match dialogs::leave(view, self.parting.as_ref()) {
            Some(dialog) => self.open(Ok(dialog), view.at),
            None => asks(Program::Quit),
        }
    }
}

/// A reaction of one command.
pub(super) fn wants(command: Command) -> Reaction {
    Reaction { commands: vec![command], program: None }
}

fn asks(program: Program) -> Reaction {
    Reaction { commands: Vec::new(), program: Some(program) }
}
