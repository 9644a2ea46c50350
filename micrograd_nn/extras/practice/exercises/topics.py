"""The topics of exercises, and an exercise of a topic: ``make_exercise``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import count, cycle
from random import Random
from typing import NamedTuple

from ...._ground.text import InputError, quote_text
from .derivatives import make_chain, make_diamond, make_local, make_shared
from .exercise import Exercise
from .making import Draft
from .networks import make_descent, make_matrix_question, make_neuron_question, make_softmax
from .programs import make_program_question, make_second_pass
from .spotting import make_broken_engine, make_idle_leaf

LEVELS = (1, 2, 3)
MOST_DRAFTS = 10_000  # of one exercise, of which most have numbers that nobody wants by hand
MOST_REPEATS = 50  # of exercises that were there, until one is taken again


class Topic(NamedTuple):
    """What exercises of one kind are called, and how one is made; None where numbers don't fit."""

    title: str
    make: Callable[[Random, int], Draft | None]


TOPICS = {
    "local": Topic("A local derivative", make_local),
    "chain": Topic("A chain of two", make_chain),
    "shared": Topic("A shared node", make_shared),
    "diamond": Topic("A diamond", make_diamond),
    "neuron": Topic("A whole neuron", make_neuron_question),
    "descent": Topic("A step of gradient descent", make_descent),
    "softmax": Topic("Softmax with cross-entropy", make_softmax),
    "engine": Topic("Spot the broken engine", make_broken_engine),
    "leaf": Topic("Which leaf doesn't matter", make_idle_leaf),
    "program": Topic("Read this generated program", make_program_question),
    "second": Topic("A second pass", make_second_pass),
    "matrix": Topic("A layer as matrices", make_matrix_question),
}


def make_exercise(topic: str, level: int = 1, seed: int | str = 0) -> Exercise:
    """Return an exercise of a topic; the same level and seed give the same one.

    >>> exercise = make_exercise("diamond", level=1, seed="anna")
    >>> print(exercise.question.replace("`", ""))
    Let a = −0.5 · x, b = 5 · x and y = a · b, at x = 4. So a = −2, b = 20 and y = −40.
    What is ∂y/∂x, the gradient of y by x?
    >>> exercise.answer.show()
    '−20'

    The topics are the keys of ``TOPICS``, the levels 1 to 3:

    >>> make_exercise("diamonds")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'diamonds' isn't a topic: did you mean diamond?
    """
    if topic not in TOPICS:
        close = get_close_matches(str(topic), TOPICS, n=1)
        remedy = f"did you mean {close[0]}?" if close else f"there are {', '.join(TOPICS)}"
        raise InputError(f"{quote_text(topic)} isn't a topic: {remedy}")
    if type(level) is not int or level not in LEVELS:  # 1.0 would be drawn from another seed
        raise InputError(f"there is no level {level!r}: the levels are 1, 2 and 3")
    random = Random(f"{topic} {level} {seed}".encode("utf-8", "surrogatepass"))
    for _ in range(MOST_DRAFTS):
        draft = TOPICS[topic].make(random, level)
        if draft is not None:
            return Exercise(topic, level, str(seed), *draft)
    raise AssertionError(f"no numbers fit an exercise of {topic} at level {level}")


def make_exercises(
    topics: Sequence[str], level: int = 1, seed: int | str = 0
) -> Iterator[Exercise]:
    """Yield exercises of the topics in turn, no two the same; the same seed gives the same ones.

    >>> exercises = make_exercises(["chain", "shared"], seed="anna")
    >>> [(x.topic, x.seed) for x, _ in zip(exercises, range(3))]
    [('chain', 'anna-1'), ('shared', 'anna-2'), ('chain', 'anna-3')]

    Each is that of ``make_exercise`` with its own seed.
    """
    known: set[str] = set()
    for number, topic in zip(count(1), cycle(list_topics(topics))):
        for again in range(MOST_REPEATS):
            own = f"{seed}-{number}" + f".{again}" * (again > 0)
            exercise = make_exercise(topic, level, own)
            if str(exercise) not in known:
                break
        known.add(str(exercise))
        yield exercise


def list_topics(topics: Sequence[str]) -> list[str]:
    """Return topics as a list, all of them where none is named."""
    if isinstance(topics, str):
        raise InputError(f"topics are a list: write [{topics!r}], not {topics!r}")
    return list(topics or TOPICS)
