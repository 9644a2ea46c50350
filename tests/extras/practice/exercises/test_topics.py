"""Each exercise is right: checked by the text that one reads, by differences, and by running it."""

import ast
import math
import re
import subprocess
import sys
from functools import cache
from random import Random

import pytest
from places import ROOT
from sizes import choose_size

from micrograd_nn import Value
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.exercises import TOPICS, make_exercise
from micrograd_nn.extras.practice.exercises.answers import ChoiceAnswer, FormulaAnswer, NumberAnswer
from micrograd_nn.extras.practice.exercises.topics import LEVELS
from micrograd_nn.stepping.misconceptions import MISCONCEPTIONS

SEEDS = range(choose_size(5, 20))
ALL = [(topic, level) for topic in TOPICS for level in LEVELS]
each = pytest.mark.parametrize(("topic", "level"), ALL)

SIGNS = {"·": "*", "−": "-", "²": "**2", "³": "**3"}
FUNCTIONS = {
    "exp": math.exp, "log": math.log, "tanh": math.tanh, "sqrt": math.sqrt, "max": max, "min": min,
    "sin": math.sin, "cos": math.cos,
    "relu": lambda x: max(0.0, x), "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
}  # fmt: skip
H = 1e-5


@cache
def list_exercises(topic, level):
    return [make_exercise(topic, level, seed) for seed in SEEDS]


def read_code(text):
    """Return what stands in backquotes, as Python."""
    for sign, typed in SIGNS.items():
        text = text.replace(sign, typed)
    return re.findall(r"`([^`]*)`", text)


def evaluate(lines, numbers):
    """Return the last of lines, computed by Python from what leaves are."""
    known = {**FUNCTIONS, **numbers}
    for line in lines:
        name, text = line.split(" = ")
        known[name] = eval(text, known)
    return known[name]


def difference(lines, numbers, by):
    """Return the derivative of the last line by a leaf, by a nudge to both sides."""
    up, down = [evaluate(lines, {**numbers, by: numbers[by] + h}) for h in (H, -H)]
    return (up - down) / (2 * H)


def read_question(exercise):
    """Return the lines and the numbers of a question: the numbers of leaves, given behind "at"."""
    said = exercise.question.split("\n")[0]
    rules, _, rest = said.partition(", at `")
    given = dict(part.split(" = ") for part in read_code("`" + rest.partition(". So ")[0]))
    return read_code(rules), {name: float(number) for name, number in given.items()}


def find_asked(exercise):
    return re.search(r"∂\w+/∂(\w+)", exercise.question.split("\n")[-1])[1]


@pytest.mark.slow
@each
def test_the_right_answer_and_each_miss_can_be_typed(topic, level):
    for exercise in list_exercises(topic, level):
        answer = exercise.answer
        if isinstance(answer, ChoiceAnswer):
            typed = answer.letters[answer.right]
            wrong = [answer.letters[miss.answer] for miss in exercise.misses]
        else:
            typed, wrong = answer.show(), [str(miss.answer) for miss in exercise.misses]
        assert exercise.check(typed).is_right
        for text, miss in zip(wrong, exercise.misses, strict=True):
            assert exercise.check(text).title == miss.title != ""
            assert miss.told.endswith((".", ".)"))
            assert "{" not in miss.told
        assert typed not in ["s", "q", "?"]  # which quiz takes for keys
        assert exercise.working
        assert exercise.check(wrong[0]).working == ("" if len(wrong) == 1 else exercise.working)


@each
def test_numbers_are_done_by_hand(topic, level):
    for exercise in list_exercises(topic, level):
        for number in re.findall(r"[\d.]*\d", exercise.question):
            assert len(number.replace(".", "").lstrip("0")) <= 4, exercise.question
            assert float(number) <= 200
        if isinstance(exercise.answer, NumberAnswer):
            assert 0 < abs(exercise.answer.number) <= 200
            assert len(exercise.answer.show()) <= 7


