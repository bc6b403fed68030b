//! The seven panes: their fixed numbers and names.
//!
//! Not here: where they stand (`layout.rs`), what they show (`panes/`).

/// A pane. The number is the key that jumps to it, fixed for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaneId {
    /// 1: phases and items.
    Checklist,
    /// 2: containers and their health.
    Containers,
    /// 3: checks; in a window the indicators.
    Checks,
    /// 4: who signed what.
    SignOffs,
    /// 5: the record, newest first.
    Timeline,
    /// 6: logs of containers; in a run its output.
    Logs,
    /// 7: the selected row; in a run its steps; in a window charts.
    Details,
}

impl PaneId {
    /// Every pane, in the order of the numbers.
    pub const ALL: [PaneId; 7] = [
        PaneId::Checklist,
        PaneId::Containers,
        PaneId::Checks,
        PaneId::SignOffs,
        PaneId::Timeline,
        PaneId::Logs,
        PaneId::Details,
    ];

    /// Its number, 1 to 7.
    pub const fn number(self) -> u8 {
        match self {
            PaneId::Checklist => 1,
            PaneId::Containers => 2,
            PaneId::Checks => 3,
            PaneId::SignOffs => 4,
            PaneId::Timeline => 5,
            PaneId::Logs => 6,
            PaneId::Details => 7,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            PaneId::Checklist => "Checklist",
            PaneId::Containers => "Containers",
            PaneId::Checks => "Checks",
            PaneId::SignOffs => "Sign-offs",
            PaneId::Timeline => "Timeline",
            PaneId::Logs => "Logs",
            PaneId::Details => "Details",
        }
    }

    /// Its name where seven of them share one border.
    pub const fn short_name(self) -> &'static str {
        match self {
            PaneId::Checklist => "List",
            PaneId::Containers => "Cont",
            PaneId::Checks => "Checks",
            PaneId::SignOffs => "Sign",
            PaneId::Timeline => "Time",
            PaneId::Logs => "Logs",
            PaneId::Details => "Det",
        }
    }

    /// The next pane by number, round.
    #[must_use]
    pub fn next(self) -> PaneId {
        self.after(1)
    }

    /// The previous pane by number, round.
    #[must_use]
    pub fn previous(self) -> PaneId {
        self.after(PaneId::ALL.len() - 1)
    }

    fn after(self, steps: usize) -> PaneId {
        let here = usize::from(self.number()) - 1;
        PaneId::ALL.get((here + steps) % PaneId::ALL.len()).copied().unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_goes_round_and_shift_tab_goes_back() {
        assert_eq!(PaneId::Details.next(), PaneId::Checklist);
        assert_eq!(PaneId::Checklist.previous(), PaneId::Details);
        assert!(PaneId::ALL.into_iter().all(|pane| pane.next().previous() == pane));
    }
}
