"""Build the site into docs/_build/html: python docs/build.py. Needs the extra ``docs``.

``--zip site.zip`` packs it, too, for whoever is to read it without building it.

Its chapters are run as they are read: each by a kernel of its own, in the project's folder, so
that a cell names a file as a reader in a clone does. What a chapter doesn't change isn't run again,
unless the package or a file that cells read has changed.
"""

import argparse
import os
import shutil
import sys
import zipfile
from pathlib import Path

from assets import AssetError, build_assets, keep
from sphinx.cmd.build import main as build_site

DOCS = Path(__file__).parent
ROOT = DOCS.parent
BUILD = DOCS / "_build"

# What a kernel does before the first cell. Programs run in Python there, as they do in the page,
# and errors are told alike.
START = f"""\
import os, sys
os.chdir({str(ROOT)!r})
os.environ["MICROGRAD_NN_NATIVE"] = "0"
sys.path[:0] = [{str(ROOT)!r}, {str(DOCS / "web" / "python")!r}]
import telling
telling.use_in_kernel(get_ipython())
sys.stdout.flush_interval = 3600  # a cell's text arrives in one piece: a second one begins a line
"""


HOW_TO_READ = """\
This is the site of micrograd_nn. Its cells run in your browser, which wants them from a server.
With Python on this machine, in this folder:

    python3 -m http.server --bind localhost

Then open http://localhost:8000. It asks nothing of the network.
"""

# What cells run and read, beside their own text.
BEHIND_CELLS = [
    ROOT / "micrograd_nn",
    ROOT / "demos",
    DOCS / "web" / "python" / "telling.py",
    DOCS / "build.py",
]


def forget_outputs(cache: Path) -> None:
    """Forget what cells printed, in the cache and in the pages that were read."""
    shutil.rmtree(cache, ignore_errors=True)
    shutil.rmtree(BUILD / "doctrees", ignore_errors=True)
    cache.mkdir(parents=True)


def prepare_kernels() -> None:
    """Let each kernel begin with START, as IPython begins with its profile."""
    start = BUILD / "ipython" / "profile_default" / "startup" / "start.py"
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text(START)
    os.environ["IPYTHONDIR"] = str(BUILD / "ipython")


def build_pages(source: Path, target: Path, *options: str, quiet: bool = False) -> int:
    """Build the pages of a folder into another; return the status."""
    try:
        build_assets()
        keep(BUILD / ".jupyter_cache", BEHIND_CELLS, forget_outputs)
    except AssetError as error:
        sys.exit(f"docs/build.py: {error}")
    prepare_kernels()
    places = ["-c", str(DOCS), "-d", str(target.parent / "doctrees"), str(source), str(target)]
    return build_site(["-W", "--keep-going", "-b", "html", *["-q"] * quiet, *options, *places])


def pack_site(site: Path, path: Path) -> None:
    """Pack the built site into one file, in a folder that says how it is opened."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("micrograd_nn-site/READ-ME.txt", HOW_TO_READ)
        for file in sorted(site.rglob("*")):
            if file.is_file() and file.name != ".buildinfo":
                archive.write(file, Path("micrograd_nn-site", file.relative_to(site)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--zip", type=Path, metavar="SITE.zip", help="pack the site, too")
    given, options = parser.parse_known_args()
    status = build_pages(DOCS, BUILD / "html", *options)
    if status == 0 and given.zip:
        pack_site(BUILD / "html", given.zip)
        print(f"packed {given.zip} ({given.zip.stat().st_size / 1e6:.0f} MB)")
    sys.exit(status)
