"""The names of cities in reports, with geotext and its own list of the world's cities.

    python3 geotext_peer.py REPORTS.jsonl > names.jsonl
"""

import json
import sys

from geotext import GeoText


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            report = json.loads(line)
            for name in GeoText(report["text"]).cities:
                print(json.dumps({"report": report["id"], "place": name}, ensure_ascii=False))


if __name__ == "__main__":
    main()
