"""Country areas for the base map and for the locator inset.

`neighbours.geojson`: countries around Kosovo inside `WINDOW`, for land tints.
Their common borders are simplified by about 150 m, but along Kosovo they keep
every vertex of its outline. The source lets Kosovo and Serbia overlap by 1 km2
and leaves gaps of 6 km2; the outline of Kosovo wins, as everywhere here.

`balkans.geojson`: the whole region, simplified by 5 km, three decimals.
"""

import shapely
from shapely import LineString, Point, Polygon, box
from shapely.geometry import shape
from shapely.ops import linemerge, polygonize, unary_union

import geojson
import outline

WINDOW = box(19.5, 41.5, 22.5, 44.0)
AROUND = {
    "SRB": ("RS", "Serbia", "Serbia", "Srbija", "Србија"),
    "MNE": ("ME", "Montenegro", "Mali i Zi", "Crna Gora", "Црна Гора"),
    "ALB": ("AL", "Albania", "Shqipëria", "Albanija", "Албанија"),
    "MKD": ("MK", "North Macedonia", "Maqedonia e Veriut", "Severna Makedonija", "Северна Македонија"),
    "BGR": ("BG", "Bulgaria", "Bullgaria", "Bugarska", "Бугарска"),
    "BIH": ("BA", "Bosnia and Herzegovina", "Bosnja dhe Hercegovina", "Bosna i Hercegovina", "Босна и Херцеговина"),
}
BALKANS = box(13.0, 35.0, 30.0, 48.5)
FURTHER = {
    "XKX": ("XK", "Kosovo", "Kosova", "Kosovo", "Косово"),
    "GRC": ("GR", "Greece", "Greqia", "Grčka", "Грчка"),
    "HRV": ("HR", "Croatia", "Kroacia", "Hrvatska", "Хрватска"),
    "SVN": ("SI", "Slovenia", "Sllovenia", "Slovenija", "Словенија"),
    "HUN": ("HU", "Hungary", "Hungaria", "Mađarska", "Мађарска"),
    "ROU": ("RO", "Romania", "Rumania", "Rumunija", "Румунија"),
    "TUR": ("TR", "Türkiye", "Turqia", "Turska", "Турска"),
    "ITA": ("IT", "Italy", "Italia", "Italija", "Италија"),
    "AUT": ("AT", "Austria", "Austria", "Austrija", "Аустрија"),
    "SVK": ("SK", "Slovakia", "Sllovakia", "Slovačka", "Словачка"),
    "UKR": ("UA", "Ukraine", "Ukraina", "Ukrajina", "Украјина"),
    "MDA": ("MD", "Moldova", "Moldavia", "Moldavija", "Молдавија"),
}


def properties(names):
    keys = ("id", "name_en", "name_sq", "name_sr_latn", "name_sr_cyrl")
    return dict(zip(keys, names))


def areas_only(geometry):
    parts = getattr(geometry, "geoms", [geometry])
    return unary_union([p for p in parts if p.geom_type in ("Polygon", "MultiPolygon")])


def tolerance(metres):
    """Visvalingam tolerance in degrees (square root of an area) at 43 N."""
    return metres / 95000.0


def separated(countries, first, window, grid):
    """Countries clipped to the window without overlaps or gaps; `first` keeps its
    land as it is, and what no country has goes to the one with the longest edge."""
    taken = shapely.set_precision(countries[first].intersection(window), grid)
    out = {first: taken}
    for code in sorted(countries):
        if code == first:
            continue
        land = shapely.set_precision(countries[code].buffer(0).intersection(window), grid)
        land = areas_only(shapely.difference(land, taken, grid_size=grid))
        if land.is_empty:
            continue
        out[code] = land
        taken = shapely.union(taken, land, grid_size=grid)
    for part in getattr(taken, "geoms", [taken]):
        for hole in part.interiors:
            shared = {
                c: shapely.intersection(a.boundary, hole, grid_size=grid).length
                for c, a in out.items() if c != first
            }
            best = max(sorted(shared), key=shared.get)
            out[best] = shapely.union(out[best], Polygon(hole), grid_size=grid)
    return out


def simplified(areas, metres, edge):
    codes = list(areas)
    shapes = shapely.coverage_simplify(
        [areas[c] for c in codes], tolerance(metres), simplify_boundary=edge
    )
    return dict(zip(codes, shapes))


def around_kosovo(countries):
    """Neighbours of Kosovo, exact along its outline: the simplified borders
    between them, ending at vertices of the outline, are put together with the
    outline itself to areas again."""
    kosovo, _ = outline.outline_and_line(countries["XKX"])
    land = {c: countries[c] for c in ("XKX", *AROUND)}
    rough = simplified(separated(land, "XKX", WINDOW, 1e-6), 150, True)
    ring = rough.pop("XKX").boundary
    vertices = shapely.get_coordinates(kosovo)
    tree = shapely.STRtree(shapely.points(vertices))
    lines = [LineString(kosovo.exterior.coords)]
    merged = linemerge(unary_union([ring, *(a.boundary for a in rough.values())]))
    for line in merged.geoms:
        if ring.distance(line.interpolate(0.5, normalized=True)) < 1e-9:
            continue
        coords = list(line.coords)
        for end in (0, -1):
            if ring.distance(Point(coords[end])) < 1e-9:
                coords[end] = tuple(vertices[tree.nearest(Point(coords[end]))])
        lines.append(LineString(coords))
    areas = {c: [] for c in rough}
    for face in polygonize(unary_union(lines)):
        if kosovo.contains(face.representative_point()):
            continue
        share = {c: a.intersection(face).area for c, a in rough.items()}
        best = max(sorted(share), key=share.get)
        if share[best] > face.area / 2:
            areas[best].append(face)
    return {c: without_crumbs(unary_union(parts), 1e-5) for c, parts in areas.items() if parts}


def without_crumbs(area, smallest):
    parts = [p for p in getattr(area, "geoms", [area]) if p.area > smallest]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def build(path, folder):
    names = AROUND | FURTHER
    countries = outline.read_countries(path, set(names))
    near = around_kosovo(countries)
    geojson.write(
        folder / "neighbours.geojson",
        [geojson.feature(properties(AROUND[c]), geojson.geometry(near[c])) for c in AROUND if c in near],
    )
    coarse = {c: without_crumbs(areas_only(a.intersection(BALKANS)), 0.003) for c, a in countries.items()}
    coarse = simplified(separated(coarse, "XKX", BALKANS, 1e-4), 5000, True)
    features = []
    for code in sorted(coarse, key=lambda c: names[c][0]):
        area = areas_only(shapely.set_precision(coarse[code], 1e-3))
        area = without_crumbs(area, 0.01)
        features.append(geojson.feature(properties(names[code]), geojson.geometry(area, 3)))
    geojson.write(folder / "balkans.geojson", features)
