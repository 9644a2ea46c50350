"""What a page gives its engine, for tests that ask it for numbers as the page does."""

import json
import math

from micrograd_nn.graph import Graph
from micrograd_nn.notation.formulas.mathml import Formulas
from micrograd_nn.notation.javascript.rules import Rules
from micrograd_nn.page.document import format_json
from micrograd_nn.page.lesson import describe_nodes

SAME = 1e-9  # of the largest number of its kind in a graph


def asked_of(root):
    """Return what a page gives its engine: the data as JSON, and the rules as a script."""
    rules = Rules()
    graph = Graph(root)
    described = describe_nodes(graph, Formulas(), rules)
    asked = {"nodes": described, "described": rules.descriptions}
    return json.loads(format_json(asked)), rules.write_script()


def close(expected, actual):
    """Tell whether numbers are the same, but for rounding of the largest."""
    scale = max([abs(x) for x in expected if x is not None and math.isfinite(x)], default=0.0)
    for x, text in zip(expected, actual, strict=True):
        if x is None or text is None:
            if x is not text:
                return False
        elif math.isfinite(x):
            if not abs(x - float(text)) <= SAME * scale:
                return False
        elif repr(x) != repr(float(text)):
            return False
    return True
