"""Run by Python alone, without this package: asks a written .py file, and prints what it answers.

python -I answering.py model.py < question.json
"""

import json
import math
import platform
import runpy
import sys
from typing import Any


def ask_model(predict: Any, row: list[Any]) -> tuple[list[float], str | None]:
    """Return a model's numbers for a row, and the label if there is one."""
    found = predict(row)
    if isinstance(found, dict):
        return found["probabilities"], found["label"]
    return (found if isinstance(found, list) else [found]), None


def answer_question(functions: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    """Return a module's answers as JSON has them; a row that it refuses has NaN."""
    parameters, rows = question["parameters"], question["rows"]
    values: list[list[float]] = []
    gradients: list[list[float]] | None = [] if "program" in functions else None
    labels: list[str] = []
    for row in rows:
        try:
            if gradients is None:
                numbers, label = ask_model(functions["predict"], row)
                labels += [] if label is None else [label]
            else:
                result, gradient = functions["program"](parameters, [row])
                numbers = [result]
                gradients.append(gradient)
        except (ArithmeticError, ValueError):
            numbers = [math.nan]
            labels.append("")
            if gradients is not None:
                gradients.append([math.nan])
        values.append(numbers)
    versions = {"Python": platform.python_version()}
    known = labels if any(labels) else None
    return {"values": values, "gradients": gradients, "versions": versions, "labels": known}


if __name__ == "__main__":
    print(json.dumps(answer_question(runpy.run_path(sys.argv[1]), json.load(sys.stdin))))
