"""Run by Python alone, without this package: asks a written .py file, and prints what it answers.

python -I rows.py model.py < question.json
"""

import json
import math
import platform
import runpy
import sys
from typing import Any


def ask(compute: Any, *given: Any) -> Any:
    """Return what a function gives; NaN for what it refuses."""
    try:
        return compute(*given)
    except (ArithmeticError, ValueError):
        return [math.nan]


def answer_question(functions: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    """Return a module's answers as JSON has them."""
    parameters, rows = question["parameters"], question["rows"]
    predict, program = functions["predict"], functions.get("program")
    gradients = None
    if program is None:
        found = [ask(predict, row) for row in rows]
    else:
        found = [ask(lambda row: predict(parameters, [row])[0], row) for row in rows]
        gradients = [ask(lambda row: program(parameters, [row])[1], row) for row in rows]
    values, labels = [], []
    for result in found:
        labels.append(result["label"] if isinstance(result, dict) else "")
        numbers = result["probabilities"] if isinstance(result, dict) else result
        values.append(numbers if isinstance(numbers, list) else [numbers])
    ran = f"Python {platform.python_version()}"
    return {"values": values, "gradients": gradients, "labels": labels, "ran": ran}


if __name__ == "__main__":
    print(json.dumps(answer_question(runpy.run_path(sys.argv[1]), json.load(sys.stdin))))
