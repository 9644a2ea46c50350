"""What a written file answers, held against this engine's answers to the same question."""

import math

import pytest

from micrograd_nn.export.answers.asking import answer_by_engine, make_question
from micrograd_nn.export.export import TARGETS_OF_MODELS, export


def ask_written(saved, path, rows=None):
    """Export a model, and return what the file answers by itself, and what the engine does."""
    export(saved, path, check=False)
    question = make_question(saved)
    if rows is not None:
        question = question._replace(rows=rows)
    ending = next(e for e in TARGETS_OF_MODELS if len(e) > 3 and path.name.endswith(e))
    return TARGETS_OF_MODELS[ending].run(path, question), answer_by_engine(saved, question)


def assert_equal_answers(found, wanted, rel=1e-12, floor=1e-13):
    """Hold the values, the gradients where the target has them, and the labels equal."""
    assert found.labels == wanted.labels
    pairs = [(found.values, wanted.values)]
    if found.gradients is not None:
        pairs.append((found.gradients, wanted.gradients))
    for ours, theirs in pairs:
        for x, y in zip(ours, theirs, strict=True):
            assert (
                all(map(math.isnan, x))
                if math.isnan(y[0])
                else x == pytest.approx(y, rel=rel, abs=floor)
            )
