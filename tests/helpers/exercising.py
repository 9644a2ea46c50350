"""Exercises for tests: of each kind of answer, and with texts that would break what shows them."""

from micrograd_nn import Value
from micrograd_nn.extras.practice.exercises.answers import ChoiceAnswer, NumberAnswer
from micrograd_nn.extras.practice.exercises.exercise import Exercise, Miss
from micrograd_nn.extras.practice.handouts.item import make_item
from micrograd_nn.graph.graph import Graph

HOSTILE = "</script><b>&amp; \" ' ]]> $x [a](b) `a < b` \x07 \u202e"


def make_number(number=-0.5, misses=(), seed="n", **parts):
    """Return an item of which the answer is a number; ``misses`` are numbers with titles."""
    known = [Miss(answer, title, f"told of {answer}") for answer, title in misses]
    parts = {"question": "How much?", "working": "So much.", **parts}
    return make_item(
        Exercise("shared", 1, seed, answer=NumberAnswer(number), misses=known, **parts)
    )


def make_choice(options=("exp", "tanh", "relu"), right=1, misses=(), seed="c", **parts):
    """Return an item with choices; ``misses`` are their numbers with titles."""
    known = [Miss(place, title, f"told of {place}") for place, title in misses]
    parts = {"question": "Which?", "working": "This one.", **parts}
    answer = ChoiceAnswer(options, right)
    return make_item(Exercise("shared", 1, seed, answer=answer, misses=known, **parts))


def make_hostile():
    """Return items of both kinds whose every text is hostile, drawing and program too."""
    x = Value(3.0, HOSTILE)
    texts = {"question": HOSTILE, "working": HOSTILE, "program": f"{HOSTILE}\n  y = 1"}
    graph = Graph(x * 2.0, {})
    number = make_number(6.0, [(3.0, HOSTILE)], **texts, graph=graph)
    return [number, make_choice([HOSTILE, "b"], 1, [(0, HOSTILE)], **texts, graph=graph)]
