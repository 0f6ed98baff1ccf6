"""The names of places in reports, with flashtext.

    python3 flashtext_peer.py REPORTS.jsonl > names.jsonl
"""

import json
import sys

from flashtext import KeywordProcessor

import knowledge


def main():
    names = knowledge.names()
    processor = KeywordProcessor(case_sensitive=False)
    for name in names:
        processor.add_keyword(name)
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            report = json.loads(line)
            for name, start, end in processor.extract_keywords(report["text"], span_info=True):
                lat, lon = names[name]
                found = {"report": report["id"], "place": name, "lat": lat, "lon": lon}
                print(json.dumps(found | {"start": start, "end": end}, ensure_ascii=False))


if __name__ == "__main__":
    main()
