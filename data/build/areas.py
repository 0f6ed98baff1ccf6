"""Areas on the Serbian side that no municipality of Kosovo makes up.

The Ground Safety Zone of 1999 is the strip of 5 km along the line. The Presevo
valley and southern Serbia are schematic: the convex hull of the project's own
places in the named municipalities, wider by `REACH`, and cut at the outline of
Kosovo and at the border of Serbia.
"""

import shapely
from shapely import Point
from shapely.ops import unary_union

import geojson
from municipalities import project, to_utm, to_wgs

ZONE = 5000.0  # m
REACH = 4000.0  # m
CRUMB = 2e6  # m2, smaller parts are dropped
SCHEMATIC = {
    "presevo-valley": ("Presevo", "Bujanovac", "Medvedja"),
    "southern-serbia": (
        "Presevo", "Bujanovac", "Medvedja", "Vranje", "Lebane", "Leskovac",
        "Kursumlija", "Prokuplje",
    ),
}


def build(line, outline, serbia, sites, path):
    """Writes boundary/areas.geojson."""
    line = project(line, to_utm)
    outline = project(outline, to_utm)
    serbia = project(serbia, to_utm).difference(outline)
    shapes = {"ground-safety-zone": line.buffer(ZONE)}
    for name, municipalities in SCHEMATIC.items():
        points = [
            Point(to_utm.transform(float(r["lon"]), float(r["lat"])))
            for r in sites
            if r["municipality"] in municipalities
        ]
        shapes[name] = unary_union(points).convex_hull.buffer(REACH)
    features = []
    for name in sorted(shapes):
        shape = shapes[name].intersection(serbia)
        parts = [p for p in getattr(shape, "geoms", [shape]) if p.area > CRUMB]
        shape = project(unary_union(parts).simplify(100), to_wgs)
        features.append(geojson.feature({"id": name}, geojson.geometry(shape, 4)))
    geojson.write(path, features)
