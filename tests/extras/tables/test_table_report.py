"""What a report says: a verdict that chance can't make, and confusions that read at any width."""

import io
import random
import re

import pytest
from rich.console import Console

from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.report import print_report, tell_apart

PRICE = NumericColumn("price", 10.0, 2.0, "€")
FRUIT = TextColumn("fruit", ("apple", "pear"))


def report(target, outputs, targets, others=None, width=100):
    """Return what is printed at a terminal that is so wide."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    print_report(console, target, outputs, targets, "rows", others)
    return console.file.getvalue()


def verdict(target, ours, linear, guess):
    """Return the verdict on these outputs of rows that are all 0."""
    others = {"a linear model": linear, "always the mean": guess}
    said = report(target, ours, [0] * len(ours), others, width=300)
    return said.rstrip("\n").split("Verdict: ")[1]


def far(by, rows=30):
    """Return outputs that are off by so much, more or less."""
    rng = random.Random(by)
    return [[by * rng.uniform(0.9, 1.1)] for _ in range(rows)]


def right(count, rows=30):
    """Return outputs for two classes, of which this many are right."""
    return [[1.0, 0.0]] * count + [[0.0, 1.0]] * (rows - count)


SIMPLER = ", which is simpler: --hidden none trains it."
CHANCE = "what it has learned of 'price' may be chance."


@pytest.mark.parametrize(
    ("target", "outputs", "told"),
    [
        (PRICE, (far(1), far(2), far(3)), "is better than a linear model and always the mean."),
        (PRICE, (far(2), far(1), far(3)),
         f"is better than always the mean, but is worse than a linear model{SIMPLER}"),
        (PRICE, (far(1), far(1), far(3)),
         f"is better than always the mean, but can't be told apart from a linear model{SIMPLER}"),
        (PRICE, (far(1, 4), far(2, 4), far(3, 4)),
         f"can't be told apart from a linear model and always the mean: {CHANCE}"),
        (PRICE, (far(float("nan")), far(2), far(3)),
         "is worse than a linear model and always the mean."),
        (PRICE, (far(1e200), far(2e200), far(3)),
         "can't be told apart from a linear model, but is worse than always the mean."),
        (FRUIT, (right(30), right(26), right(25)),
         f"is better than always the mean, but can't be told apart from a linear model{SIMPLER}"),
        (FRUIT, (right(30), right(25), right(20)),
         "is better than a linear model and always the mean."),
    ],
)  # fmt: skip
def test_the_verdict_says_which_is_better_unless_it_may_be_chance(target, outputs, told):
    rows = len(outputs[0])
    assert verdict(target, *outputs) == f"on these {rows} rows, this model {told}"


def test_chance_is_taken_for_more_in_about_5_percent_of_cases():
    rng, wrong = random.Random(1), 0
    for _ in range(1000):
        losses = [[rng.gauss(0, 1) ** 2 for _ in range(20)] for _ in range(2)]
        wrong += tell_apart(*losses) != 0
    assert 20 < wrong < 70


def test_without_others_there_is_no_verdict_and_both_figures_are_in_the_unit():
    said = report(PRICE, [[0.5], [-1.5]], [0.0, 0.0])
    assert "Verdict" not in said
    assert re.search(r"this model +2\.23607€ +2€ +–", said)


MATRIX, TIGHT, WORDS = "matrix", "tight", "words"
LOOKS = [
    (2, "no", {60: MATRIX, 80: MATRIX, 200: MATRIX}),
    (10, "no", {60: WORDS, 80: TIGHT, 200: MATRIX}),
    (26, "c", {60: WORDS, 80: WORDS, 200: MATRIX}),
    (60, "c", {60: WORDS, 80: WORDS, 200: WORDS}),
    (2, "one of a very long name, no ", {60: WORDS, 80: WORDS, 200: MATRIX}),
    (10, "one of a very long name, no ", {60: WORDS, 80: WORDS, 200: WORDS}),
]


@pytest.mark.parametrize(
    ("count", "prefix", "width", "look"),
    [(n, prefix, width, look) for n, prefix, looks in LOOKS for width, look in looks.items()],
)
def test_confusions_read_at_any_width(count, prefix, width, look):
    rng = random.Random(1)
    classes = tuple(f"{prefix}{i}" for i in range(count))
    targets = [i % count for i in range(20 * count)]
    chosen = [y if rng.random() < 0.8 else 0 for y in targets]
    outputs = [[float(i == j) for i in range(count)] for j in chosen]
    lines = report(TextColumn("kind", classes), outputs, targets, width=width).splitlines()
    assert max(map(len, lines)) <= width
    right = sum(map(int.__eq__, targets, chosen))
    recall = [sum(j == i for j in chosen[i::count]) / 20 for i in range(count)]
    if look == WORDS:
        text = re.sub(r"\s+", " ", " ".join(lines))
        taken = re.findall(r"'[^']*?(\d+)' taken for '[^']*?0': (\d+) of 20", text)
        assert len(taken) == min(10, count - 1)
        assert all(int(n) == 20 - 20 * recall[int(i)] for i, n in taken)
        assert f"at worst {min(recall):.0%}" in text
        return
    head, *rows = [line.split() for line in lines[3:-1] if "──" not in line]
    assert head[-1] == "recall"
    assert lines[3].startswith("  " if look == MATRIX else " a")
    numbers = [[0 if x == "·" else int(x) for x in row[-1 - count : -1]] for row in rows]
    assert sum(numbers[i][i] for i in range(count)) == right
    assert [row[-1] for row in rows] == [f"{rate:.0%}" for rate in recall]
