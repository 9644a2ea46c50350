"""Run by Python alone, without this package: asks a program over columns of PyTorch, NumPy or JAX.

python -I columns.py program.np.py < question.json
"""

import json
import runpy
import sys
from typing import Any


def answer_columns(path: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return a program's answers as JSON has them: all rows at once, and each with its gradient."""
    written, parameters, rows = runpy.run_path(path), question["parameters"], question["rows"]
    library = sys.modules[written["xp"].__name__.partition(".")[0]]
    columns = [list(column) for column in zip(*rows, strict=True)]
    values = written["predict"](parameters, columns).tolist() if rows else []
    gradients = []
    for row in rows:
        _, gradient = written["program"](parameters, [[x] for x in row])
        gradients.append([float(x) for x in gradient])
    return {
        "values": [[x] for x in values],
        "gradients": gradients if any(gradients) else None,
        "versions": {library.__name__: library.__version__},
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.path[:0] = asked["path"]
    print(json.dumps(answer_columns(sys.argv[1], asked)))
