"""Rules written as JavaScript give the numbers, derivatives and errors of the table's rows."""

import math
import random
from itertools import product

import pytest
from golden import assert_stands
from places import GOLDEN
from strategies import every_row

from micrograd_nn import OPERATIONS, Operation, Reduction, Value
from micrograd_nn.engine import table as op
from micrograd_nn.notation.javascript.notation import NoJavaScriptError
from micrograd_nn.notation.javascript.rules import (
    Key,
    Rules,
    write_rule,
)

GOLDEN = GOLDEN / "javascript.txt"
COUNTS = [0, 1, 2, 5]  # inputs of a Reduction
POINTS = 100  # in the domain of each row
TOLERANCE = 1e-12
LEAST = 1e-300  # below, numbers lose digits
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0, 1e-9, 1e200, math.inf, -math.inf, math.nan]
TIED = [0.0, -0.0, 1.0, -2.0, math.inf, math.nan]


def keys_of(row):
    """Return a row's keys with all derivatives wanted: a Reduction has several."""
    counts = COUNTS if isinstance(row, Reduction) else [len(row.inputs)]
    fails_on_none = "value" in row.needs  # at least one is needed
    return [Key(row, (True,) * n) for n in counts if n or not fails_on_none]


def points_of(row, count):
    """Return inputs from a row's domain, and where its rules may go another way."""
    chance = random.Random(f"{row.name} {count}")
    domain = row.domain[:1] * count if isinstance(row, Reduction) else row.domain
    inside = [[chance.uniform(*interval) for interval in domain] for _ in range(POINTS)]
    if count > 2:
        return inside + [[chance.choice(TIED) for _ in domain] for _ in range(POINTS)]
    special = [*SPECIAL, *[float(kink) for kink in row.kinks]]
    return inside + [list(inputs) for inputs in product(special, repeat=count)]


def in_python(key, inputs):
    """Return the number and the derivatives; in place of each, the kind of error that comes out."""
    found = []
    for rule in (
        lambda: key.operation.forward(*inputs),
        lambda: list(key.operation.local_partials(found[0], inputs, key.wanted)),
    ):
        try:
            found.append(rule())
        except OverflowError:
            return [*found, "overflow", "overflow"][:2]
        except (ValueError, ZeroDivisionError):
            return [*found, "domain", "domain"][:2]
    return found


def agree(expected, actual):
    """Tell whether JavaScript gives the numbers, or the error, of Python."""
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(agree, expected, actual))
    if expected is None or isinstance(expected, (str, list)) or not is_number(actual):
        return expected == actual
    if math.isnan(expected):
        return actual == "NaN"
    x = float(actual)
    is_close = math.isclose(expected, x, rel_tol=TOLERANCE, abs_tol=LEAST)
    return is_close and math.copysign(1, expected) == math.copysign(1, x)


def lacks_a_limit(key, inputs, expected, actual):
    """Tell whether a script refuses a second derivative of x ** y that in Python is a limit.

    At x <= 0 and at y = 0 a rule that looks at its numbers has one, which has no form in a script.
    There it gives the number itself, and for derivatives an error, nan, or 0 of either sign.
    """
    if key.operation not in (op.pow_by_x, op.pow_by_y) or (inputs[0] > 0 and inputs[1] != 0):
        return False
    (number, slopes), (found, derivatives) = expected, actual
    return agree(number, found) and (
        derivatives in ("domain", "overflow")
        or all(
            x == "NaN" or agree(slope + 0.0, str(float(x) + 0.0))
            for slope, x in zip(slopes, derivatives, strict=True)
        )
    )


def is_number(text):
    """Tell whether JavaScript sent a number, rather than null or an error."""
    return isinstance(text, str) and text not in ("domain", "overflow")


