#!/usr/bin/env python3
"""Makes a folder of reports that a job in many parts can easily get wrong.

    python3 tests/spark/input.py REPORTS.jsonl FOLDER

From made-up reports: files beside and below each other, one packed in two members,
one empty; reports without an id, with a number or another report's id for one; lines
that are empty, no JSON, no report, or not UTF-8. The same input gives the same bytes.
"""

import gzip
import json
import pathlib
import sys


def lines(reports):
    for n, report in enumerate(reports):
        if n % 7 == 0:
            del report["id"]
        elif n % 11 == 0:
            report["id"] = ""
        elif n % 13 == 0:
            report["id"] = "same"
        elif n % 17 == 0:
            report["id"] = n
        elif n == 50:
            report["id"] = "same~2"
        elif n == 51:
            report["id"] = "b/second.jsonl#3"
        if n % 19 == 0:
            report["published"] = "2023-02-30"
        line = json.dumps(report, ensure_ascii=False).encode()
        if n % 23 == 0:
            line = line[:-5]
        elif n % 29 == 0:
            line = b""
        elif n % 31 == 0:
            line = b" \x1e" + line + b" \r"
        elif n % 37 == 0:
            line = line.replace(b"a", b"\xff", 1)
        yield line
        if n == 40:
            yield from (b'["no report"]', b"{}", b'{"id": "x", "text": "a", "text": "b"}')


def main():
    reports = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    folder = pathlib.Path(sys.argv[2])
    for sub in ("a", "b"):
        (folder / sub).mkdir(parents=True)
    third = len(reports) // 3
    made = [line + b"\n" for line in lines(reports)]
    first, second, rest = made[:third], made[third : 2 * third], made[2 * third :]
    # After `a`, the folder, as the program sorts by the names in a folder.
    (folder / "a.jsonl").write_bytes(b"".join(first))
    # The last line has no end.
    (folder / "b" / "second.jsonl").write_bytes(b"".join(second).rstrip())
    half = len(rest) // 2
    packed = [gzip.compress(b"".join(part), mtime=0) for part in (rest[:half], rest[half:])]
    (folder / "a" / "a blank.ndjson.gz").write_bytes(b"".join(packed))
    (folder / "empty.jsonl").write_bytes(b"")
    # The same reports once more, so that their ids come again.
    (folder / "z[1].jsonl").write_bytes(b"".join(first[: third // 4]))


if __name__ == "__main__":
    main()
