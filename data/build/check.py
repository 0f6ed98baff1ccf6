#!/usr/bin/env python3
"""Checks the data of this folder and exits 1 when something is wrong.

    VENV/bin/python data/build/check.py

Needs shapely and pyproj (requirements.txt). Lengths and areas are measured in
UTM zone 34N, metres.
"""

import csv
import json
import re
import struct
import sys
import tomllib
from pathlib import Path

import shapely
from shapely import Point, Polygon
from shapely.geometry import shape

from municipalities import POPULATED, project, to_utm

DATA = Path(__file__).resolve().parent.parent
HECTARE = 10_000.0
SITES = 1718
COLUMNS = (
    "id,kind,name_en,name_sq,name_sr_latn,name_sr_cyrl,aliases,municipality,"
    "country,lat,lon,radius_m,source,note"
).split(",")
KINDS = {
    "settlement", "municipality-seat", "neighbourhood", "crossing", "bridge", "lake", "dam",
    "river", "mountain", "monastery", "camp", "plant", "station", "road-point", "outside",
}
CYRILLIC = set("абвгдђежзијклљмнњопрстћуфхцчџш")
SERBIAN_LATIN = set("abcčćdđefghijklmnoprsštuvzž")
LANGUAGES = ("en", "sq", "sr_latn", "sr_cyrl")

problems = []


def expect(fine, message):
    if not fine:
        problems.append(message)


def utm(lat, lon):
    return Point(to_utm.transform(float(lon), float(lat)))