def disagreements(javascript, points, write=write_rule):
    """Return at which of (key, inputs) JavaScript gives something else than Python, a line each."""
    keys = list(dict.fromkeys(key for key, _ in points))
    sources = ",\n".join(map(write, keys))
    asked = [(keys.index(key), inputs) for key, inputs in points]
    text = f'import {{ math }} from "./math.mjs";\n\nexport const rules = [\n{sources}\n];\n'
    answers = javascript("rules.js", asked, generated=text)
    lines = []
    for (key, inputs), actual in zip(points, answers, strict=True):
        expected = in_python(key, inputs)
        if not (agree(expected, actual) or lacks_a_limit(key, inputs, expected, actual)):
            lines.append(f"{key.operation.name} at {inputs} gives {actual}, in Python {expected}")
    return lines


NUMBERS = [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 7.0, math.nan, math.inf]


def check(javascript, operation, wanted=None):
    """Check an operation of one input or two at all pairs of some numbers."""
    wanted = wanted or (True,) * len(operation.inputs)
    points = [list(inputs) for inputs in product(NUMBERS, repeat=len(wanted))]
    found = disagreements(javascript, [(Key(operation, wanted), xs) for xs in points])
    assert not found, "\n".join(found[:20])


def custom(partial, **rest):
    """Return an operation of one number, its square, with a rule for the derivative."""
    return Operation("square", lambda x: x * x, [partial], javascript="{0} * {0}", **rest)


def partials_of(operation, count=1):
    """Return how the derivatives are written."""
    return write_rule(Key(operation, (True,) * count)).partition("partials: ")[2]


# The table


@pytest.fixture(scope="module")
def differences(javascript):
    """Find all disagreements of the table at once: most of the time is spent on calling Node."""
    keys = [key for row in every_row for key in keys_of(row)]
    points = [(key, xs) for key in keys for xs in points_of(key.operation, len(key.wanted))]
    return disagreements(javascript, points)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_rows_rules_give_the_numbers_derivatives_and_errors_of_python(differences, name):
    found = [line for line in differences if line.startswith(f"{name} at ")]
    assert not found, "\n".join(found[:20])


def test_a_wrong_rule_is_found(javascript):
    points = [(Key(op.tanh, (True,)), [x]) for x in (0.0, 0.5)]
    assert not disagreements(javascript, points)
    for wrong in ("1.0 - out", "1.0 + out * out", "1.0 - x * x", "math.log(-1.0)", "null"):

        def write(key, wrong=wrong):
            return write_rule(key).replace("1.0 - out * out", wrong)

        assert disagreements(javascript, points, write), wrong


def test_the_written_rules_read_well():
    """Show all rows in a golden text, to be looked at when one changes."""
    keys = [key for row in every_row for key in keys_of(row) if len(key.wanted) != 5]
    keys += [Key(op.pow, (True, False)), Key(op.pow, (False, True)), Key(op.dot, (True, False))]
    texts = []
    for key in keys:
        unwanted = [str(i + 1) for i, needed in enumerate(key.wanted) if not needed]
        head = f"// {key.operation.name} of {len(key.wanted)}"
        texts.append(head + f", not by input {', '.join(unwanted)}" * bool(unwanted))
        texts.append(write_rule(key))
    assert_stands("\n".join(texts) + "\n", GOLDEN)


@pytest.mark.parametrize("row", [op.max, op.mean, op.logsumexp], ids=lambda row: row.name)
def test_of_no_inputs_the_forward_rule_fails_or_nothing_is_written(javascript, row):
    key = Key(row, ())
    try:
        write_rule(key)
    except NoJavaScriptError:
        return
    assert not disagreements(javascript, [(key, [])])


# Which derivatives are wanted


@pytest.mark.parametrize("wanted", [(True, False), (False, True), (False, False)])
def test_what_is_not_wanted_is_null(javascript, wanted):
    for row in (op.mul, op.atan2, op.elu, op.pow):
        check(javascript, row, wanted)
    points = [(Key(row, wanted), xs) for row in (op.max, op.dot) for xs in ([1.0, 1.0], [2.0, 3.0])]
    assert not disagreements(javascript, points)


# Rules that look at their numbers


