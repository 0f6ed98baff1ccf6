"""Makes one tiling of Kosovo out of 38 polygons that were simplified one by one.

The polygons of the package leave gaps of 34 km2 and overlap over 33 km2, and
end up to a kilometre from the outline. They become a tiling in four steps:

1. What only one polygon claims, inside the outline, stays with it. What none
   or several claim goes to the nearest of the undisputed parts, so that a
   sliver is halved along its middle.
   Then the edge between the halves of Mitrovica is laid into the Ibar, which is
   better known (basemap/linework.geojson, about 100 m in the town).
2. Places on the wrong side pull the edge: `CELLS` names the municipality that
   was enlarged after the source's edges were drawn, which gets the Voronoi
   cells of its places; for any other place a strip a little wider than its
   distance changes hands.
3. The edges become arcs between the points where three areas meet. Each arc is
   simplified by 40 m and rounded once, so both neighbours share its vertices.
   Where an arc ends at the outline it takes the outline's nearest vertex.
4. Outline and arcs are put together to polygons again, each named by the area
   of step 2 that it mostly covers.

Lengths are metres in UTM zone 34N.
"""

import csv
import sqlite3

import numpy as np
import shapely
from pyproj import Transformer
from shapely import LineString, MultiPoint, Point, box
from shapely.ops import linemerge, polygonize, split, unary_union

import geojson

# The package's name (after "Municipality of ") → id in sites.csv.
PACKAGE_NAMES = {
    "Deçan": "Decan", "Dragash": "Dragash", "Drenas": "Drenas", "Ferizaj": "Ferizaj",
    "Fushë Kosovë": "Kosovo Polje", "Gjakova": "Gjakova", "Gjilan": "Gjilan",
    "Gracanica": "Gracanica", "Han i Elezit": "Hani i Elezit", "Istog": "Istog",
    "Junik": "Junik", "Kaçanik": "Kacanik", "Kamenica": "Kamenica", "Klina": "Klina",
    "Kllokot": "Klokot", "Leposaviq": "Leposavic", "Lipjan": "Lipjan",
    "Malisheva": "Malisheva", "Mamusha": "Mamusha", "Mitrovica": "South Mitrovica",
    "North Mitrovica": "North Mitrovica", "Novobërdë": "Novo Brdo", "Obiliq": "Obilic",
    "Partesh": "Partes", "Peja": "Peja", "Podujeva": "Podujevo", "Pristina": "Pristina",
    "Prizren": "Prizren", "Rahovec": "Rahovec", "Ranillug": "Ranilug", "Shtërpcë": "Strpce",
    "Shtime": "Shtime", "Skenderaj": "Skenderaj", "Suhareka": "Suhareka", "Viti": "Viti",
    "Vushtrri": "Vushtrri", "Zubin Potok": "Zubin Potok", "Zveçan": "Zvecan",
}
# Enlarged in 2010 from Gjilan and Kamenica; the source still has the old edges.
CELLS = {"Novo Brdo": ("Gjilan", "Kamenica")}
# Two areas, the river that parts them, and the stretch: west, south, east, north.
RIVER = ("North Mitrovica", "South Mitrovica", "ibar-lower", (20.852, 42.88, 20.88, 42.9035))
CORRIDOR = 900.0  # how far from the river its side decides, m
POPULATED = ("settlement", "municipality-seat", "neighbourhood")
STEP = 60.0  # spacing of the points that stand for an edge, m
TOLERANCE = 40.0  # simplification of an arc, m
MARGIN = 250.0  # width kept around a place that pulls an edge, m

to_utm = Transformer.from_crs(4326, 32634, always_xy=True)
to_wgs = Transformer.from_crs(32634, 4326, always_xy=True)


def project(shape, transformer):
    def apply(xy):
        x, y = transformer.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(shape, apply)


