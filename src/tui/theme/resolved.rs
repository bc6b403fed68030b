//! What panes ask for: the style of a role, a status, a badge, a border, on this terminal.
//!
//! A [`Theme`] is made once per start or change of theme, from parts (`load.rs`) and what is known of the terminal.
//! Not here: cells (`tui/canvas.rs`).

use ratatui::style::{Color, Modifier, Style};

use crate::text::{AnsiColour, Sgr};
use crate::tui::glyph::{Emphasis, GlyphSet, StatusWord};
use crate::tui::theme::colour::{ColourDepth, Paint, Rgb};
use crate::tui::theme::contrast::{TEXT_RATIO, contrast, keeps_ratios_on};
use crate::tui::theme::file::{Background, Borders, Charts, StatusPaint, ThemeKind};
use crate::tui::theme::load::{ThemeParts, TokenStyle, load};
use crate::tui::theme::token::{Token, TokenKind};

/// What a program means by its 8 colours: black and white are ordinary text, the rest has a role here too.
const ANSI_ROLES: [Token; 8] = [
    Token::Fg,
    Token::StatusDanger,
    Token::StatusSuccess,
    Token::StatusWarning,
    Token::StatusInfo,
    Token::StatusWaived,
    Token::StatusInfo,
    Token::Fg,
];

/// What is known of the terminal when a theme is applied to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// How many colours it shows.
    pub depth: ColourDepth,
    /// Its own background, if it told (OSC 11).
    pub background: Option<Rgb>,
}

/// An environment as its badge sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// The checklist protects it.
    Protected,
    /// It is not protected.
    Open,
}

/// Styles for this terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    parts: ThemeParts,
    depth: ColourDepth,
    ground: Ground,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    Painted,
    Terminal,
}

impl Theme {
    /// The theme on this terminal.
    pub fn new(parts: ThemeParts, around: Surroundings) -> Theme {
        let ground = match parts.background {
            Background::Paint => Ground::Painted,
            Background::Terminal => Ground::Terminal,
            Background::Auto => match around.background {
                Some(rgb) if keeps_ratios_on(&parts, rgb, around.depth) => Ground::Terminal,
                Some(_) | None => Ground::Painted,
            },
        };
        Theme { parts, depth: around.depth, ground }
    }

    /// A built-in theme on a terminal with every colour; `mono` if there is none of that name.
    pub fn built_in(name: &str) -> Theme {
        let around = Surroundings { depth: ColourDepth::Exact, background: None };
        let bare = || ThemeParts {
            name: "mono".to_owned(),
            kind: ThemeKind::Dark,
            background: Background::Terminal,
            borders: Borders::Line,
            glyphs: GlyphSet::Unicode,
            charts: Charts::Braille,
            status_paint: StatusPaint::Glyph,
            selection_overrides_status: true,
            tokens: [TokenStyle::default(); 30],
            env: Vec::new(),
        };
        Theme::new(load(name, &[]).or_else(|_| load("mono", &[])).unwrap_or_else(|_| bare()), around)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// Dark or light.
    pub fn kind(&self) -> ThemeKind {
        self.parts.kind
    }

    /// How boxes are drawn.
    pub fn borders(&self) -> Borders {
        self.parts.borders
    }

    /// Unicode or ASCII signs.
    pub fn glyphs(&self) -> GlyphSet {
        self.parts.glyphs
    }

    /// What charts are made of.
    pub fn charts(&self) -> Charts {
        self.parts.charts
    }

    /// The same theme with these signs; ASCII signs come with ASCII borders and charts.
    #[must_use]
    pub fn with_glyphs(mut self, glyphs: GlyphSet) -> Theme {
        self.parts.glyphs = glyphs;
        if glyphs == GlyphSet::Ascii {
            self.parts.charts = Charts::Ascii;
            if self.parts.borders == Borders::Line {
                self.parts.borders = Borders::Ascii;
            }
        }
        self
    }

    /// The style of a role. A ground token sets the background only.
    pub fn style(&self, token: Token) -> Style {
        let style = self.parts.token(token);
        if token.kind() == TokenKind::Ground {
            return match self.ground {
                Ground::Painted => Style::new().bg(self.color(style.fg.or(style.bg))),
                Ground::Terminal => Style::new().bg(Color::Reset),
            };
        }
        self.cells(style)
    }

    /// Ordinary text on a ground: what a pane is filled with.
    pub fn ground(&self, ground: Token) -> Style {
        Style::new().fg(Color::Reset).patch(self.style(Token::Fg)).patch(self.style(ground))
    }

    /// The style of a status glyph.
    pub fn status_glyph(&self, word: StatusWord) -> Style {
        emphasised(self.style(word.token()), self.emphasis(word))
    }

    /// The style of a status word.
    pub fn status_word(&self, word: StatusWord) -> Style {
        match self.parts.status_paint {
            StatusPaint::Word => self.style(word.token()),
            StatusPaint::Glyph => emphasised(self.style(Token::Fg), self.emphasis(word)),
        }
    }

    /// A drawn style as it is on the selected row of the focused pane. What has its own ground (a badge, a match) keeps
    /// it; ordinary text takes the selection's colour.
    pub fn selected(&self, drawn: Style) -> Style {
        let selection = self.style(Token::Selection);
        let grounds = [Token::Bg, Token::Surface, Token::Overlay].map(|token| self.style(token).bg);
        if !matches!(drawn.bg, None | Some(Color::Reset)) && !grounds.contains(&drawn.bg) {
            return drawn;
        }
        let mut on_row = drawn.patch(Style { fg: None, ..selection });
        let ordinary = matches!(drawn.fg, None | Some(Color::Reset)) || drawn.fg == self.style(Token::Fg).fg;
        if self.parts.selection_overrides_status || ordinary {
            on_row.fg = selection.fg.or(Some(Color::Reset));
        }
        on_row
    }

    /// The style of a piece of a log. Its 16 colours become roles; another colour that cannot be read on our grounds is
    /// dropped; a theme without colour keeps only bold, italic, underline and reverse.
    pub fn sgr(&self, sgr: Sgr) -> Style {
        let flags = [
            (sgr.bold, Modifier::BOLD),
            (sgr.italic, Modifier::ITALIC),
            (sgr.underline, Modifier::UNDERLINED),
            (sgr.reverse, Modifier::REVERSED),
        ];
        let set = flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag);
        let mut style = set.fold(Style::new(), Style::add_modifier);
        style.fg = sgr.fg.and_then(|colour| self.log_colour(colour));
        style
    }

