"""Write the pictures that no cell draws: python docs/pictures/draw_pictures.py.

Each module beside this one draws those of a page or two, from numbers that the engine computes.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]  # for the modules here, and for demos

import descent  # noqa: E402
import language_model  # noqa: E402
import loop  # noqa: E402
import neurons  # noqa: E402
import passes  # noqa: E402
import readme  # noqa: E402
import session  # noqa: E402
import signs  # noqa: E402
import when_wrong  # noqa: E402

MODULES = [readme, neurons, signs, passes, loop, when_wrong, descent, language_model, session]


def draw_pictures() -> dict[str, str]:
    """Return the source of each picture by its place in this folder."""
    return {name: svg for module in MODULES for name, svg in module.draw_pictures().items()}


if __name__ == "__main__":
    for name, svg in draw_pictures().items():
        (HERE / name).write_text(svg, encoding="utf-8")