def read_package(folder, outline):
    """The 38 polygons in UTM. The package's admin columns are wrong: unused."""
    db = sqlite3.connect(folder / "data.db")
    found = {}
    with open(folder / "geo-boundaries.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["name"].removeprefix("Municipality of ")
            point = Point(float(row["lon"]), float(row["lat"]))
            if name == row["name"] or name not in PACKAGE_NAMES or not outline.contains(point):
                continue
            (wkb,) = db.execute(
                "select coordinates from location_data where shape_id=? and name=?",
                (row["shape_id"], row["name"]),
            ).fetchone()
            found[PACKAGE_NAMES[name]] = project(shapely.from_wkb(wkb), to_utm).buffer(0)
    if len(found) != len(PACKAGE_NAMES):
        raise ValueError(f"{len(found)} municipalities found, not {len(PACKAGE_NAMES)}")
    return dict(sorted(found.items()))


def cells(owners):
    """Voronoi regions of labelled points: label → polygon. owners: (label, x, y)."""
    labels = {}
    for label, x, y in owners:
        labels.setdefault((x, y), label)
    diagram = shapely.voronoi_polygons(MultiPoint(list(labels)))
    tree = shapely.STRtree(list(diagram.geoms))
    by_label = {}
    for xy, label in labels.items():
        (index,) = tree.query(Point(xy), predicate="intersects")[:1]
        by_label.setdefault(label, []).append(diagram.geoms[index])
    return {label: unary_union(parts) for label, parts in by_label.items()}


def tile(polygons, outline):
    """Step 1: name → area, without gap or overlap inside the outline."""
    core = {}
    for name, area in polygons.items():
        others = unary_union([p for n, p in polygons.items() if n != name])
        core[name] = area.difference(others).intersection(outline)
    rest = outline.difference(unary_union(list(core.values())))
    near = rest.buffer(5 * STEP)
    points = []
    for name, area in core.items():
        edge = area.boundary.intersection(near).segmentize(STEP)
        points += [(name, x, y) for x, y in shapely.get_coordinates(edge)]
        # Far gaps have no edge near them; the whole ring, coarser, covers these.
        points += [(name, x, y) for x, y in shapely.get_coordinates(area.boundary.segmentize(20 * STEP))]
    nearest = cells(points)
    return {
        name: unary_union([area, rest.intersection(nearest[name])]).buffer(0)
        for name, area in core.items()
    }


def lay_into_river(areas, rivers):
    """Lets the river of `RIVER` part its two areas: near it, each side goes to
    the area that holds most of that side already."""
    a, b, river, stretch = RIVER
    window = project(box(*stretch), to_utm)
    line = project(rivers[river], to_utm)
    near = line.intersection(window).buffer(CORRIDOR)
    both = areas[a].union(areas[b]).intersection(near).intersection(window)
    for side in split(both, line).geoms:
        more = max((a, b), key=lambda n: areas[n].intersection(side).area)
        less = b if more == a else a
        areas[less] = areas[less].difference(side)
        areas[more] = areas[more].union(side)
    return areas


def pull(areas, places):
    """Step 2. places: (municipality, x, y). Returns the areas and what moved."""
    moved = []
    region = cells([(f"{m}\t{i}", x, y) for i, (m, x, y) in enumerate(places)])

    def give(name, piece):
        for other in areas:
            if other != name:
                areas[other] = areas[other].difference(piece)
        areas[name] = areas[name].union(piece)

    for name, donors in CELLS.items():
        pool = unary_union([areas[d] for d in donors] + [areas[name]])
        mine = [cell for label, cell in region.items() if label.split("\t")[0] == name]
        give(name, unary_union(mine).intersection(pool))
    for i, (name, x, y) in enumerate(places):
        point = Point(x, y)
        distance = areas[name].distance(point)
        if distance == 0 and areas[name].boundary.distance(point) > TOLERANCE:
            continue
        toward = shapely.shortest_line(point, areas[name])
        strip = toward.buffer(MARGIN) if toward.length else point.buffer(MARGIN)
        # Never past the place's own Voronoi cell and what lies towards its area.
        foreign = unary_union(
            [Point(px, py).buffer(2 * TOLERANCE) for m, px, py in places if m != name]
        )
        outline = unary_union(list(areas.values()))
        give(name, strip.difference(foreign).intersection(outline))
        moved.append((name, i, distance))
    return areas, moved


def largest_parts(areas, places):
    """Gives a detached part that holds none of its own places to the neighbour
    with the longest common edge."""
    own = {}
    for name, x, y in places:
        own.setdefault(name, []).append(Point(x, y))
    for name in list(areas):
        parts = sorted(getattr(areas[name], "geoms", [areas[name]]), key=lambda p: -p.area)
        parts = [p for p in parts if p.geom_type == "Polygon"]
        keep = [parts[0]] + [p for p in parts[1:] if any(p.contains(q) for q in own[name])]
        areas[name] = unary_union(keep)
        for crumb in parts:
            if crumb in keep:
                continue
            shared = {
                n: a.buffer(1).intersection(crumb.boundary).length
                for n, a in areas.items() if n != name
            }
            best = max(sorted(shared), key=shared.get)
            areas[best] = areas[best].union(crumb)
    return areas


def faces_of(areas, outline):
    """The areas again, from one set of lines that all of them share: the lines
    are noded on a 5 cm grid, and each face goes to the area that covers most of
    it (faces of a few square centimetres included)."""
    lines = [outline.boundary] + [a.boundary for a in areas.values()]
    noded = shapely.union_all(lines, grid_size=0.05)
    names = list(areas)
    tree = shapely.STRtree(list(areas.values()))
    faces = {name: [] for name in names}
    for face in polygonize(noded):
        near = sorted(tree.query(face))
        if not near:
            continue
        share = [(areas[names[i]].intersection(face).area, names[i]) for i in near]
        best = max(share, key=lambda s: s[0])
        if best[0] == 0:
            best = min((areas[names[i]].distance(face.representative_point()), names[i]) for i in near)
        faces[best[1]].append(face)
    return {name: shapely.coverage_union_all(parts) for name, parts in faces.items()}


def arcs(areas, outline):
    """Step 3: interior arcs in degrees, six decimals, ends on outline vertices."""
    shared = faces_of(areas, outline)
    merged = linemerge(unary_union([a.boundary for a in shared.values()]))
    edge = outline.boundary
    vertices = shapely.get_coordinates(outline)
    tree = shapely.STRtree(shapely.points(vertices))

    out = []
    for line in merged.geoms:
        middle = line.interpolate(0.5, normalized=True)
        if edge.distance(middle) < 1.0:
            continue
        coords = list(line.simplify(TOLERANCE).coords)
        for end in (0, -1):
            if Point(coords[end]).distance(edge) < 1.0 and not line.is_ring:
                coords[end] = tuple(vertices[tree.nearest(Point(coords[end]))])
        degrees = project(LineString(coords), to_wgs)
        points = [tuple(geojson.rounded(p)) for p in degrees.coords]
        if len(set(points)) > 1:
            out.append(LineString(points))
    return out


def assemble(outline_degrees, interior, areas):
    """Step 4: name → polygon in degrees."""
    ring = LineString(outline_degrees.exterior.coords)
    faces = list(polygonize(unary_union([ring, *interior])))
    parts = {name: [] for name in areas}
    for face in faces:
        flat = project(face, to_utm)
        share = {n: a.intersection(flat).area for n, a in areas.items()}
        parts[max(sorted(share), key=share.get)].append(face)
    return {name: unary_union(p) for name, p in parts.items()}


def build(folder, outline_degrees, sites, rivers):
    """name → polygon in degrees, tiling the outline; also the places that pulled."""
    outline = project(outline_degrees, to_utm)
    areas = tile(read_package(folder, outline_degrees), outline)
    areas = lay_into_river(areas, rivers)
    rows = [r for r in sites if r["kind"] in POPULATED and r["municipality"] in areas]
    places = [
        (r["municipality"], *to_utm.transform(float(r["lon"]), float(r["lat"]))) for r in rows
    ]
    areas, moved = pull(areas, places)
    areas = largest_parts(areas, places)
    result = assemble(outline_degrees, arcs(areas, outline), areas)
    return result, [(rows[i]["id"], round(distance)) for _, i, distance in moved]
