#!/usr/bin/env python3
"""adminline over many machines, as a job for Apache Spark.

    spark-submit --files target/release/adminline deploy/spark/adminline_job.py \
        --output DIR INPUT...

Each task pipes its share of the lines through `adminline extract -`. Mentions are then
brought together by the block that they can be merged in, each block goes through
`adminline merge -`, and `adminline merge --joined` puts the merged blocks together. All that
decides anything is the program's own code; what is here numbers lines and moves bytes.

The files in DIR are those that `adminline run INPUT...` writes, byte by byte:
incidents.geojson and, if wanted, mentions.geojsonl; uncoded.jsonl and rejects.jsonl
always. See README.md beside this file.
"""

import argparse
import bisect
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

from pyspark import SparkFiles, StorageLevel
from pyspark.sql import SparkSession, functions

# Exit status of the program: done, but some inputs were rejected.
REJECTED = 3

LINES = re.compile(r"\.(jsonl|ndjson)(\.gz|\.gzip)?$", re.IGNORECASE)
MANIFEST = re.compile(r"^manifest\.(csv|jsonl|ndjson)$", re.IGNORECASE)

# What rules.toml calls rivals: categories that one side's and the other side's reports
# use for one incident, so that they are one block. All others are a block each. A test
# compares this with data/merge/rules.toml; where a --data folder says otherwise, `merge
# --joined` finds a block in two parts and refuses.
RIVALS = [("arrest", "abduction")]

# Options of the program that the job hands on: to extract, and to merge.
FOR_EXTRACT = ["published", "lang", "since", "until", "category", "within"]
FOR_BOTH = ["names", "boundary-view", "data"]

# What the job writes beside incidents.geojson.
FILES = {
    "mentions": "mentions.geojsonl",
    "uncoded": "uncoded.jsonl",
    "rejects": "rejects.jsonl",
}

# Incidents of no reports.
NOTHING = b'{"type":"FeatureCollection","features":[]}\n'


def block_of(category):
    """The key of the block that a mention of this category is merged in."""
    for block in RIVALS:
        if category in block:
            return block[0]
    return category


# ---------------------------------------------------------------- the program


def program(path):
    """Where the program is on this machine."""
    if path:
        return path
    for place in (SparkFiles.get("adminline"), os.path.abspath("adminline")):
        if os.path.isfile(place):
            return place
    found = shutil.which("adminline")
    if not found:
        raise RuntimeError("adminline is not here: ship it with --files, or see --binary")
    return found


def environment():
    """The environment without options for the program: a worker's own would change
    the result."""
    return {k: v for k, v in os.environ.items() if not k.startswith("ADMINLINE_")}


def filtered(command, lines):
    """Feeds lines (bytes, without their ends) to a command and yields the lines that it
    writes, while it runs. A reader that is slow is waited for on both sides.

    Raises RuntimeError with the last words of the command when it fails."""
    said = collections.deque(maxlen=20)
    failed = []

    def feed():
        try:
            for line in lines:
                process.stdin.write(line + b"\n")
        except BrokenPipeError:
            pass  # It has ended; its exit status says why.
        except Exception as error:  # of whoever makes the lines
            failed.append(error)
        finally:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass

    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=1 << 18,
        env=environment(),
    )
    feeding = threading.Thread(target=feed, daemon=True)
    listening = threading.Thread(target=lambda: said.extend(process.stderr), daemon=True)
    feeding.start()
    listening.start()
    try:
        for line in process.stdout:
            yield line.rstrip(b"\n")
        status = process.wait()
        feeding.join()
        listening.join()
        if failed:
            raise failed[0]
        if status not in (0, REJECTED):
            words = b"".join(said).decode(errors="replace")
            raise RuntimeError(f"{command} ended with {status}: {words}")
    finally:
        process.kill()
        process.wait()


# ---------------------------------------------------------------- ids

FIELDS = {"id", "lang", "title", "url", "publisher", "published", "text"}


class Pairs(list):
    """The members of a JSON object, in their order."""


def own_id(line):
    """The id that a line gives its report, and whether the program takes it as it stands.

    The id is "" when the line is a JSON object that gives none, and None when the program
    will not read the line, whatever its id is: it is then handed on as it is."""

    def no_number(_):
        raise ValueError

    try:
        report = json.loads(bare(line), object_pairs_hook=Pairs, parse_constant=no_number)
    except (ValueError, RecursionError):
        return None, True
    if not isinstance(report, Pairs):
        return None, True
    known = [name for name, _ in report if name in FIELDS]
    if len(set(known)) < len(known):
        return None, True  # The program takes no field twice.
    value = dict(report).get("id")
    if value is None:
        return "", True
    if isinstance(value, str):
        return value if value.strip() else "", True
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 64:
        return str(value), True
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value), False
    return None, True


