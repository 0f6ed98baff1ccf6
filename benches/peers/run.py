#!/usr/bin/env python3
"""adminline beside other tools, on the same input, in one run.

    python3 benches/peers/run.py [--rounds N] [--reports N] [--slow N] [--only WORD]

Makes reports and incidents, then lets the tools take turns for some rounds, so that
whatever else the machine does meets all of them, and prints a table: the shortest and
the median time of the whole process on the clock, its median time on the processors
(user and system, of all its processes), and ratios to adminline.

README.md says what has to be installed.
"""

import argparse
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
START = ": start-up"


def once(command, out):
    """Runs a command, its standard output into a file; returns the seconds on the clock
    and on the processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with open(out, "wb") as file:
        subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True)
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def rounds(tools, number, folder):
    """The times of each tool, which take turns."""
    times = {name: [] for name, _, _ in tools}
    for n in range(number):
        for name, command, _ in tools:
            times[name].append(once(command, folder / "out"))
            print(f"round {n + 1}: {name}: {times[name][-1][0]:.2f} s", file=sys.stderr)
    return times


def head(source, target, lines):
    """The first lines of a file as a file of its own."""
    with open(source, "rb") as have, open(target, "wb") as want:
        for _, line in zip(range(lines), have):
            want.write(line)
    return target


def table(title, unit, number, tools, times):
    """Prints the times. Where a tool was given fewer things than `number`, its time for
    all is that of its start-up and as many times the rest."""
    print(f"\n{title}\n")
    print(
        f"| tool | {unit}s | shortest | median | on the processors "
        f"| all {number:,}: median | processors | ratio | processors |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    medians = {
        name: [statistics.median(column) for column in zip(*times[name])] for name, _, _ in tools
    }
    base = None
    for name, _, things in tools:
        whole = clock, busy = medians[name]
        if 0 < things < number:
            start = medians[name + START]
            whole = [s + (t - s) * number / things for s, t in zip(start, whole)]
        base = base or whole
        shortest = min(clock for clock, _ in times[name])
        if name.endswith(START):
            print(f"| {name} | 0 | {shortest:.2f} s | {clock:.2f} s | {busy:.2f} s | | | | |")
            continue
        print(
            f"| {name} | {things:,} | {shortest:.2f} s | {clock:.2f} s | {busy:.2f} s "
            f"| {whole[0]:.2f} s | {whole[1]:.2f} s "
            f"| {whole[0] / base[0]:.1f} | {whole[1] / base[1]:.1f} |"
        )


def machine():
    """What the figures depend on."""
    model = "unknown processor"
    try:
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    except OSError:
        pass
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {model}, {platform.system()}, Python {platform.python_version()}, load {load}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=str(ROOT / "target/release/adminline"))
    parser.add_argument("--python", default=sys.executable, help="with the requirements")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reports", type=int, default=20000)
    parser.add_argument("--slow", type=int, default=2000, help="reports for spaCy with dates")
    parser.add_argument("--only", choices=["reports", "maps"])
    options = parser.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        all_reports = folder / "reports.jsonl"
        with open(all_reports, "wb") as file:
            generate = [sys.executable, ROOT / "benches/reports/generate.py", str(options.reports)]
            subprocess.run(generate, stdout=file, check=True)
        some = head(all_reports, folder / "some.jsonl", options.slow)
        none = head(all_reports, folder / "none.jsonl", 0)
        n, few = options.reports, min(options.slow, options.reports)

        def python(script, *rest):
            return [options.python, HERE / script, *map(str, rest)]

        print("before:", machine())
        if options.only != "maps":
            extract = [binary, "extract", "-qq", "--jobs"]
            tools = [
                ("adminline, 2 jobs", [*extract, "2", all_reports], n),
                ("adminline, 1 job", [*extract, "1", all_reports], n),
            ]
            for processes in (1, 2):
                name = f"spaCy and dateparser, {processes} at a time"
                tools.append((name, python("spacy_peer.py", some, processes), few))
                tools.append((name + START, python("spacy_peer.py", none, processes), 0))
            tools += [
                ("spaCy without dates, 1 at a time", python("spacy_peer.py", all_reports, 1, "--no-dates"), n),
                ("flashtext, names only", python("flashtext_peer.py", all_reports), n),
                ("geotext, names of cities only", python("geotext_peer.py", all_reports), n),
            ]
            times = rounds(tools, options.rounds, folder)
            table("Reports of 2 KB to mentions", "report", n, tools, times)

        if options.only != "reports":
            subprocess.run([binary, "run", all_reports, "-o", folder / "run", "-qq"], check=True)
            with open(folder / "run/incidents.geojson", encoding="utf-8") as file:
                incidents = json.load(file)
            incidents["features"] = incidents["features"][:1000]
            drawn = folder / "incidents.geojson"
            drawn.write_text(json.dumps(incidents, ensure_ascii=False), encoding="utf-8")
            tools = [
                ("adminline", [binary, "render", drawn, "-o", folder / "a.svg", "-qq"], 1000),
                ("geopandas and matplotlib", python("geopandas_peer.py", drawn, folder / "b.svg"), 1000),
                ("mapshaper", [HERE / "mapshaper_peer.sh", drawn, folder / "c.svg"], 1000),
            ]
            times = rounds(tools, options.rounds, folder)
            table("1,000 incidents to SVG", "incident", 1000, tools, times)
        print("\nafter:", machine())


if __name__ == "__main__":
    main()
