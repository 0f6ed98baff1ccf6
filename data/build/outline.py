"""The outline of Kosovo and the line, taken as they are from one ring.

The ring of feature XKX runs clockwise; its vertices 271 to 2601 are those that
it shares with Serbia, from the tripoint with Montenegro in the north-west to
the tripoint with North Macedonia in the south-east. Nothing is moved or
simplified: median spacing 125 m, 363 km.
"""

import json

from shapely import LineString, Polygon

import geojson

FIRST, LAST = 271, 2601

LINE_NAMES = {
    "id": "administrative-line",
    "name_en": "Administrative boundary line",
    "name_sq": "Vija administrative kufitare",
    "name_sr_latn": "Administrativna linija",
    "name_sr_cyrl": "Административна линија",
}
OUTLINE_NAMES = {
    "id": "kosovo",
    "name_en": "Kosovo",
    "name_sq": "Kosova",
    "name_sr_latn": "Kosovo",
    "name_sr_cyrl": "Косово",
}


def read_countries(path, codes):
    """Shapes of the asked countries, by ISO 3166-1 alpha-3 code."""
    from shapely.geometry import shape

    with open(path, encoding="utf-8") as file:
        world = json.load(file)
    return {
        f["properties"]["A3"]: shape(f["geometry"])
        for f in world["features"]
        if f["properties"]["A3"] in codes
    }


def outline_and_line(kosovo):
    """(outline polygon, line) in longitude and latitude, six decimals."""
    points = [tuple(geojson.rounded(p)) for p in kosovo.exterior.coords]
    return Polygon(points), LineString(points[FIRST : LAST + 1])
