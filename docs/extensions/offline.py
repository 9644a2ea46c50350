"""``serviceworker.js``: the site read without a network, its files listed with their hashes."""

import hashlib
import json
from pathlib import Path

from sphinx.application import Sphinx

SCRIPT = Path(__file__).parents[1] / "web" / "offline" / "serviceworker.js"
LEFT_OUT = {"_sources", "objects.inv", SCRIPT.name, ".buildinfo", "llms.txt"}
FOR_LATER = {".wasm", ".zip"}, "worker.js"  # Python, and the package's own sources


def write_worker(app: Sphinx, error: Exception | None) -> None:
    """Write the service worker beside the built pages."""
    if error is None and app.builder.format == "html":
        files = {}
        for path in sorted(Path(app.outdir).rglob("*")):
            name = path.relative_to(app.outdir)
            if path.is_file() and not LEFT_OUT & set(name.parts):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
                files[name.as_posix()] = [digest, is_for_later(name)]
        listed = json.dumps(files, ensure_ascii=False, separators=(",", ":"))
        text = SCRIPT.read_text(encoding="utf-8")
        Path(app.outdir, SCRIPT.name).write_text(f"const FILES = {listed};\n{text}", "utf-8")


def is_for_later(name: Path) -> bool:
    """Return whether a file is kept only once it is asked for."""
    endings, script = FOR_LATER
    return name.suffix in endings or name.name == script or name.parts[0] == "_modules"


def setup(app: Sphinx) -> dict[str, bool]:
    """Write it last, when all else is there."""
    app.connect("build-finished", write_worker, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