def by_pieces(out, x):
    if x < -1:
        return 1.0
    if x <= 0.5:
        return x
    if x == 2:
        return 7.0
    return -x


def nested(out, x):
    if x > 0:
        return 10.0 if x >= 2 else 20.0
    return 30.0 if x != -1 else 40.0


def of_shared_expressions(out, x):
    y = x * x + 1
    if y > 3:
        return y * y if y < 6 else y + y
    return y


LOOKING = {
    "by pieces": by_pieces,
    "nested": nested,
    "of shared expressions": of_shared_expressions,
    "guarded by an earlier comparison": lambda out, x: 1 / x if x != 0 and 1 / x < 1 else 5.0,
    "of infinities": lambda out, x: 1.0 if x == math.inf or x < -math.inf else 2.0,
    "of builtins": lambda out, x: max(x, -x, 1.0) + min(x, 0.0),
    "of truth": lambda out, x: x > True,
    "among numbers": lambda out, x: 3.0 if x in (1, 2, 7) else x,
}


@pytest.mark.parametrize("name", LOOKING)
def test_a_rule_that_looks_at_its_numbers_becomes_choices(javascript, name):
    check(javascript, custom(LOOKING[name]))


def test_rules_compare_their_inputs_and_look_at_the_result(javascript):
    larger = Operation(
        "larger",
        max,
        [lambda out, x, y: 1.0 if x >= y else 0.0, lambda out, x, y: 0.0 if out == x else 1.0],
        inputs=("x", "y"),
        javascript="{0} >= {1} || Number.isNaN({1}) ? {0} : {1}",
    )
    found = [[x, y] for x, y in product(NUMBERS, repeat=2) if not math.isnan(x + y)]
    assert not disagreements(javascript, [(Key(larger, (True, True)), xs) for xs in found])


def test_choices_are_written_as_a_person_would():
    source = partials_of(custom(lambda out, x: 1.0 if x < 0 else out if x == 0 else 2 * x))
    assert source.splitlines()[1:-2] == [
        "    if (x1 < 0.0) return [1.0];",
        "    if (!(x1 < 0.0) && x1 === 0.0) return [out];",
        "    return [2.0 * x1];",
    ]


def halved(out, x):
    while x > 1:
        x = x / 2
    return x


def counted(out, x):
    count = 0.0
    while True:
        if x < count:
            return count
        count += 1


def of_many_choices(out, x):
    return sum(1.0 for i in range(10) if x > i)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (halved, "square has a derivative that can't be written as JavaScript: its rule needs"),
        (counted, "it compares again and again"),
        (of_many_choices, "the derivative of square makes too many choices"),
        (lambda out, x: math.exp(x), "its rule needs numbers"),
        (lambda out, x: 1.0 if x else 2.0, "its rule needs numbers"),
        (lambda out, x: 1.0 if x < "a" else 2.0, "its rule needs numbers"),
        (lambda out, x: 1.0 if x < 10**400 else 2.0, "its rule needs numbers"),
        (lambda out, x: "2 * x", "its rule needs numbers"),
        (lambda out, x: 1 / 0, "its rule needs numbers"),
    ],
)
def test_a_rule_that_cannot_be_written_is_refused(rule, told):
    with pytest.raises(NoJavaScriptError, match=told):
        write_rule(Key(custom(rule), (True,)))


def test_a_comparison_that_would_be_too_long_is_refused():
    def doubling(out, x):
        for _ in range(40):
            x = x + x
        return 1.0 if x < 1 else 2.0

    with pytest.raises(NoJavaScriptError, match="too long"):
        write_rule(Key(custom(doubling), (True,)))


# How operations and numbers are written


def test_an_operation_that_is_not_in_the_table_says_how_it_is_written(javascript):
    square = Operation("square", lambda x: x * x, [lambda out, x: 2 * x], javascript="{0} ** 2")
    check(javascript, square)
    of_expressions = Operation(
        "of_expressions",
        lambda x: x,
        [lambda out, x: square(x - 1) * square(-2.0 - x) - square(-x)],
        javascript="{0}",
    )
    check(javascript, of_expressions)


