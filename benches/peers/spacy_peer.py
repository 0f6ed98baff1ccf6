"""Incidents with spaCy as a Python user would set it up: a blank model for each
language, a sentence splitter, a matcher of the phrases of names and triggers, and
dateparser over the sentences that have both.

    python3 spacy_peer.py REPORTS.jsonl PROCESSES [--no-dates] > mentions.geojsonl
"""

import json
import multiprocessing
import sys
from datetime import datetime

import dateparser.search
import spacy
from spacy.matcher import PhraseMatcher

import knowledge

NAMES = {name.lower(): at for name, at in knowledge.names().items()}
# dateparser's names of the languages.
DATES = {"en": ["en"], "sq": ["sq"], "sr": ["sr-Latn", "sr-Cyrl"]}


def pipeline(lang):
    nlp = spacy.blank(lang)
    nlp.max_length = 5_000_000
    nlp.add_pipe("sentencizer")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    triggers = knowledge.triggers(lang)
    matcher.add("place", list(nlp.pipe(NAMES)))
    by_category = {}
    for phrase, category in triggers.items():
        by_category.setdefault(category, []).append(phrase)
    for category, phrases in by_category.items():
        matcher.add(category, list(nlp.pipe(phrases)))
    return nlp, matcher


def code(report, nlp, matcher, with_dates):
    lang = report["lang"]
    doc = nlp(report["text"])
    for sentence in doc.sents:
        place, category = None, None
        for match, start, end in matcher(sentence):
            label = nlp.vocab.strings[match]
            if label == "place":
                place = place or sentence[start:end].text
            else:
                category = category or label
        if not (place and category):
            continue
        date = None
        if with_dates:
            published = datetime.fromisoformat(report["published"])
            found = dateparser.search.search_dates(
                sentence.text, languages=DATES[lang], settings={"RELATIVE_BASE": published}
            )
            date = found[0][1].date().isoformat() if found else report["published"]
        lat, lon = NAMES[place.lower()]
        yield {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "report": report["id"],
                "category": category,
                "place": place,
                "date_start": date,
                "evidence": sentence.text,
            },
        }


def share(path, number, of, with_dates):
    """Codes every `of`-th report."""
    pipelines = {lang: pipeline(lang) for lang in knowledge.LANGS}
    lines = []
    with open(path, encoding="utf-8") as file:
        for n, line in enumerate(file):
            if n % of == number:
                report = json.loads(line)
                nlp, matcher = pipelines[report["lang"]]
                for feature in code(report, nlp, matcher, with_dates):
                    lines.append(json.dumps(feature, ensure_ascii=False))
    return lines


def main():
    path, processes = sys.argv[1], int(sys.argv[2])
    with_dates = "--no-dates" not in sys.argv
    shares = [(path, n, processes, with_dates) for n in range(processes)]
    if processes == 1:
        done = [share(*shares[0])]
    else:
        with multiprocessing.Pool(processes) as pool:
            done = pool.starmap(share, shares)
    for lines in done:
        for line in lines:
            print(line)


if __name__ == "__main__":
    main()
