#!/usr/bin/env python3
"""Writes N made-up news reports as NDJSON, one a line, for whole-process benchmarks.

    python3 benches/reports/generate.py 200000 > reports.ndjson

A report has about 2 KB (UTF-8) and is in English, Albanian or Serbian (half of it
in Cyrillic). Sites, people, dates and figures vary, so that no two texts are alike.
Two reports in three tell of one to three incidents among quiet paragraphs, the
others of none, as in an archive of regional news. Same arguments, same bytes.

Needs Python 3.11 or later and nothing else.
"""

import argparse
import datetime
import json
import pathlib
import re
import sys
import tomllib

LANGS = ("en", "sr", "sq")
DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ", "Lj": "Љ", "Nj": "Њ", "Dž": "Џ"}
LETTERS = dict(
    zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True)
)
LETTERS |= {latin.upper(): other.upper() for latin, other in LETTERS.items()}
ONE = str.maketrans(LETTERS)
TWO = re.compile("|".join(DIGRAPHS))


def cyrillic(text):
    """Serbian Latin letters as Cyrillic."""
    return TWO.sub(lambda m: DIGRAPHS[m[0]], text).translate(ONE)


class Draw:
    """A fixed row of numbers (a 64-bit linear congruential generator)."""

    def __init__(self, seed):
        self.state = seed

    def below(self, most):
        self.state = (
            self.state * 6364136223846793005 + 1442695040888963407
        ) & 0xFFFFFFFFFFFFFFFF
        return (self.state >> 33) % most

    def one(self, items):
        return items[self.below(len(items))]


class Slots(dict):
    """The values of a sentence's slots, drawn anew each time they are asked for; only
    the forms of a site belong together."""

    def __init__(self, words, draw, year):
        super().__init__()
        self.words, self.draw, self.year = words, draw, year

    def __missing__(self, slot):
        draw, words = self.draw, self.words
        if slot.startswith("site"):
            base = slot.split("_")[0]
            forms = draw.one(words["sites"])
            for n, suffix in enumerate(("", "_loc", "_gen")):
                self[base + suffix] = forms[min(n, len(forms) - 1)]
            return self[slot]
        if slot == "n":
            return str(2 + draw.below(97))
        if slot == "m":
            return str(1 + draw.below(5))
        if slot == "day":
            return str(1 + draw.below(28))
        if slot == "month":
            return draw.one(words["months"])
        if slot == "weekday":
            return draw.one(words["weekdays"])
        if slot == "year":
            return str(self.year - draw.below(40))
        if slot == "name":
            return f"{draw.one(words['first'])} {draw.one(words['last'])}"
        if slot == "date":
            recent = Slots(words, draw, self.year)
            recent["year"] = str(self.year)
            return draw.one(words["date"]).format_map(recent)
        if slot == "office":
            return draw.one(words["office"])
        if slot == "office_cap":
            name = draw.one(words["office"])
            return name[0].upper() + name[1:]
        raise KeyError(slot)


def report(number, draw, languages, size):
    """One report, as the fields of the input format."""
    lang = LANGS[number % len(LANGS)]
    words = languages[lang]
    published = datetime.date(2019, 1, 1) + datetime.timedelta(days=draw.below(2000))

    def fill(sentences):
        slots = Slots(words, draw, published.year)
        return " ".join(s.format_map(slots) for s in sentences)

    stories = 0 if draw.below(3) == 0 else 1 + draw.below(3)
    parts = [fill(draw.one(words["stories"])) for _ in range(stories)]
    length = sum(len(part.encode()) for part in parts)
    script = lang == "sr" and number % 2 == 0
    # Two bytes a letter in Cyrillic.
    wanted = size * 10 // 18 if script else size
    # Each quiet sentence comes once, while there are any left.
    quiet = []
    while length < wanted:
        part = []
        for _ in range(1 + draw.below(4)):
            quiet = quiet or list(words["quiet"])
            part.append(fill([quiet.pop(draw.below(len(quiet)))]))
        part = " ".join(part)
        parts.append(part)
        length += len(part.encode()) + 2
    text = "\n\n".join(parts)
    title = fill([draw.one(words["titles"])])
    if script:
        text, title = cyrillic(text), cyrillic(title)
    return {
        "id": f"g{number:07}",
        "lang": lang,
        "title": title,
        "url": f"https://news.example/{lang}/{number}",
        "publisher": f"generated {draw.below(20)}",
        "published": published.isoformat(),
        "text": text,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", type=int, help="how many")
    parser.add_argument("--size", type=int, default=2000, help="bytes of a text, about")
    parser.add_argument("--seed", type=int, default=20230924)
    options = parser.parse_args()
    here = pathlib.Path(__file__).parent
    languages = {
        lang: tomllib.loads((here / f"{lang}.toml").read_text("utf-8")) for lang in LANGS
    }
    draw = Draw(options.seed)
    for number in range(options.reports):
        line = report(number, draw, languages, options.size)
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