@each
def test_another_seed_gives_another_exercise(topic, level):
    texts = {str(exercise) for exercise in list_exercises(topic, level)}
    assert len(texts) >= 0.6 * len(SEEDS) or len(texts) > 40
    assert str(make_exercise(topic, level, 3)) == str(list_exercises(topic, level)[3])
    assert make_exercise(topic, level, 3).misses == list_exercises(topic, level)[3].misses


PRINT_ALL = """
from micrograd_nn.extras.practice.exercises import TOPICS, make_exercise
for topic in TOPICS:
    for level in (1, 2, 3):
        exercise = make_exercise(topic, level, "anna")
        print(exercise, exercise.answer, exercise.misses, exercise.working)
"""


@pytest.mark.slow
def test_a_seed_gives_the_same_in_every_process():
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT_ALL], cwd=ROOT, capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(printed) == 1
    assert len(printed.pop()) > 10_000


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("topic", ["local", "chain", "shared", "diamond", "neuron"])
def test_a_gradient_is_what_a_nudge_of_the_text_gives(topic, level):
    for exercise in list_exercises(topic, level):
        if isinstance(exercise.answer, NumberAnswer):
            lines, numbers = read_question(exercise)
            found = difference(lines, numbers, find_asked(exercise))
            assert exercise.answer.number == pytest.approx(found, rel=3e-3), exercise


@pytest.mark.parametrize("topic", ["local", "chain"])
def test_a_formula_is_what_nudges_give_at_many_points(topic):
    for exercise in list_exercises(topic, 3):
        assert isinstance(exercise.answer, FormulaAnswer)
        lines = read_code(exercise.question.split("\n")[0])
        for point in exercise.answer.list_points():
            numbers = {name: point[name] for name in exercise.answer.domain}
            found = eval(exercise.answer.formula, {**FUNCTIONS, **point})
            slope = difference(lines, numbers, find_asked(exercise))
            assert found == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("level", LEVELS)
def test_a_step_of_descent_goes_down_the_slope(level):
    for exercise in list_exercises("descent", level):
        lines, numbers = read_question(exercise)
        rate = float(re.search("rate `([^`]*)`", exercise.question)[1])
        after = numbers["w"] - rate * difference(lines, numbers, "w")
        assert exercise.answer.number == pytest.approx(after)
        assert evaluate(lines, {**numbers, "w": after}) < evaluate(lines, numbers)
        assert not any("times the gradient" in miss.told for miss in exercise.misses)
        assert abs(after - numbers["w"]) > 0.01 * abs(after)  # more than what rounding hides


@pytest.mark.parametrize("level", LEVELS)
def test_softmax_is_that_of_the_text(level):
    for exercise in list_exercises("softmax", level):
        sizes = [int(x) for x in re.findall(r"z\d = ln (\d)", exercise.question)]
        target = int(re.search(r"right class is (\d)", exercise.question)[1]) - 1
        by = re.search(r"∂L/∂(\w+)", exercise.question)[1]
        told = r"z(\d) = ln \d` \(which is `w · x` with `x = (.\d?)`\)"
        factor = re.search(told, exercise.question)
        place = int(factor[1]) - 1 if factor else int(by[1:]) - 1

        def loss(h, sizes=sizes, place=place, target=target):
            powers = [size * (math.exp(h) if i == place else 1) for i, size in enumerate(sizes)]
            return -math.log(powers[target] / sum(powers))

        slope = (loss(H) - loss(-H)) / (2 * H)
        assert (by == "w") == (level == 3)
        slope *= float(factor[2].replace("−", "-")) if factor else 1
        assert exercise.answer.number == pytest.approx(slope)


SIMPLE = {  # of an engine that is wrong in one way, what a gradient becomes
    "overwrite": lambda before, upstream, partial: upstream * partial,
    "no upstream": lambda before, upstream, partial: before + partial,
    "no local derivative": lambda before, upstream, partial: before + upstream,
    "added along the path": lambda before, upstream, partial: before + upstream + partial,
    "sign": lambda before, upstream, partial: before - upstream * partial,
}