    fn log_colour(&self, colour: AnsiColour) -> Option<Color> {
        // A theme that colours no words colours no words of a log.
        if self.parts.status_paint == StatusPaint::Glyph {
            return None;
        }
        let paint = match colour {
            AnsiColour::Indexed(index @ 0..=15) => {
                return self.style(ANSI_ROLES.get(usize::from(index % 8)).copied()?).fg;
            }
            AnsiColour::Indexed(index) => Paint::Indexed(index),
            AnsiColour::Rgb(r, g, b) => Paint::Exact(Rgb::new(r, g, b)),
        }
        .at_depth(self.depth);
        let exact = paint.rgb()?;
        let mut grounds = [Token::Bg, Token::Surface, Token::Overlay]
            .into_iter()
            .map(|token| self.parts.token(token).fg.and_then(|ground| ground.at_depth(self.depth).rgb()));
        grounds
            .all(|ground| ground.is_some_and(|ground| contrast(exact, ground) >= TEXT_RATIO))
            .then(|| paint.color())
    }

    /// The badge of an environment: by its name, else by whether it is protected.
    pub fn env(&self, name: &str, environment: Environment) -> Style {
        let own = self.parts.env.iter().find(|(known, _)| known == name).map(|(_, style)| *style);
        let token = match environment {
            Environment::Protected => Token::EnvProduction,
            Environment::Open if name.starts_with("stag") => Token::EnvStage,
            Environment::Open => Token::EnvOther,
        };
        own.map_or_else(|| self.style(token), |style| self.cells(style))
    }

    fn emphasis(&self, word: StatusWord) -> Emphasis {
        match self.parts.status_paint {
            StatusPaint::Word => Emphasis::Plain,
            StatusPaint::Glyph => word.emphasis(),
        }
    }

    fn cells(&self, style: TokenStyle) -> Style {
        let mut cells = Style::new();
        if style.fg.is_some() {
            cells = cells.fg(self.color(style.fg));
        }
        if style.bg.is_some() {
            cells = cells.bg(self.color(style.bg));
        }
        cells.add_modifier(style.flags)
    }

    fn color(&self, paint: Option<Paint>) -> Color {
        paint.map_or(Color::Reset, |paint| paint.at_depth(self.depth).color())
    }
}

