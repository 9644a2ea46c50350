"""Generated exercises in the book ask for what was taught by then, at each level on offer."""

import re

import pytest
from site_pages import DOCS
from sizes import choose_size

from micrograd_nn.extras.practice.exercises import make_exercise

SEEDS = range(choose_size(10, 20))
FUNCTION = re.compile(r"([a-z]+)\(")  # as a question writes it that has no graph
TAUGHT = {  # from which chapter on
    3: {"add", "sub", "mul", "truediv", "pow", "neg"},  # of these a nudge finds a slope
    4: {"sigmoid"},
    6: {"tanh", "exp", "log", "sqrt", "relu"},
}


def list_drills():
    """Return the chapter, the topic and the level of each exercise that a chapter offers."""
    found = []
    for path in sorted((DOCS / "learn").glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        for topic, given in re.findall(r"make_exercise\(\"(\w+)\"([^)]*)\)", text):
            level = re.search(r"level=(\d)", given)
            levels = {int(level[1]) if level else 1}
            if "seed=" in given and (offered := re.search(r"`level` goes from 1 to (\d)", text)):
                levels |= {*range(1, int(offered[1]) + 1)}
            found += [(int(path.name[:2]), topic, each) for each in sorted(levels)]
    return found


@pytest.mark.parametrize(("chapter", "topic", "level"), list_drills())
def test_an_exercise_asks_for_what_was_taught_by_then(chapter, topic, level):
    taught = {name for begins, names in TAUGHT.items() if begins <= chapter for name in names}
    for seed in SEEDS:
        exercise = make_exercise(topic, level=level, seed=seed)
        nodes = exercise.graph.nodes if exercise.graph else []
        names = {node.operation.name for node in nodes if node.operation is not None}
        names |= {*FUNCTION.findall(exercise.question)}
        assert names <= taught