def rings(geometry):
    """(ring, is outer) of a GeoJSON polygon geometry."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    for polygon in polygons:
        for i, points in enumerate(polygon):
            yield points, i == 0


def positions(value):
    if isinstance(value[0], (int, float)):
        yield value
    else:
        for item in value:
            yield from positions(item)


def read(path):
    """Features of a file, after the checks that all GeoJSON here must pass."""
    text = (DATA / path).read_text(encoding="utf-8")
    expect(not re.search(r"\d\.\d{7,}", text), f"{path}: more than six decimals")
    collection = json.loads(text)
    expect(collection["type"] == "FeatureCollection", f"{path}: not a FeatureCollection")
    expect("crs" not in collection, f"{path}: has a crs member")
    features = collection["features"]
    expect(len(text.splitlines()) == len(features) + 2, f"{path}: not one feature a line")
    ids = [f["properties"]["id"] for f in features]
    expect(len(set(ids)) == len(ids), f"{path}: an id stands twice")
    for f in features:
        name, geometry = f["properties"]["id"], f["geometry"]
        expect(shape(geometry).is_valid, f"{path}: {name} is not valid")
        for lon, lat in positions(geometry["coordinates"]):
            expect(12 < lon < 31 and 34 < lat < 49, f"{path}: {name} leaves the region")
        if "Polygon" in geometry["type"]:
            for points, outer in rings(geometry):
                expect(points[0] == points[-1], f"{path}: {name} has an open ring")
                anticlockwise = Polygon(points).exterior.is_ccw
                expect(anticlockwise == outer, f"{path}: {name} breaks the right-hand rule")
    return {f["properties"]["id"]: f for f in features}


def check_sites(areas, outline):
    with open(DATA / "gazetteer/sites.csv", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        expect(reader.fieldnames == COLUMNS, "sites.csv: other columns")
        rows = list(reader)
    expect(len(rows) == SITES, f"sites.csv: {len(rows)} rows, not {SITES}")
    expect(len({r["id"] for r in rows}) == len(rows), "sites.csv: an id stands twice")
    pairs = [(r["name_en"], r["municipality"], r["kind"]) for r in rows]
    expect(len(set(pairs)) == len(pairs), "sites.csv: a name stands twice in a municipality")
    seats = {r["municipality"] for r in rows if r["kind"] == "municipality-seat"}
    expect(seats == set(areas), "sites.csv: a municipality has no seat or no polygon")
    for r in rows:
        at = f"sites.csv: {r['id']}"
        expect(re.fullmatch(r"[a-z0-9-]+", r["id"]), f"{at}: id is not a slug")
        expect(r["kind"] in KINDS, f"{at}: kind {r['kind']}")
        expect(r["name_en"].isascii() and r["name_en"], f"{at}: name_en")
        for column in ("lat", "lon"):
            expect(re.fullmatch(r"-?\d+\.\d{4}", r[column]), f"{at}: {column} {r[column]}")
        expect(r["radius_m"].isdigit() and int(r["radius_m"]) > 0, f"{at}: radius_m")
        expect(r["source"], f"{at}: no source")
        wrong = {c for c in r["name_sr_cyrl"].lower() if c.isalpha()} - CYRILLIC
        expect(not wrong, f"{at}: letters {wrong} in name_sr_cyrl")
        wrong = {c for c in r["name_sr_latn"].lower() if c.isalpha()} - SERBIAN_LATIN
        expect(not wrong, f"{at}: letters {wrong} in name_sr_latn")
        point = utm(r["lat"], r["lon"])
        expect((r["country"] == "XK") == (r["municipality"] in areas), f"{at}: country")
        if r["municipality"] in areas:
            off = areas[r["municipality"]].distance(point)
            allowed = 0 if r["kind"] in POPULATED else max(50, int(r["radius_m"]))
            expect(off <= allowed, f"{at}: {off:.0f} m outside {r['municipality']}")
        else:
            inside = outline.contains(point) and outline.boundary.distance(point) > 50
            expect(not inside, f"{at}: lies in Kosovo")
    return rows


def check_tiling(features, outline_feature):
    """No gap or overlap over 1 ha, common edges equal, outer edge the outline."""
    outline = shape(outline_feature["geometry"])
    shapes = {n: shape(f["geometry"]) for n, f in features.items()}
    flat = {n: project(s, to_utm) for n, s in shapes.items()}
    whole = project(outline, to_utm)
    expect(len(shapes) == 38, f"municipalities: {len(shapes)}")
    expect(shapely.coverage_is_valid(list(shapes.values())), "municipalities: edges differ")
    union = shapely.union_all(list(flat.values()))
    gap = whole.difference(union)
    for part in getattr(gap, "geoms", [gap]):
        expect(part.area <= HECTARE, f"municipalities: gap of {part.area:.0f} m2")
    expect(union.difference(whole).area <= 1, "municipalities: reach over the outline")
    names = sorted(flat)
    total = 0.0
    for i, a in enumerate(names):
        for b in names[:i]:
            common = flat[a].intersection(flat[b]).area
            total += common
            expect(common <= HECTARE, f"municipalities: {a} and {b} overlap by {common:.0f} m2")
    edge = {tuple(p) for p in shapely.get_coordinates(shapely.union_all(list(shapes.values())).boundary)}
    ring = {tuple(p) for p in shapely.get_coordinates(outline.boundary)}
    expect(edge == ring, f"municipalities: {len(edge ^ ring)} outer vertices differ from the outline")
    print(f"tiling: 38 areas, {whole.area / 1e6:.1f} km2, gap {gap.area:.1f} m2, overlap {total:.1f} m2")
    return flat, whole


def check_line(feature, outline_feature):
    points = [tuple(p) for p in feature["geometry"]["coordinates"]]
    expect(len(points) == 2331, f"line: {len(points)} vertices")
    ring = {tuple(p) for p in outline_feature["geometry"]["coordinates"][0]}
    expect(set(points) <= ring, "line: has a vertex that the outline has not")
    line = project(shape(feature["geometry"]), to_utm)
    print(f"line: {len(points)} vertices, {line.length / 1000:.1f} km")
    return line


def check_neighbours(features, outline_feature):
    outline = shape(outline_feature["geometry"])
    whole = project(outline, to_utm)
    shapes = [shape(f["geometry"]) for f in features.values()]
    union = shapely.union_all(shapes)
    expect(project(union.intersection(outline), to_utm).area <= 1, "neighbours: reach into Kosovo")
    around = project(shapely.difference(outline.buffer(0.02), outline), to_utm)
    gap = around.difference(project(union, to_utm))
    expect(gap.area <= HECTARE, f"neighbours: {gap.area:.0f} m2 empty along the outline")
    have = {tuple(p) for p in shapely.get_coordinates(union.boundary)}
    missing = {tuple(p) for p in shapely.get_coordinates(outline.boundary)} - have
    expect(not missing, f"neighbours: {len(missing)} vertices of the outline are missing")
    print(f"neighbours: {len(shapes)} countries round {whole.area / 1e6:.0f} km2")


def check_regions(flat, whole, line, areas):
    text = (DATA / "gazetteer/regions.toml").read_text(encoding="utf-8")
    regions = tomllib.loads(text)["region"]
    expect(len({r["id"] for r in regions}) == len(regions), "regions: an id stands twice")
    single = {tuple(r["municipalities"]) for r in regions if r["kind"] == "municipality"}
    expect(single == {(n,) for n in flat}, "regions: not every municipality is an area")
    for r in regions:
        at = f"regions: {r['id']}"
        made = [k for k in ("municipalities", "outline", "line", "area") if k in r]
        expect(len(made) == 1, f"{at}: needs one geometry, has {made}")
        if "municipalities" in r:
            geometry = shapely.union_all([flat[m] for m in r["municipalities"]])
        elif "area" in r:
            geometry = project(shape(areas[r["area"]]["geometry"]), to_utm)
        else:
            geometry = whole if "outline" in r else line
        point = utm(r["lat"], r["lon"])
        expect(geometry.distance(point) < 20, f"{at}: the point is off the geometry")
        reach = max(point.distance(Point(p)) for p in shapely.get_coordinates(geometry))
        expect(reach <= r["radius_m"] < reach + 600, f"{at}: radius_m should hold {reach:.0f} m")
        expect(0 < r["weight"] <= 1, f"{at}: weight")
        for table in ("names", "aliases", "weak"):
            if table in r:
                expect(tuple(r[table]) == LANGUAGES, f"{at}: languages of {table}")
                cyrillic = r[table]["sr_cyrl"]
                for name in [cyrillic] if isinstance(cyrillic, str) else cyrillic:
                    wrong = {c for c in name.lower() if c.isalpha()} - CYRILLIC
                    expect(not wrong, f"{at}: letters {wrong} in {name}")
        for language in LANGUAGES:
            names = [r["names"][language], *r["aliases"][language]]
            names += r.get("weak", {}).get(language, [])
            expect(len(set(names)) == len(names), f"{at}: a name stands twice in {language}")
    print(f"regions: {len(regions)}")


def check_images():
    png = (DATA / "relief/hillshade.png").read_bytes()
    extent = tomllib.loads((DATA / "relief/hillshade.toml").read_text(encoding="utf-8"))
    size = struct.unpack(">II", png[16:24])
    expect(size == (extent["columns"], extent["rows"]), "relief: size differs from the extent")
    expect(png[24:26] == b"\x08\x00", "relief: not an 8-bit grey image")
    limits = {"relief/hillshade.png": 150_000, "boundary/balkans.geojson": 60_000}
    limits |= {f"fonts/NotoSans-{f}.ttf": 100_000 for f in ("Regular", "Bold", "Italic")}
    for path, limit in limits.items():
        expect((DATA / path).stat().st_size <= limit, f"{path}: over {limit} bytes")


def main():
    outline = read("boundary/kosovo.geojson")["kosovo"]
    line = check_line(read("boundary/line.geojson")["administrative-line"], outline)
    flat, whole = check_tiling(read("boundary/municipalities.geojson"), outline)
    areas = read("boundary/areas.geojson")
    check_neighbours(read("boundary/neighbours.geojson"), outline)
    read("boundary/balkans.geojson")
    read("basemap/linework.geojson")
    rows = check_sites(flat, whole)
    print(f"sites: {len(rows)}")
    check_regions(flat, whole, line, areas)
    check_images()
    for problem in problems:
        print(f"PROBLEM {problem}")
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