fn emphasised(style: Style, emphasis: Emphasis) -> Style {
    match emphasis {
        Emphasis::Plain => style,
        Emphasis::Bold => style.add_modifier(Modifier::BOLD),
        Emphasis::Italic => style.add_modifier(Modifier::ITALIC),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_has_its_own_badge_or_that_of_its_kind() {
        let own = "[env]\ndr-site = { fg = \"#04101f\", bg = \"#79b8ff\" }\n";
        let user = crate::tui::theme::ThemeText { name: "mine", file: "mine.toml", text: own };
        let around = Surroundings { depth: ColourDepth::Exact, background: None };
        let theme = Theme::new(load("mine", &[user]).unwrap(), around);
        assert_eq!(theme.env("dr-site", Environment::Protected).bg, Some(Color::Rgb(0x79, 0xb8, 0xff)));
        assert_eq!(theme.env("production", Environment::Protected), theme.style(Token::EnvProduction));
        assert_eq!(theme.env("staging", Environment::Open), theme.style(Token::EnvStage));
        assert_eq!(theme.env("laptop", Environment::Open), theme.style(Token::EnvOther));
    }

    #[test]
    fn mono_uses_no_colour_at_all_and_still_shows_selection_and_danger() {
        let mono = Theme::built_in("mono");
        let styles = Token::ALL.map(|token| mono.style(token)).into_iter();
        let words =
            StatusWord::ALL.into_iter().flat_map(|word| [mono.status_glyph(word), mono.status_word(word)]);
        for style in styles.chain(words).chain([mono.ground(Token::Surface)]) {
            assert!(matches!(style.fg, None | Some(Color::Reset)), "{style:?}");
            assert!(matches!(style.bg, None | Some(Color::Reset)), "{style:?}");
        }
        assert!(mono.style(Token::Selection).add_modifier.contains(Modifier::REVERSED));
        assert!(mono.status_word(StatusWord::Fail).add_modifier.contains(Modifier::BOLD));
        assert!(mono.status_word(StatusWord::Waived).add_modifier.contains(Modifier::ITALIC));
    }

    #[test]
    fn ansi_colours_the_glyph_and_never_the_word() {
        let ansi = Theme::built_in("ansi");
        assert_eq!(ansi.status_glyph(StatusWord::Pass).fg, Some(Color::Green));
        assert_eq!(ansi.status_word(StatusWord::Pass).fg, Some(Color::Reset));
    }

    #[test]
    fn the_terminals_own_ground_is_used_only_where_every_token_keeps_its_ratio() {
        let on = |rgb| {
            Theme::new(
                load("dark", &[]).unwrap(),
                Surroundings { depth: ColourDepth::Exact, background: rgb },
            )
        };
        let ground = |theme: &Theme| theme.style(Token::Bg).bg;
        assert_eq!(ground(&on(Some(Rgb::new(0, 0, 0)))), Some(Color::Reset));
        assert_eq!(ground(&on(Some(Rgb::new(0x80, 0x80, 0x80)))), Some(Color::Rgb(0x11, 0x15, 0x1c)));
        assert_eq!(ground(&on(None)), Some(Color::Rgb(0x11, 0x15, 0x1c)));
    }

    #[test]
    fn a_log_colour_that_cannot_be_read_is_dropped() {
        let dark = Theme::built_in("dark");
        let red = Sgr { fg: Some(AnsiColour::Indexed(9)), bold: true, ..Sgr::default() };
        assert_eq!(dark.sgr(red).fg, dark.style(Token::StatusDanger).fg);
        assert!(dark.sgr(red).add_modifier.contains(Modifier::BOLD));
        let night = Sgr { fg: Some(AnsiColour::Rgb(10, 10, 40)), ..Sgr::default() };
        assert_eq!(dark.sgr(night).fg, None);
        let pale = Sgr { fg: Some(AnsiColour::Rgb(250, 240, 200)), ..Sgr::default() };
        assert_eq!(dark.sgr(pale).fg, Some(Color::Rgb(250, 240, 200)));
        assert!(matches!(Theme::built_in("mono").sgr(pale).fg, None | Some(Color::Reset)));
    }

    #[test]
    fn at_256_colours_no_exact_colour_is_left() {
        for name in crate::tui::theme::built_in::NAMES {
            let around = Surroundings { depth: ColourDepth::Indexed, background: None };
            let theme = Theme::new(load(name, &[]).unwrap(), around);
            for token in Token::ALL {
                let style = theme.style(token);
                assert!(!matches!(style.fg, Some(Color::Rgb(..))), "{name} {token:?}");
                assert!(!matches!(style.bg, Some(Color::Rgb(..))), "{name} {token:?}");
            }
        }
    }
}
