"""Writes GeoJSON the way this project keeps it in git.

RFC 7946: WGS 84 longitude, latitude; outer rings anticlockwise and holes
clockwise; no `crs` member. Coordinates have at most six decimals (0.1 m), one
feature stands on one line, and members keep the order given, so that a change
of one feature is one changed line in a diff.
"""

import json
from pathlib import Path

DECIMALS = 6


def rounded(point, decimals=DECIMALS):
    """One position as [longitude, latitude] at the precision that is kept."""
    return [round(float(point[0]), decimals) + 0.0, round(float(point[1]), decimals) + 0.0]


def ring(points, anticlockwise, decimals=DECIMALS):
    """A closed ring in the asked direction, without repeated vertices."""
    out = []
    for p in points:
        q = rounded(p, decimals)
        if not out or q != out[-1]:
            out.append(q)
    if out[0] != out[-1]:
        out.append(out[0])
    area2 = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(out, out[1:]))
    return out if (area2 > 0) == anticlockwise else out[::-1]


def geometry(shape, decimals=DECIMALS):
    """A shapely geometry as a GeoJSON geometry."""
    kind = shape.geom_type
    if kind == "Point":
        return {"type": kind, "coordinates": rounded(shape.coords[0], decimals)}
    if kind == "LineString":
        return {"type": kind, "coordinates": [rounded(p, decimals) for p in shape.coords]}
    if kind == "Polygon":
        return {"type": kind, "coordinates": polygon(shape, decimals)}
    if kind == "MultiPolygon":
        parts = sorted(shape.geoms, key=lambda g: (-g.area, g.bounds))
        return {"type": kind, "coordinates": [polygon(p, decimals) for p in parts]}
    raise ValueError(f"no rule for a {kind}")


def polygon(shape, decimals=DECIMALS):
    """Rings of a polygon: the outer one, then the holes."""
    return [ring(shape.exterior.coords, True, decimals)] + [
        ring(hole.coords, False, decimals) for hole in shape.interiors
    ]


def feature(properties, geom):
    return {"type": "Feature", "properties": properties, "geometry": geom}


def text(features):
    """A FeatureCollection, one feature a line."""
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (
        '{"type":"FeatureCollection","features":[\n'
        + ",\n".join(dump(f) for f in features)
        + "\n]}\n"
    )


def write(path, features):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text(features), encoding="utf-8")
