#!/usr/bin/env python3
"""Checks a gonogo record without gonogo: every hash, every parent. Exit code 0: whole, 1: damaged. Usage: verify_record.py FILE"""
import hashlib, re, sys
sha = lambda data: hashlib.sha256(data).hexdigest()
file = open(sys.argv[1], "rb").read()
head = re.match(rb"(?s).*?^\[events\]\r?\n", file, re.M)
if not head or not re.search(rb"(?m)^format = 1\r?$", head[0]): sys.exit("no record of format 1")
root = sha(header := head[0].replace(b"\r\n", b"\n"))  # the first event names the digest of everything before it
bad, lines, keys, tail, blank, text = [], {}, {}, [], b", data = { redacted = true }", rb'"(?:[^"\\]|\\.)*"'
if b'checklist_digest = "sha256:%b"' % sha(header[header.find(b"\n[checklist]\n") + 1 : -9]).encode() not in header: bad.append("the checklist was edited")
shape = re.compile(rb'([0-7][0-9A-HJKMNP-TV-Z]{25}) = \{ at = %b, by = %b, on = %b, kind = "([a-z._]+)", v = (\d+), up = \[([^\]]+)\](,.* data = .*)' % (text, text, text))
proof = re.compile(rb'(?:, crit = true)?, data = \{ event = "(\w{26})", hash = "(\w{64})", tombstone = "(\w{64})", .*')
rows = [(n, raw, raw.rstrip(b"\n").removesuffix(b"\r")) for n, raw in enumerate(file[head.end() :].splitlines(True), header.count(b"\n") + 1)]
rows = [(n, raw, line, re.fullmatch(rb', h = "([0-9a-f]{64})" \}', line[-74:]), shape.fullmatch(line[:-74])) for n, raw, line in rows]
proofs = [proof.fullmatch(e[5]) for _, _, line, end, e in rows if end and e and (e[2], e[3]) == (b"log.redacted", b"1") and sha(line[:-74]) == end[1].decode()]
told = {said.groups() for said in proofs if said}  # a tombstone is whole if such an event names its key, hash and bytes
for number, raw, line, end, event in rows:
    own = end and end[1].decode()
    if not (own and event and (sha(line[:-74]) == own or event[2] != b"log.redacted" and (event[1], end[1], sha(line).encode()) in told and event[5].endswith(blank))): event = None
    if not event and not re.match(rb"\s*$|#|<{7}|={7}|>{7}|\|{7}", line): tail.append((number, raw, end))
    if not event: continue
    bad += [f"line {n}: not a good line" for n, _, _ in tail]  # only after the last good line may something be unfinished
    tail, lines[own] = [], (number, [parent.decode() for parent in re.findall(rb"[0-9a-f]{64}", event[4])])
    if keys.setdefault(event[1], own) != own: bad.append(f"line {number}: another line has its key")
bad += [f"line {n}: not a good line" for n, raw, end in tail if end or raw.endswith(b"\n")]
bad += [f"line {n}: its parent {p} is missing" for n, up in lines.values() for p in up if p != root and p not in lines]
if lines and root not in [p for _, up in lines.values() for p in up]: bad.append("no event names this header")
heads, dead = set(lines) - {p for _, up in lines.values() for p in up}, {h for _, h, _ in told if h.decode() in lines}
print(*bad, f"{len(lines)} events, {len(heads)} heads{f', {len(dead)} redacted' if dead else ''}{', an unfinished write at the end' if tail else ''}: {'DAMAGED' if bad else 'whole'}", sep="\n")
sys.exit(1 if bad else 0)
