"""A map of incidents with geopandas and matplotlib, as SVG.

    python3 geopandas_peer.py INCIDENTS.geojson MAP.svg
"""

import sys

import geopandas
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

import knowledge

BOUNDARY = knowledge.DATA / "boundary"
UTM = "EPSG:32634"


def main():
    source, target = sys.argv[1:]
    figure, axes = plt.subplots(figsize=(11.69, 8.27))
    layers = [
        (BOUNDARY / "neighbours.geojson", {"facecolor": "#f4f1ea", "edgecolor": "#bbbbbb"}),
        (BOUNDARY / "municipalities.geojson", {"facecolor": "none", "edgecolor": "#cccccc"}),
        (knowledge.DATA / "basemap" / "linework.geojson", {"color": "#88aacc", "linewidth": 0.6}),
        (BOUNDARY / "line.geojson", {"color": "#555555", "linewidth": 1.2}),
    ]
    for path, style in layers:
        geopandas.read_file(path).to_crs(UTM).plot(ax=axes, **style)
    incidents = geopandas.read_file(source).to_crs(UTM)
    for category, some in incidents.groupby("category"):
        points = some.geometry.representative_point()
        axes.scatter(points.x, points.y, s=18, edgecolors="white", linewidths=0.4, label=category)
    west, south, east, north = incidents.total_bounds
    axes.set_xlim(west - 5000, east + 5000)
    axes.set_ylim(south - 5000, north + 5000)
    axes.set_axis_off()
    axes.legend(loc="lower left")
    axes.set_title("Incidents")
    figure.savefig(target, format="svg")


if __name__ == "__main__":
    main()
