"""Country areas for the base map and for the locator inset.

`neighbours.geojson`: countries around Kosovo inside `WINDOW`, for land tints.
Their common borders are simplified by about 150 m, but along Kosovo they keep
every vertex of its outline: what simplification left between is given to the
neighbour with the longest edge. The source lets Kosovo and Serbia overlap by
1.1 km2; the outline of Kosovo wins, as everywhere in this project.

`balkans.geojson`: the whole region, simplified by 5 km, three decimals.
"""

import shapely
from shapely import box
from shapely.geometry import shape
from shapely.ops import unary_union

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
    """Countries clipped to the window without overlaps; `first` keeps all its land."""
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
    return out


def simplified(areas, metres, edge):
    codes = list(areas)
    shapes = shapely.coverage_simplify(
        [areas[c] for c in codes], tolerance(metres), simplify_boundary=edge
    )
    return dict(zip(codes, shapes))


def around_kosovo(countries):
    """Neighbours of Kosovo, exact along its outline."""
    kosovo, _ = outline.outline_and_line(countries["XKX"])
    land = {c: countries[c] for c in ("XKX", *AROUND)}
    rough = simplified(separated(land, "XKX", WINDOW, 1e-6), 150, True)
    del rough["XKX"]
    areas = {
        c: areas_only(shapely.difference(a, kosovo, grid_size=1e-6)) for c, a in rough.items()
    }
    # What lies near Kosovo and belongs to nobody now: slivers along its outline.
    strip = shapely.difference(kosovo.buffer(0.03), kosovo, grid_size=1e-6)
    slivers = shapely.difference(strip, unary_union(list(areas.values())), grid_size=1e-6)
    for sliver in sorted(getattr(slivers, "geoms", [slivers]), key=lambda s: s.bounds):
        shared = {c: a.boundary.intersection(sliver.boundary).length for c, a in areas.items()}
        best = max(sorted(shared), key=shared.get)
        areas[best] = shapely.union(areas[best], sliver, grid_size=1e-6)
    areas = {c: areas_only(a.buffer(0)) for c, a in areas.items()}
    return {c: without_crumbs(a, 1e-5) for c, a in areas.items() if not a.is_empty}


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
