//! The closed list of 30 colour roles.
//!
//! Roles by meaning and not by widget: a theme stays small, and a new widget needs no new line in anyone's theme.
//! Not here: what colour a role has (`themes/*.toml`).

/// What a token may be set on, and so which contrast it has to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A background text is drawn on.
    Ground,
    /// Text on any ground.
    Text,
    /// Text with its own background.
    Badge,
    /// A line that has to be seen, not read.
    Line,
}

macro_rules! tokens {
    ($($variant:ident = $name:literal, $kind:ident, $doc:literal;)*) => {
        /// A colour role.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Token {
            $(#[doc = $doc] $variant,)*
        }

        impl Token {
            /// Every role, in the order of the table.
            pub const ALL: [Token; 30] = [$(Token::$variant,)*];

            /// The name in a theme file.
            pub const fn name(self) -> &'static str {
                match self { $(Token::$variant => $name,)* }
            }

            /// What the role is for.
            pub const fn kind(self) -> TokenKind {
                match self { $(Token::$variant => TokenKind::$kind,)* }
            }
        }
    };
}

tokens! {
    Bg = "bg", Ground, "The ground of the screen.";
    Surface = "surface", Ground, "The ground of a pane.";
    Overlay = "overlay", Ground, "The ground of a dialog.";
    Fg = "fg", Text, "Ordinary text.";
    FgMuted = "fg.muted", Text, "Text that steps back: old, secondary, under a dialog.";
    FgStrong = "fg.strong", Text, "Text that steps forward: titles, the row under the cursor.";
    Border = "border", Line, "The border of a pane.";
    BorderFocus = "border.focus", Line, "The border of the focused pane.";
    Accent = "accent", Text, "Keys, links, the cursor.";
    StatusSuccess = "status.success", Text, "Passed, ticked, approved.";
    StatusWarning = "status.warning", Text, "Watch, stale, could not be measured, hold.";
    StatusDanger = "status.danger", Text, "Failed, rejected.";
    StatusInfo = "status.info", Text, "Running.";
    StatusPending = "status.pending", Text, "Open, waiting, skipped.";
    StatusWaived = "status.waived", Text, "Set aside with a reason.";
    Selection = "selection", Badge, "The selected row of the focused pane.";
    Match = "match", Badge, "What a filter or search found.";
    BadgeGo = "badge.go", Badge, "GO, HEALTHY, SUCCEEDED.";
    BadgeNoGo = "badge.nogo", Badge, "NO-GO, REGRESSION, FAILED.";
    BadgeUnknown = "badge.unknown", Badge, "HOLD, WATCH, ABORTED, UNKNOWN.";
    BadgeBusy = "badge.busy", Badge, "A run is active.";
    EnvProduction = "env.production", Badge, "The name of a protected environment.";
    EnvStage = "env.stage", Badge, "The name of a staging environment.";
    EnvOther = "env.other", Badge, "The name of any other environment.";
    Chart1 = "chart.1", Line, "First line of a chart.";
    Chart2 = "chart.2", Line, "Second line of a chart.";
    Chart3 = "chart.3", Line, "Third line of a chart.";
    Chart4 = "chart.4", Line, "Fourth line of a chart.";
    Chart5 = "chart.5", Line, "Fifth line of a chart.";
    Chart6 = "chart.6", Line, "Sixth line of a chart.";
}

impl Token {
    /// The role of this name in a theme file.
    pub fn named(name: &str) -> Option<Token> {
        Token::ALL.into_iter().find(|token| token.name() == name)
    }

    /// The place in a table of all roles, 0 to 29.
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_found_by_its_name_and_at_its_place() {
        for (place, token) in Token::ALL.into_iter().enumerate() {
            assert_eq!(Token::named(token.name()), Some(token));
            assert_eq!(token.index(), place);
        }
    }
}