@pytest.mark.parametrize("level", LEVELS)
def test_a_broken_engine_gives_these_numbers_and_no_other_option_does(level):
    names = {wrong.title: wrong.name for wrong in MISCONCEPTIONS}
    for exercise in list_exercises("engine", level):
        answer = exercise.answer
        said = read_code(exercise.question.split("\n")[1])
        told = [read_code(miss.told) for miss in exercise.misses]
        assert len({*map(tuple, told), tuple(said)}) == len(answer.options) == 4
        for i, title in enumerate(answer.options):
            if names[title] in SIMPLE:
                found = {exercise.graph.root: 1.0}
                for step in exercise.graph.steps:
                    given = found.get(step.input, 0.0), found.get(step.node, 0.0), step.partial
                    found[step.input] = SIMPLE[names[title]](*given)
                shown = said
                if i != answer.right:
                    (shown,) = [read_code(m.told) for m in exercise.misses if m.answer == i]
                by_name = {exercise.graph.names[node]: x for node, x in found.items()}
                for text in shown:
                    name, number = re.search(r"∂y/∂(\w+) = (.*)", text).groups()
                    assert float(number) == pytest.approx(by_name[name], rel=1e-3)


@pytest.mark.parametrize("level", LEVELS)
def test_of_all_leaves_one_alone_has_a_gradient_of_0_and_not_always_the_same(level):
    idle = set()
    for exercise in list_exercises("leaf", level):
        answer = exercise.answer
        assert not {name.lower() for name in answer.options} & set(answer.letters)
        if exercise.program:
            lines = exercise.program.split("\n")
            numbers = {
                line.split(" = ")[0]: float(re.search(r"\((.*)\)", line)[1])
                for line in lines if "Value" in line
            }  # fmt: skip
            lines = [line for line in lines if "Value" not in line]
        else:
            lines, numbers = read_question(exercise)
        idle.add(answer.options[answer.right])
        assert sorted(numbers) == sorted(answer.options)
        for i, name in enumerate(answer.options):
            slope = difference(lines, numbers, name)
            assert (abs(slope) < 1e-4) is (i == answer.right), exercise
    assert len(idle) > 1


@pytest.mark.parametrize("level", LEVELS)
def test_where_a_leaf_may_matter_is_said_as_it_is(level):
    for exercise in list_exercises("leaf", level):
        if exercise.program:
            continue
        lines, numbers = read_question(exercise)
        idle = exercise.answer.options[exercise.answer.right]
        random, changes = Random(1), set()
        for _ in range(50):
            far = {name: random.uniform(-30, 30) for name in numbers}
            changed = evaluate(lines, {**far, idle: random.uniform(-30, 30)})
            changes.add(abs(changed - evaluate(lines, far)) > 1e-6)
        assert ("may well matter" in exercise.working) is (True in changes)


@pytest.mark.parametrize("level", LEVELS)
def test_a_program_computes_that_number(level):
    for exercise in list_exercises("program", level):
        call, asked = re.findall("`([^`]*)`", exercise.question)
        functions = {}
        exec(exercise.program.replace("    return total", "    return locals() #"), functions)
        found = eval(call, functions)[asked]
        assert exercise.answer.number == pytest.approx(found)
        ast.parse(exercise.program)


@pytest.mark.parametrize("level", LEVELS)
def test_grads_after_several_passes_are_those_of_the_engine(level):
    for exercise in list_exercises("second", level):
        names = {"Value": Value}
        exec(exercise.program, names)
        (asked,) = re.findall("`([^`]*)`", exercise.question)
        assert exercise.answer.number == eval(asked, names)
        assert exercise.program.count("backward()") >= 2


@pytest.mark.parametrize(
    ("topic", "level", "why"),
    [
        ("sharde", 1, r"'sharde' isn't a topic: did you mean shared\?"),
        ("", 1, "'' isn't a topic: there are local, chain"),
        *[("chain", level, f"no level {level!r}: the levels are 1, 2 and 3")
          for level in (1.0, True, "1", 4)],
    ],
)  # fmt: skip
def test_topics_and_levels_that_arent_there_are_refused(topic, level, why):
    with pytest.raises(InputError, match=why):
        make_exercise(topic, level)