def bare(line):
    """A line without blanks around it, and without the RS byte of RFC 8142."""
    return line.strip().removeprefix(b"\x1e")


def with_id(line, value):
    """The line with another id of its report."""
    text = bare(line)
    report = json.loads(text)
    if "id" not in report:
        # At the end, so that places in messages about the line stay right.
        body = text[:-1].rstrip()
        comma = b"" if body.endswith(b"{") else b","
        return body + comma + b'"id":' + json.dumps(value).encode() + b"}"
    report["id"] = value
    return json.dumps(report).encode()


def base_ids(value):
    """An id and what it may be a numbered one of: a~2~3, a~2, a."""
    yield value
    while match := re.fullmatch(r"(.*)~\d+", value, re.DOTALL):
        value = match[1]
        yield value


def claims(reports):
    """The ids of reports that come in the order of the input: where an earlier one has
    the id, with ~2, ~3, … at its end, as the program gives them."""
    given = collections.Counter()
    for place, value in reports:
        wanted = value
        while True:
            given[wanted] += 1
            if given[wanted] == 1:
                break
            wanted = f"{value}~{given[wanted]}"
        yield place, wanted


# ---------------------------------------------------------------- the inputs


class Inputs:
    """The files that the INPUTs stand for, in the order in which the program reads them."""

    def __init__(self, spark, typed):
        self.files = []  # as Hadoop opens them
        self.uris = []  # as Spark names them
        self.paths = []  # as rejects.jsonl names them
        self.names = []  # as ids are made of them
        conf = spark._jsc.hadoopConfiguration()
        for path in typed:
            at = spark._jvm.org.apache.hadoop.fs.Path(path)
            system = at.getFileSystem(conf)
            if not system.exists(at):
                raise SystemExit(f"adminline_job: no such file or folder: {path}")
            status = system.getFileStatus(at)
            top = status.getPath()
            if not status.isDirectory():
                self.add(top, path, at.getName())
                continue
            found = []
            files = system.listFiles(top, True)
            start = top.toUri().getPath().rstrip("/") + "/"
            while files.hasNext():
                file = files.next().getPath()
                name = file.toUri().getPath().removeprefix(start)
                parts = name.split("/")
                if not any(part.startswith(".") for part in parts):
                    found.append(([part.encode() for part in parts], name, file))
            for _, name, file in sorted(found, key=lambda one: one[0]):
                self.add(file, f"{path.rstrip('/')}/{name}", name)
        if not self.files:
            raise SystemExit("adminline_job: there is no file in the INPUTs")

    def add(self, file, path, name):
        own = name.rsplit("/", 1)[-1]
        if MANIFEST.match(own) or not LINES.search(own):
            raise SystemExit(f"adminline_job: not line-delimited JSON (.jsonl, .ndjson): {path}")
        uri = plain(file.toUri().toString())
        if uri in self.uris:
            raise SystemExit(f"adminline_job: named twice: {path}")
        self.files.append(file.toString())
        self.uris.append(uri)
        self.paths.append(path)
        self.names.append(name)

    def numbers(self):
        """The number of each file by the name that Spark gives it."""
        return {uri: number for number, uri in enumerate(self.uris)}


def plain(uri):
    """The name of a file with one slash after the scheme, however many it has."""
    return re.sub(r"^(\w+:)/+", r"\1/", uri)


def read(spark, inputs, partitions):
    """The lines of all files as rows of the file's path, the start of the block of it that
    a task reads (in bytes), and the line (bytes)."""
    # Shares as even as possible: no allowance for opening a file.
    spark.conf.set("spark.sql.files.openCostInBytes", "0")
    spark.conf.set("spark.sql.files.minPartitionNum", str(partitions))
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    lines = spark.read.option("lineSep", "\n").text([as_pattern(p) for p in inputs.files])
    return lines.select(
        functions.col("_metadata.file_path").alias("path"),
        functions.col("_metadata.file_block_start").alias("start"),
        # Not as text, or what is not UTF-8 would be replaced.
        functions.col("value").cast("binary").alias("line"),
    )