@pytest.mark.parametrize("javascript", ["{0} /* </script> */", "<!-- {0}"])
def test_what_would_end_the_script_is_refused(javascript):
    ending = Operation("ending", abs, [lambda out, x: 1.0], javascript=javascript)
    with pytest.raises(NoJavaScriptError, match="the JavaScript of ending would end the script"):
        write_rule(Key(ending, (True,)))


def test_without_that_it_is_refused_with_the_remedy():
    square = Operation("square", lambda x: x * x, [lambda out, x: 2 * x])
    with pytest.raises(NoJavaScriptError, match=r'Operation\(\.\.\., javascript="\.\.\."\) says'):
        write_rule(Key(square, (True,)))
    derivative = custom(lambda out, x: square(x))
    with pytest.raises(NoJavaScriptError, match="square isn't in the table"):
        write_rule(Key(derivative, (True,)))


def test_a_name_of_the_table_does_not_make_a_row():
    tanh = Operation("tanh", lambda x: x, [lambda out, x: 1.0])
    with pytest.raises(NoJavaScriptError, match="tanh isn't in the table"):
        write_rule(Key(tanh, (True,)))


def test_inputs_whose_names_are_words_of_javascript_have_others(javascript):
    odd = Operation(
        "odd",
        lambda x, y: x - y,
        [lambda out, x, y: x * y, lambda out, x, y: out],
        inputs=("delete", "math"),
        javascript="{0} - {1}",
    )
    check(javascript, odd)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (math.inf, "Infinity"), (-math.inf, "-Infinity"), (math.nan, "NaN"), (-2.0, "-2.0"),
        (-0.0, "-0.0"), (1e300, "1e+300"), (5e-324, "5e-324"), (3, "3.0"), (True, "1.0"),
    ],
)  # fmt: skip
def test_a_number_is_a_literal(javascript, number, written):
    operation = custom(lambda out, x: number)
    assert f"=> [{written}]," in write_rule(Key(operation, (True,)))
    check(javascript, operation)


@pytest.mark.parametrize(
    "rule",
    [
        lambda out, x: -op.neg(x),
        lambda out, x: -x - (-x - 1) - (x - -3.0),
        lambda out, x: -((-x) * 3) * -x,
        lambda out, x: (x + 1) * (x - 1) * -(x + 2),
        lambda out, x: (-x) ** 2 - -(2.0 ** -(x * x)),
        lambda out, x: 2 * (x * (x * 3)) - (x + (x + out)),
        lambda out, x: -math.inf * x + (x - math.nan),
    ],
)
def test_parentheses_stand_where_they_are_needed(javascript, rule):
    check(javascript, custom(rule))


def test_a_sign_never_meets_another():
    minus = Operation("minus", lambda x: -x, [lambda out, x: -1.0], javascript="-{0}")
    twice = custom(lambda out, x: minus(minus(x)) - minus(-x))
    assert "--" not in write_rule(Key(twice, (True,)))


# The rules of a graph


def test_nodes_share_the_functions_that_can_be_shared():
    x, rules = Value(2.0), Rules()
    nodes = [x * x, x * 3, x * 4, x * x * x, 3 * x, x, x.sin()]
    assert [rules.add_node(node) for node in nodes] == [0, 1, 1, 0, 2, None, 3]
    assert rules.missing == ""
    assert [rule["wanted"] for rule in rules.descriptions[:3]] == [
        (True, True), (True, False), (False, True),
    ]  # fmt: skip


def test_a_missing_rule_is_told_and_the_others_are_written():
    x, rules = Value(2.0), Rules()
    odd = Operation("an odd one", lambda x: x, [lambda out, x: 1.0])
    rules.add_node(odd(x))
    rules.add_node(x.sin())
    assert "an odd one isn't in the table" in rules.missing
    assert "math.sin(x)" in rules.write_script()
    assert rules.write_script().count("{}") == 1
