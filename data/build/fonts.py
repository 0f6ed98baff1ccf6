"""Subsets Noto Sans for measuring and drawing text.

Kept: Latin with Latin-1 and Extended-A, the accents and Romanian and Croatian
letters of Extended-B that names need, basic Cyrillic, punctuation, arrows,
geometric shapes and the few signs that a map uses, as far as the font has them.
Hinting and layout features other than kerning and marks go.
"""

import re
import shutil

from fontTools import subset

FACES = ("Regular", "Bold", "Italic")
RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1C4, 0x1CC), (0x218, 0x21B), (0x2C6, 0x2DD),
    (0x300, 0x304), (0x306, 0x30C), (0x326, 0x328), (0x400, 0x45F), (0x490, 0x491),
    (0x2010, 0x2027), (0x202F, 0x203A), (0x2044, 0x2044), (0x2070, 0x209C),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2199),
    (0x2202, 0x2265), (0x25A0, 0x25FF), (0xFB01, 0xFB02), (0xFFFD, 0xFFFD),
]


def licence(copyright_file):
    """The OFL as the package states it, with the fonts' copyright lines."""
    text = copyright_file.read_text(encoding="utf-8")
    body = re.search(r"^License: OFL-1\.1\n( .*\n)+", text, re.MULTILINE | re.DOTALL)
    lines = []
    for line in text[body.start() :].splitlines()[1:]:
        if not line.startswith(" "):
            break
        lines.append("" if line == " ." else line[1:])
    return (
        "Noto Sans\n"
        "Copyright 2010, 2012-2020 Google Inc.; 2015-2020 Google LLC.\n\n"
        "This Font Software is licensed under the SIL Open Font License, Version 1.1.\n"
        "No reserved font name is stated. The files here are subsets.\n\n"
        "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007\n\n" + "\n".join(lines) + "\n"
    )


def build(package, folder):
    folder.mkdir(parents=True, exist_ok=True)
    options = subset.Options()
    options.hinting = False
    options.desubroutinize = True
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.glyph_names = False
    options.recalc_timestamp = False
    wanted = [c for low, high in RANGES for c in range(low, high + 1)]
    for face in FACES:
        source = package / "fonts" / "truetype" / "noto" / f"NotoSans-{face}.ttf"
        font = subset.load_font(str(source), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        subset.save_font(font, str(folder / f"NotoSans-{face}.ttf"), options)
    text = licence(package / "doc" / "fonts-noto-core" / "copyright")
    (folder / "OFL.txt").write_text(text, encoding="utf-8")