def as_pattern(path):
    """A path with the signs escaped that Spark would read as a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", path)


def block_starts(rows, number):
    """Where each block of each file starts: how many lines and bytes come before it."""
    size = functions.octet_length("line") + 1
    blocks = rows.groupBy("path", "start").agg(functions.count("line"), functions.sum(size))
    sizes = [(number[plain(row[0])], *row[1:]) for row in blocks.collect()]
    starts, last = {}, None
    for file, start, lines, length in sorted(sizes):
        if file != last:
            last, line, offset = file, 0, 0
        starts[file, start] = (line, offset)
        line += lines
        offset += length
    return starts


def places(rows, number, starts):
    """Each line with its place: (file, line, byte offset). Lines of a block come in
    order; what is before the block is read by other tasks."""
    block, line, offset = None, 0, 0
    for path, start, text in rows:
        if (path, start) != block:
            block = (path, start)
            file = number[plain(path)]
            line, offset = starts[file, start]
        line += 1
        yield (file, line, offset), bytes(text)
        offset += len(text) + 1


# ---------------------------------------------------------------- the job


def coded(placed, command, paths, names, renamed):
    """Codes the lines of a task. Yields (kind, block, place, number, line) for each line of
    `mentions`, `uncoded` and `rejects`; the block is that in which a mention is merged,
    else None; place and number sort the lines of a kind in the order of the input."""
    at = []  # the places of the lines, in the order in which they are handed on
    of_report = {}  # and those of the reports

    def handed_on():
        for place, line in placed:
            file, number, _ = place
            own, as_it_is = own_id(line)
            value = f"{names[file]}#{number}" if own == "" else own
            value = renamed.get((file, number), value)
            if value is not None:
                of_report.setdefault(value, (file, number))
                if value != own or not as_it_is:
                    line = with_id(line, value)
            at.append(place)
            yield line

    with tempfile.TemporaryDirectory(prefix="adminline-") as folder:
        beside = {kind: os.path.join(folder, kind) for kind in ("uncoded", "rejects")}
        options = [f"--{kind}={path}" for kind, path in beside.items()]
        for number, line in enumerate(filtered(command + options, handed_on())):
            properties = json.loads(line)["properties"]
            place = of_report[properties["sources"][0]["report"]]
            yield "mentions", block_of(properties["category"]), place, number, line
        with open(beside["uncoded"], "rb") as lines:
            for number, line in enumerate(lines):
                place = of_report[json.loads(line)["report"]]
                yield "uncoded", None, place, number, line.rstrip(b"\n")
        with open(beside["rejects"], "rb") as lines:
            for number, line in enumerate(lines):
                reject = json.loads(line)
                file, record, offset = at[reject["record"] - 1]
                reject |= {"path": paths[file], "record": record, "offset": offset}
                line = json.dumps(reject, ensure_ascii=False, separators=(",", ":"))
                yield "rejects", None, (file, record), number, line.encode()


def ids(placed, names):
    """The id and the place of every report."""
    for (file, number, _), line in placed:
        value, _ = own_id(line)
        if value is not None:
            yield value or f"{names[file]}#{number}", (file, number)


def renamings(lines, command, names, context):
    """The new ids, by place, of the reports whose own came before in the input.

    Only reports whose id comes more than once are looked at. The program is asked which of
    them it can read, as a report that it cannot read takes no id."""
    again = (
        lines.mapPartitions(lambda placed: ids(placed, names))
        .map(lambda pair: (pair[0], 1))
        .reduceByKey(lambda a, b: a + b)
        .filter(lambda pair: pair[1] > 1)
        .keys()
        .collect()
    )
    if not again:
        return {}
    again = context.broadcast(frozenset(again))

    def readable(placed):
        concerned = []

        def some():
            for place, line in placed:
                for value, at in ids([(place, line)], names):
                    if any(base in again.value for base in base_ids(value)):
                        concerned.append((at, value))
                        yield line

        with tempfile.TemporaryDirectory(prefix="adminline-") as folder:
            rejects = os.path.join(folder, "rejects")
            for _ in filtered([*command(), f"--rejects={rejects}"], some()):
                pass
            with open(rejects, "rb") as bad:
                unread = {json.loads(line)["record"] - 1 for line in bad}
        return [one for n, one in enumerate(concerned) if n not in unread]

    own = sorted(lines.mapPartitions(readable).collect())
    return {place: new for (place, old), (_, new) in zip(own, claims(own)) if new != old}


def bins(sizes, number):
    """Shares blocks out to a number of tasks, as evenly as the largest allow."""
    loads, share = [0] * max(1, min(number, len(sizes))), {}
    for block, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        least = loads.index(min(loads))
        share[block] = least
        loads[least] += size
    return share, len(loads)


def write(folder, kinds, lines):
    """Writes lines of several kinds, which come as (number of the kind, line), into a file
    each that appears when it is whole. Returns how many lines each file has."""
    counts = dict.fromkeys(kinds, 0)
    targets = [os.path.join(folder, FILES[kind]) for kind in kinds]
    files = [open(f"{target}.part", "wb") for target in targets]
    for number, line in lines:
        files[number].write(line + b"\n")
        counts[kinds[number]] += 1
    for target, file in zip(targets, files):
        file.close()
        os.replace(f"{target}.part", target)
    return counts


def job(spark, options):
    """The whole job; returns how many inputs were rejected."""
    context = spark.sparkContext
    partitions = options.partitions or context.defaultParallelism
    binary = options.binary

    def given(names):
        values = {name: getattr(options, name.replace("-", "_")) for name in names}
        return [f"--{name}={value}" for name, value in values.items() if value is not None]

    for_extract, for_merge = given(FOR_EXTRACT + FOR_BOTH), given(FOR_BOTH)

    def extract():
        return [program(binary), "extract", "-", "-qq", "--jobs=1", *for_extract]

    def merge(*what):
        return [program(binary), "merge", "-qq", *for_merge, *what]

    os.makedirs(options.output, exist_ok=True)
    inputs = Inputs(spark, options.inputs)
    paths, names, number = inputs.paths, inputs.names, inputs.numbers()
    rows = read(spark, inputs, partitions)
    starts = context.broadcast(block_starts(rows, number))
    lines = rows.rdd.mapPartitions(lambda rows: places(rows, number, starts.value))
    renamed = context.broadcast(renamings(lines, extract, names, context))
    results = lines.mapPartitions(
        lambda placed: coded(placed, extract(), paths, names, renamed.value)
    ).persist(StorageLevel.DISK_ONLY)

    # Which blocks there are, and how large.
    mentions = results.filter(lambda one: one[0] == "mentions")
    lengths = mentions.map(lambda one: (one[1], len(one[4])))
    sizes = dict(lengths.reduceByKey(lambda a, b: a + b).collect())
    share, tasks = bins(sizes, partitions)
    merged = (
        mentions.map(lambda one: (share[one[1]], one[4]))
        .partitionBy(tasks, lambda task: task)
        .mapPartitionsWithIndex(
            lambda task, pairs: (
                (task, line) for line in filtered(merge("-"), (line for _, line in pairs))
            )
        )
    )
    with tempfile.TemporaryDirectory(prefix="adminline-") as folder:
        parts = [os.path.join(folder, f"part-{task:05}.geojson") for task in range(tasks)]
        files = [open(part, "wb") for part in parts]
        for task, line in merged.toLocalIterator() if sizes else ():
            files[task].write(line + b"\n")
        if not sizes:
            files[0].write(NOTHING)
        for file in files:
            file.close()
        target = os.path.join(options.output, "incidents.geojson")
        subprocess.run(
            merge("--joined", *parts, f"--output={target}"), env=environment(), check=True
        )

    kinds = [kind for kind in FILES if kind != "mentions" or not options.no_mentions]
    wanted = results.filter(lambda one: one[0] in kinds)
    in_order = wanted.sortBy(lambda one: (kinds.index(one[0]), one[2], one[3]), True, partitions)
    lines = in_order.map(lambda one: (kinds.index(one[0]), one[4]))
    counts = write(options.output, kinds, lines.toLocalIterator())
    results.unpersist()
    said = ", ".join(f"{n} {kind}" for kind, n in counts.items())
    print(
        f"adminline_job: {rows.rdd.getNumPartitions()} tasks to extract, {tasks} to merge: {said}",
        file=sys.stderr,
    )
    return counts["rejects"]


def arguments(typed=None):
    """What was typed."""
    parser = argparse.ArgumentParser(
        description="What `adminline run` makes of line-delimited JSON, on Spark.",
        epilog="The other options are the program's own.",
    )
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="a file, or a folder of files")
    parser.add_argument("-o", "--output", default="output", help="folder on the driver's machine")
    parser.add_argument("--binary", help="path of adminline on every machine, if not shipped")
    parser.add_argument("--partitions", type=int, help="tasks; one a core if not given")
    parser.add_argument("--no-mentions", action="store_true", help="no mentions.geojsonl")
    for name in FOR_EXTRACT + FOR_BOTH:
        parser.add_argument(f"--{name}")
    return parser.parse_args(typed)


def main():
    options = arguments()
    spark = SparkSession.builder.appName("adminline").getOrCreate()
    try:
        rejects = job(spark, options)
    finally:
        spark.stop()
    sys.exit(REJECTED if rejects else 0)


if __name__ == "__main__":
    main()
