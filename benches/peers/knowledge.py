"""What the peers are given: the names and the triggers of adminline's own data."""

import csv
import itertools
import pathlib
import re
import tomllib

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
LANGS = ("en", "sr", "sq")


def sites():
    """(names, latitude, longitude) of each site of the gazetteer, without inflection."""
    with open(DATA / "gazetteer" / "sites.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [row["name_en"], row["name_sq"], row["name_sr_latn"], row["name_sr_cyrl"]]
            names += row["aliases"].split("|")
            yield sorted({n for n in names if len(n) > 2}), float(row["lat"]), float(row["lon"])


def names():
    """Name → (latitude, longitude)."""
    return {name: (lat, lon) for all_names, lat, lon in sites() for name in all_names}


def triggers(lang):
    """Phrase → category, of those triggers that are words in a row. Patterns with gaps,
    classes and open ends are left out, as a list of phrases cannot say them."""
    path = DATA / "lexicon" / lang / "triggers.toml"
    found = {}
    for trigger in tomllib.loads(path.read_text(encoding="utf-8"))["trigger"]:
        for head in trigger["head"]:
            if re.search(r"[~@*?]", head):
                continue
            for words in itertools.product(*(word.split("|") for word in head.split())):
                found.setdefault(" ".join(words), trigger["category"])
    return found
