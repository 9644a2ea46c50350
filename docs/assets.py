"""What live cells and playgrounds need in the page, made into docs/_build/assets for build.py.

The page's scripts are bundled by esbuild: page.js, what it imports where a page has a use for it,
and the worker. Python comes from the npm package pyodide. What it imports is one archive: the
wheel of this very tree, what that needs, and the files of demos/. Each is made again only when what
it is made of has changed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

DOCS = Path(__file__).parent
ROOT = DOCS.parent
WEB = DOCS / "web"
BUILD = DOCS / "_build"
LIVE = BUILD / "assets" / "live"  # the site has it under _static
STAMPS = BUILD / "stamps"
WHEEL = BUILD / "wheel"
NODE = WEB / "node_modules"

SCRIPTS = [
    "page",
    "cells",
    "guesses",
    "moving",
    "offline",
    "expressions",
    "networks",
]  # for every page; for what some have
FROM_PYODIDE = ["pyodide.asm.wasm", "python_stdlib.zip"]
FETCHED = ["worker.js", *FROM_PYODIDE, "packages.zip"]  # by a page, at its first Run
INSTALLED = ["pyproject.toml", "setup.cfg", "README.md", "LICENSE", "micrograd_nn"]
OF_CELLS = ["markdown-it-py", "mdit-py-plugins", "rich"]  # what writes and prints their outputs
LEFT_OUT = {".ipynb"}  # of demos/: no part of the site


# Prints the usual settings of the playground for networks, and what a training with them begins as.
FIRST = """
import json, network_settings, network_training
limits, told = network_settings.describe_settings(None), network_training.open_link({})
print(json.dumps({"limits": limits, "told": told}))
"""


class AssetError(Exception):
    """Something that can't be made, and what to do about it."""


def build_assets() -> None:
    """Make whatever is not there, or is made of what has changed since."""
    LIVE.mkdir(parents=True, exist_ok=True)
    keep(NODE, [WEB / "package.json"], install_node_packages)
    for name in FROM_PYODIDE:
        keep(LIVE / name, [WEB / "package.json"], copy_from_pyodide)
    keep(WHEEL, [ROOT / name for name in INSTALLED], build_wheel)
    packed = [WHEEL, ROOT / "demos", WEB / "python", Path(__file__)]
    keep(LIVE / "packages.zip", packed, pack_python)
    scripts = [WEB / name for name in ("package.json", *SCRIPTS)]
    scripts += [LIVE / "packages.zip", Path(__file__)]
    keep(LIVE / "page.js", scripts, bundle_scripts)


def keep(product: Path, sources: list[Path], make: Callable[[Path], None]) -> None:
    """Make a product unless it is there, made of these sources as they are now."""
    stamp = STAMPS / product.name
    digest = hashlib.sha256()
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and path.suffix not in {".pyc", *LEFT_OUT}:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    if product.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    print(f"making {product.relative_to(ROOT)}", flush=True)
    make(product)
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())


def run(command: list[str], **options: object) -> str:
    """Run a program and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise AssetError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


# Of npm


def install_node_packages(folder: Path) -> None:
    """Install what docs/web/package.json names, in the versions that it names."""
    npm = shutil.which("npm")
    if npm is None:
        raise AssetError("the site's live cells need npm: `apt-get install npm`, or nodejs.org")
    options = ["--no-audit", "--no-fund", "--no-package-lock"]
    run([npm, "install", "--prefix", str(folder.parent), *options])


def copy_from_pyodide(path: Path) -> None:
    """Copy one of the files that Pyodide fetches."""
    shutil.copyfile(NODE / "pyodide" / path.name, path)


def bundle_scripts(path: Path) -> None:
    """Bundle the page's scripts and the worker's, each with the libraries that it imports."""
    esbuild = str(NODE / ".bin" / "esbuild")
    common = [
        "--bundle", "--format=esm", "--minify", "--charset=utf8", "--log-level=warning",
        "--log-limit=0", f"--outdir={path.parent}",
    ]  # fmt: skip
    for old in path.parent.glob("*.js"):
        old.unlink()
    run([esbuild, str(WEB / "page" / "worker.js"), *common, "--external:node:*"])
    fetched = json.dumps([describe_file(path.parent / name) for name in FETCHED])
    pages = [str(WEB / "page" / "page.js"), "--splitting", f"--define:FETCHED={fetched}"]
    run([esbuild, *pages, *common, f"--define:FIRST={describe_first()}"])


def describe_first() -> str:
    """Return what the playground for networks draws before Python is in the page, as JSON."""
    path = {**os.environ, "PYTHONPATH": os.pathsep.join([str(WEB / "python"), str(ROOT)])}
    return run([sys.executable, "-c", FIRST], env=path).strip()


def describe_file(path: Path) -> dict[str, object]:
    """Return what a page knows of a file before it fetches it."""
    content = path.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:12]
    return {"name": path.name, "size": len(content), "version": version}


# Of Python


def build_wheel(folder: Path) -> None:
    """Build the package's wheel, from a copy: what an older build left behind isn't in it."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        for name in INSTALLED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
            copy(ROOT / name, Path(place, name))
        pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder)]
        run([*pip, place])


def pack_python(path: Path) -> None:
    """Write the archive of all that Python in the page has beside its standard library."""
    (wheel,) = WHEEL.glob("*.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, zipfile.ZipFile(wheel) as own:
        for name in own.namelist():
            archive.writestr(f"packages/{name}", own.read(name))
        (metadata,) = [entry for entry in zipfile.Path(own).iterdir() if is_metadata(entry.name)]
        for needed in find_needs(PathDistribution(metadata).requires or []):
            for file in needed.files or []:
                if ".." not in file.parts and file.suffix != ".pyc":
                    archive.write(file.locate(), f"packages/{file}")
        archive.write(find_pretty(), "tools/pretty.py")
        for file in sorted((WEB / "python").glob("*.py")):
            archive.write(file, f"tools/{file.name}")
        for file in sorted((ROOT / "demos").iterdir()):
            if file.is_file() and file.suffix not in LEFT_OUT:
                archive.write(file, f"work/demos/{file.name}")


def is_metadata(name: str) -> bool:
    """Return whether a wheel's folder is the one about itself."""
    return name.endswith(".dist-info")


def find_needs(requirements: list[str]) -> Iterator[Distribution]:
    """Yield what the package needs in the page, each once, as it is installed here."""
    place = {"sys_platform": "emscripten", "extra": ""}
    seen, open_ones = set(), [*requirements, *OF_CELLS]
    while open_ones:
        requirement = Requirement(open_ones.pop())
        name = requirement.name.lower()
        if name in seen or not (requirement.marker is None or requirement.marker.evaluate(place)):
            continue
        seen.add(name)
        needed = distribution(name)
        if any(file.suffix in (".so", ".pyd") for file in needed.files or []):
            raise AssetError(f"{name} isn't pure Python, so it can't run in the page")
        open_ones += needed.requires or []
        yield needed


def find_pretty() -> Path:
    """Return the file of IPython's that writes values as notebooks show them; it stands alone."""
    return Path(str(distribution("ipython").locate_file("IPython/lib/pretty.py")))
