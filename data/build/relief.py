"""A light hill-shade of the region from the GLOBE elevation grid.

GLOBE (1999) is a grid of 30 arc-seconds (about 930 by 680 m here) made by a US
government agency and free of copyright. The heights are interpolated to 15
arc-seconds, lit from the north-west at 45 degrees and written as one grey byte
a pixel: 255 is flat or lit, darker is shade, never darker than `DARKEST`, so
that a map can multiply it over its tints. Peaks of the grid are 100-270 m low.
"""

import numpy as np
from PIL import Image

WEST, SOUTH, EAST, NORTH = 20.0, 41.8, 21.9, 43.45
TILE_WEST, TILE_NORTH, CELL = 0.0, 50.0, 1 / 120
FINER = 2
DARKEST = 150
EXAGGERATION = 2.0


def heights(path):
    """Metres on pixel centres over the extent, `FINER` pixels a cell, with a rim."""
    grid = np.load(path)["arr_0"]
    rim = 3
    top = round((TILE_NORTH - NORTH) / CELL) - rim
    left = round((WEST - TILE_WEST) / CELL) - rim
    rows = round((NORTH - SOUTH) / CELL) + 2 * rim
    columns = round((EAST - WEST) / CELL) + 2 * rim
    part = np.maximum(grid[top : top + rows, left : left + columns], 0).astype(np.float32)
    image = Image.fromarray(part, mode="F")
    image = image.resize((columns * FINER, rows * FINER), Image.Resampling.BICUBIC)
    return np.asarray(image), rim * FINER


def shade(z, metres_x, metres_y):
    """Lambertian shade of a surface lit from the north-west, 0 to 1."""
    slope_x = np.gradient(z, axis=1) / metres_x * EXAGGERATION
    slope_y = -np.gradient(z, axis=0) / metres_y * EXAGGERATION
    light = np.array([-0.5, 0.5, np.sqrt(0.5)])
    return (-slope_x * light[0] - slope_y * light[1] + light[2]) / np.sqrt(
        slope_x**2 + slope_y**2 + 1
    )


def build(path, folder):
    folder.mkdir(parents=True, exist_ok=True)
    z, rim = heights(path)
    cell = CELL / FINER
    metres_y = cell * 111130.0
    metres_x = cell * 111320.0 * np.cos(np.radians((SOUTH + NORTH) / 2))
    lit = shade(z, metres_x, metres_y)[rim:-rim, rim:-rim]
    flat = np.sqrt(0.5)
    # Slopes in the light stay white; only shade darkens. Eight grey levels apart
    # keeps the file small and is finer than print shows.
    grey = 255 - np.clip((flat - lit) / flat, 0, 1) * (255 - DARKEST) * 1.4
    grey = np.clip(np.round((grey - 255) / 5) * 5 + 255, DARKEST, 255).astype(np.uint8)
    Image.fromarray(grey, mode="L").save(folder / "hillshade.png", optimize=True)
    rows, columns = grey.shape
    (folder / "hillshade.toml").write_text(
        "# Extent of hillshade.png: outer edges of the image in degrees WGS 84\n"
        "# (plate carree: columns are evenly spaced in longitude, rows in latitude,\n"
        "# the first row is the northernmost). 255 is unshaded; multiply it in.\n"
        f'image = "hillshade.png"\nwest = {WEST}\nsouth = {SOUTH}\neast = {EAST}\nnorth = {NORTH}\n'
        f"columns = {columns}\nrows = {rows}\ndarkest = {int(grey.min())}\naccuracy_m = 900\n",
        encoding="utf-8",
    )
