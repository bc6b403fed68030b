//! The pictures of the README, drawn from the real screen by a test: they are never out of date.
//!
//! Every cell stands at its own place, lines and blocks are shapes, so that no font can shift them. Set
//! `GONOGO_PICTURES=update` to write them anew. Not here: the scene (`world.rs`).

use std::fmt::Write as _;
use std::path::Path;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::glyph::GlyphSet;
use super::lines::Access;
use super::world::{World, container};
use crate::rules::observed::Health;
use crate::session::status::CheckStatus;

/// Width and height of a cell, in the picture's units.
const CELL: (u32, u32) = (9, 18);
/// Where text stands in its cell, from the top.
const BASELINE: u32 = 14;

/// What a terminal's own colours are.
#[derive(Clone, Copy, Debug)]
struct Ground {
    /// Of text.
    text: &'static str,
    /// Behind it.
    paper: &'static str,
}

/// Draws a screen.
fn svg(buffer: &Buffer, title: &str, ground: Ground) -> String {
    let (columns, rows) = (u32::from(buffer.area.width), u32::from(buffer.area.height));
    let (width, height) = (columns * CELL.0, rows * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>{}</title>\n<style>text{{font:15px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        escape(title),
        ground.paper
    );
    for y in 0..buffer.area.height {
        backgrounds(&mut out, buffer, y, ground);
        for x in 0..buffer.area.width {
            foreground(&mut out, &buffer[(x, y)], (u32::from(x), u32::from(y)), ground);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn backgrounds(out: &mut String, buffer: &Buffer, y: u16, ground: Ground) {
    let mut x = 0;
    while x < buffer.area.width {
        let (_, paper) = colours(&buffer[(x, y)], ground);
        let start = x;
        while x < buffer.area.width && colours(&buffer[(x, y)], ground).1 == paper {
            x += 1;
        }
        if paper != ground.paper {
            let (left, top) = (u32::from(start) * CELL.0, u32::from(y) * CELL.1);
            let width = u32::from(x - start) * CELL.0;
            writeln!(
                out,
                "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{paper}\"/>",
                CELL.1
            )
            .unwrap();
        }
    }
}

fn foreground(out: &mut String, cell: &Cell, (x, y): (u32, u32), ground: Ground) {
    let symbol = cell.symbol();
    if symbol.trim().is_empty() {
        return;
    }
    let (text, _) = colours(cell, ground);
    let (left, top) = (x * CELL.0, y * CELL.1);
    if let Some(path) = symbol.chars().next().and_then(line_path) {
        let heavy = "┃━┏┓┗┛┣┫┳┻╋".contains(symbol);
        let stroke = if heavy { "2.6" } else { "1.2" };
        writeln!(
            out,
            "<path transform=\"translate({left} {top})\" d=\"{path}\" stroke=\"{text}\" stroke-width=\"{stroke}\" fill=\"none\"/>"
        )
        .unwrap();
        return;
    }
    if let Some((from_top, height)) = block(symbol) {
        let y = top + from_top;
        writeln!(
            out,
            "<rect x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{height}\" fill=\"{text}\"/>",
            CELL.0
        )
        .unwrap();
        return;
    }
    let bold = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let italic = if cell.modifier.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
    let baseline = top + BASELINE;
    writeln!(
        out,
        "<text x=\"{left}\" y=\"{baseline}\" fill=\"{text}\"{bold}{italic}>{}</text>",
        escape(symbol)
    )
    .unwrap();
}

/// The strokes of a line character in a cell of 9 by 18.
fn line_path(symbol: char) -> Option<&'static str> {
    Some(match symbol {
        '─' | '━' | '╌' | '╍' => "M0 9H9",
        '│' | '┃' | '╎' | '╏' => "M4.5 0V18",
        '┌' | '┏' | '╭' => "M4.5 18V9H9",
        '┐' | '┓' | '╮' => "M4.5 18V9H0",
        '└' | '┗' | '╰' => "M4.5 0V9H9",
        '┘' | '┛' | '╯' => "M4.5 0V9H0",
        '├' | '┣' => "M4.5 0V18M4.5 9H9",
        '┤' | '┫' => "M4.5 0V18M4.5 9H0",
        '┬' | '┳' => "M0 9H9M4.5 9V18",
        '┴' | '┻' => "M0 9H9M4.5 9V0",
        '┼' | '╋' => "M0 9H9M4.5 0V18",
        '═' => "M0 7H9M0 11H9",
        '║' => "M3 0V18M6 0V18",
        '╔' => "M3 18V7H9M6 18V11H9",
        '╗' => "M6 18V7H0M3 18V11H0",
        '╚' => "M3 0V11H9M6 0V7H9",
        '╝' => "M6 0V11H0M3 0V7H0",
        _ => return None,
    })
}

/// Top and height of a block character in a cell.
fn block(symbol: &str) -> Option<(u32, u32)> {
    let eighths = match symbol {
        "▁" => 1,
        "▂" => 2,
        "▃" => 3,
        "▄" => 4,
        "▅" => 5,
        "▆" => 6,
        "▇" => 7,
        "█" => 8,
        _ => return None,
    };
    let height = CELL.1 * eighths / 8;
    Some((CELL.1 - height, height))
}

fn colours(cell: &Cell, ground: Ground) -> (String, String) {
    let text = colour(cell.fg, ground.text);
    let paper = colour(cell.bg, ground.paper);
    if cell.modifier.contains(Modifier::REVERSED) { (paper, text) } else { (text, paper) }
}

fn colour(colour: Color, otherwise: &str) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        _ => otherwise.to_owned(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const DARK: Ground = Ground { text: "#d7dce4", paper: "#11151c" };
const LIGHT: Ground = Ground { text: "#1f2328", paper: "#ffffff" };

/// A release day before the deploy: one check fails, one container has just started.
fn scene(theme: &str) -> World {
    let mut world = World::ready().with_face(theme, GlyphSet::Unicode, Access::ReadWrite);
    let mut starting = container("worker-1");
    starting.health = Health::Starting;
    world.containers(vec![container("api-1"), container("web-1"), starting]);
    world.measured("smoke", CheckStatus::Fail, "expected status 200, got 504");
    for line in [
        "10:02:55 INFO  listening on :8080",
        "10:03:58 WARN  payment provider slow  took=2950ms",
        "10:04:01 \u{1b}[31mERROR\u{1b}[0m refund failed: upstream timeout  order=A-10492",
    ] {
        world.log_line("api-1-0123456789abcdef", line.as_bytes());
    }
    world.press("j j j");
    world
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its caller to write the pictures anew")]
fn current(name: &str, world: &mut World, size: (u16, u16), ground: Ground) {
    world.resize(size.0, size.1);
    let drawn = svg(&world.buffer().0, "gonogo: the cockpit of one release", ground);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    if std::env::var_os("GONOGO_PICTURES").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "assets/{name} is out of date: look at it after GONOGO_PICTURES=update cargo test pictures"
    );
}

#[test]
fn the_pictures_of_the_readme_show_the_screen_as_it_is() {
    current("cockpit-dark.svg", &mut scene("dark"), (160, 45), DARK);
    current("cockpit-light.svg", &mut scene("light"), (160, 45), LIGHT);
    current("cockpit-small.svg", &mut scene("dark"), (80, 24), DARK);
    current("deploy.svg", &mut World::deploying(), (120, 30), DARK);
}
