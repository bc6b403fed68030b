#!/usr/bin/env python3
"""Checks a gonogo record without gonogo: every hash, every parent. Exit code 0: whole, 1: damaged. Usage: verify_record.py FILE"""
import graphlib, hashlib, re, sys
sha, file, lines, keys, tail, text = lambda data: hashlib.sha256(data).hexdigest(), open(sys.argv[1], "rb").read(), {}, {}, [], rb'("(?:[^"\\]|\\.)*")'
if not (head := re.match(rb"(?s).*?^\[events\]\r?\n", file, re.M)) or not re.search(rb"(?m)^format = 1\r?$", head[0]): sys.exit("no record of format 1")
root = sha(header := head[0].replace(b"\r\n", b"\n"))  # the first event names the digest of everything before it
bad = [] if b'checklist_digest = "sha256:%b"' % sha(header[header.find(b"\n[checklist]\n") + 1 : -9]).encode() in header else ["the checklist was edited"]
shape = re.compile(rb'([0-7][0-9A-HJKMNP-TV-Z]{25}) = \{ at = %b, by = %b, on = %b, kind = "([a-z._]+)", v = (\d+), up = \[([^\]]+)\](.*?), data = (.*)' % (text, text, text))
proof = re.compile(rb'\{ event = "(\w{26})", hash = "(\w{64})", tombstone = "(\w{64})", reason = %b(?:, .*)? \}' % text)
odd = r'\0-\x1f\x7f-\x9f"\\\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff'
code = r"u(?!000[9AD])(?:00[0189].|007F|00AD|061C|180E|200[B-F]|202[89A-E]|206.|FD[DE].|FE0.|FEFF|FFF[9ABEF])|U(?:000E0...|000.FFF[EF]|0010FFF[EF])"
grave = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"(?:"(?:[^%s]|\\(?:["\\nrt]|(?=.[0-9A-F]{4})(?:%s)))*"){2}[a-z._]{1,48}[1-9]\d*(, crit = true)?\{ redacted = true \}' % (odd, code)
rows = [(n, raw, raw.rstrip(b"\n").removesuffix(b"\r")) for n, raw in enumerate(file[head.end() :].splitlines(True), header.count(b"\n") + 1)]
rows = [(n, raw, line, re.fullmatch(rb', h = "([0-9a-f]{64})" \}', line[-74:]), shape.fullmatch(line[:-74])) for n, raw, line in rows]
told = {s.group(1, 2, 3) for _, _, line, end, e in rows if end and e and e.group(5, 6) == (b"log.redacted", b"1") and sha(line[:-74]) == end[1].decode() and (s := proof.fullmatch(e[9]))}
for number, raw, line, end, e in rows:
    own, ups = end and end[1].decode(), sorted(re.findall(rb'"([0-9a-f]{64})"', e[7])) if e else []
    spelled = e and e[7] == b'"%b"' % b'", "'.join(ups) and re.fullmatch(grave, b"".join(e.group(2, 3, 4, 5, 6, 8, 9)).decode(errors="surrogateescape"))
    if not (own and e and (sha(line[:-74]) == own or e[5] != b"log.redacted" and (e[1], end[1], sha(line).encode()) in told and spelled)):
        tail += [] if re.match(rb"\s*$|#|<{7}|={7}|>{7}|\|{7}", line) else [(number, raw, end)]; continue
    bad += [f"line {n}: not a good line" for n, _, _ in tail]  # only after the last good line may something be unfinished
    tail, lines[own] = [], (number, [parent.decode() for parent in ups])
    if keys.setdefault(e[1], same := (own, *ups, *e.group(2, 3, 4, 5, 6, 8))) != same: bad.append(f"line {number}: another line has its key")
heads, dead = set(lines) - (named := {p for _, up in lines.values() for p in up}), {h for _, h, _ in told if h.decode() in lines}
bad += [f"line {n}: not a good line" for n, raw, end in tail if end or raw.endswith(b"\n")] + ["no event names this header"] * (bool(lines) and root not in named)
bad += [f"line {n}: its parent {p} is missing" for n, up in lines.values() for p in up if p != root and p not in lines]
try: graphlib.TopologicalSorter({own: up for own, (_, up) in lines.items()}).prepare()
except graphlib.CycleError: bad.append("an event comes after what came after it: a tombstone was forged")
print(*bad, f"{len(lines)} events, {len(heads)} heads{f', {len(dead)} redacted' if dead else ''}{', an unfinished write at the end' if tail else ''}: {'DAMAGED' if bad else 'whole'}", sep="\n")
sys.exit(1 if bad else 0)
