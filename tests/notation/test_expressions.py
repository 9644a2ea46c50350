"""Expressions typed as text: what they record, and what is refused, where and with what remedy."""

import ast
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from strategies import finite, searching

from micrograd_nn import OPERATIONS, Constant, Reduction, Value, nodes
from micrograd_nn.notation.expressions import (
    LONGEST_EXPRESSION,
    ExpressionError,
    list_leaf_names,
    parse,
)

NUMBERS = {"x": 2.0, "w": -3.0, "b": 0.5}
NEURON = {"w1": -3, "x1": 2, "w2": 1, "x2": 0, "b": 6.88}


def refused(text, **numbers):
    """Return the reason, the line quoted and the character under the caret."""
    with pytest.raises(ExpressionError) as caught:
        parse(text, numbers)
    reason, line, caret = str(caught.value).split("\n")
    assert caret.strip() == "^"
    before = next(i for i in range(len(line) + 1) if cell_len(line[:i]) == len(caret) - 1)
    return reason, line.strip(), line[before:]


def test_an_expression_is_the_graph_that_python_would_record():
    root = parse("tanh(w1*x1 + w2*x2 + b)", NEURON)
    assert root.data == math.tanh(0.88)
    assert root.label == "output"
    labels = [node.label for node in nodes(root) if node.operation is None]
    assert labels == ["w1", "x1", "w2", "x2", "b"]
    root.backward()
    assert nodes(root)[1].grad == pytest.approx(-3 * (1 - root.data**2))


def test_each_place_is_recorded_once_and_in_the_order_of_reading():
    root = parse("x*w + b/x - -x", NUMBERS)
    operations = [node.operation.name for node in nodes(root) if node.operation]
    assert operations == ["mul", "truediv", "add", "neg", "sub"]


def test_a_leaf_alone_keeps_its_name():
    for text in ("x", "+x", "((x))"):
        root = parse(text, {"x": 3})
        assert (root.data, root.label, root.operation) == (3.0, "x", None)


@pytest.mark.parametrize("text", ["2", "2 + 3*4", "sum()", "exp(0)", "dot([1], [2])"])
def test_numbers_alone_are_a_constant(text):
    assert type(parse(text)) is Constant


def test_reductions_take_arguments_or_lists_and_dot_takes_lists():
    assert parse("sum(x, w, b)", NUMBERS).data == parse("sum([x, w, b])", NUMBERS).data == -0.5
    assert parse("max(x, w) + mean(x, b, 1) * min(x, w, b)", NUMBERS).data == -1.5
    assert parse("dot([x, w], [w, 2], b)", NUMBERS).data == -11.5
    assert parse("dot([x], [2])", {"x": 3}).operation is OPERATIONS["dot"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("x−3", -1), ("x×w", -6), ("x·w", -6), ("x⋅w", -6), ("w ÷ x", -1.5), ("x²", 4), ("(x)³", 8),
     ("-x²", -4), ("x⁻¹ + w", -2.5), ("x²·w²", 36), ("x¹⁰", 1024), ("x − −w", -1)],
)  # fmt: skip
def test_signs_that_no_keyboard_has_are_those_of_a_keyboard(text, value):
    numbers = {name: NUMBERS[name] for name in "xw" if name in text}
    assert parse(text, numbers).data == value


@pytest.mark.parametrize("text", ["x²**3", "x² ³", "x²3", "x².5", "x²e5", "x×*2", "x··2"])
def test_signs_that_would_be_another_operator_are_refused(text):
    with pytest.raises(ExpressionError, match=r"can be read in two ways here|not an expression"):
        parse(text, {"x": 2})


def test_a_failure_has_the_names_that_the_formula_has():
    reason, *_ = refused("y/x", y=1, x=0)
    assert reason == "y / x needs x != 0; y = 1, x = 0"
    assert refused("y**(x - 1)", y=0, x=0)[0] == (
        "y ** (x - 1) needs y != 0 where x - 1 < 0, and y > 0 where x - 1 is a fraction; "
        "y = 0, x - 1 = -1"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/0", "1 / 0 needs a divisor other than 0"),
        ("x/0.0", "x / 0.0 needs a divisor other than 0; x = 2"),
        ("mod(x, -0)", "x % (-0) needs a divisor other than 0; x = 2"),
        ("1/(2 - x)", "1 / (2 - x) needs 2 - x != 0; 2 - x = 0"),
        ("0**-x", "0 ** (-x) needs a base other than 0 where -x < 0, and 0 > 0 where -x is a "
         "fraction; -x = -2"),
        ("log(-1)", "log(-1) needs -1 > 0"),
    ],
)  # fmt: skip
def test_a_failure_of_written_numbers_is_told_in_words(text, reason):
    assert refused(text, **{"x": 2} if "x" in text else {})[0] == reason


def test_nan_and_infinity_may_be_given():
    assert math.isnan(parse("x - x", {"x": math.inf}).data)
    assert math.isnan(parse("x + 1", {"x": math.nan}).data)


@pytest.mark.parametrize(
    ("text", "reason", "at"),
    [
        ("x3 + 1", "x3 has no value: add x3=…", "x3"),
        ("x ^ 2", "^ is not allowed: write **", "^"),
        ("(x)//(-2)", "// is not allowed: write floordiv(a, b)", "//"),
        ("(x ) % -2", "% is not allowed: write mod(a, b)", "%"),
        ("x<<-2", "<< is not allowed", "<<"),
        ("1 + (x < 2)", "a comparison is not allowed: max, min, relu and step", "x <"),
        ("1 + x.tanh()", "attribute access is not allowed: write a function as tanh(x)", "x."),
        ("x + 'a'", "a text is not allowed", "'a'"),
        ("x + f'{x}'", "a text is not allowed", "f'"),
        ("leaky_relu(x, slope=0.1)", "a keyword argument is not allowed: give the", "slope"),
        ("tanh(*x)", "a star before an argument is not allowed", "*x"),
        ("x if x else 1", "a condition is not allowed", "x if"),
        ("x and x", "'and' or 'or' is not allowed", "x and"),
        ("not x", "'not' or '~' is not allowed", "not"),
        ("x[0]", "an index is not allowed: give each number a name", "x["),
        ("x, x", "a comma here is not allowed", "x,"),
        ("1 + [x for x in x]", "a loop is not allowed: write what", "[x"),
        ("(lambda: x)", "lambda is not allowed", "lambda"),
        ("(y := x)", ":= is not allowed", "y"),
        ("tanh(x)(x)", "this is not allowed", "tanh(x)(x)"),
        ("2 + 1j", "1j is not allowed", "1j"),
        ("2 * True", "True is not allowed", "True"),
        ("2 * ...", "Ellipsis is not allowed", "..."),
        ("x + 1e999", "the number is beyond the largest float, 1.8e308", "1e999"),
        ("x + " + "9" * 400, "the number is beyond the largest float, 1.8e308", "999"),
        ("x # + 1", "a comment is not allowed", "#"),
        ("y = x", "= is not allowed here: the numbers of names stand beside the", "="),
        ("1 + tahn(x)", "tahn isn't a function here: did you mean tan or tanh", "tahn"),
        ("1 + foo(x)", "foo isn't a function here: use exp, log, sqrt", "foo"),
        ("softmax(x, x)", "softmax gives several numbers: write one of them, as exp(a)/(", "s"),
        ("lambda*2 + x", "lambda is a word of Python's: use another name", "lambda"),
        ("x²3", "² can be read in two ways here: write * for a product, ** for", "²"),
        ("x·*2", "· can be read in two ways here", "·"),
        ("x + exp", "exp is a function: call it, as exp(…)", "exp"),
        ("x + tanh()", "tanh(x) takes 1 input, not 0", "tanh()"),
        ("x + tanh(x, x)", "tanh(x) takes 1 input, not 2", "tanh("),
        ("x + mean()", "mean(values) needs at least one value", "mean"),
        ("x + dot(x, x)", "dot takes two lists", "dot"),
        ("dot([x], [x, x])", "as many weights as inputs; 1 weights, 2 inputs", "dot"),
        ("dot([[x]], [x])", "dot needs a real number or a Value, not a list", "dot"),
        ("[x]", "a list isn't one number", "[x]"),
        ("x + [x]", "add needs a real number or a Value, not a list", "+ ["),
        ("2 * log(-x)", "log(-x) needs -x > 0; -x = -2", "log(-x)"),
        ("1 + (x)/(x - x)", "x / (x - x) needs x - x != 0; x = 2, x - x = 0", "/"),
        ("sqrt(x - 2)", "the derivative of sqrt(x - 2) needs x - 2 > 0; x - 2 = 0", "sqrt"),
        ("exp(x * 1000)", "exp(x * 1000) is beyond the largest float, 1.8e308; x *", "exp"),
        ("x x", "not an expression", "x"),
        ("1 + 2x", "a product needs its sign: write 2*x, not 2x", "2x"),
        ("x" * (LONGEST_EXPRESSION + 1), "the expression is longer than 2,000 characters", "x"),
    ],
)  # fmt: skip
def test_what_is_not_arithmetic_is_refused_at_its_place(text, reason, at):
    said, _, rest = refused(text, x=2)
    assert reason in said
    assert rest.startswith(at)


def test_the_caret_counts_characters_as_wide_as_they_are_shown():
    reason, line, rest = refused("é*日本*log(-日本)", é=1, 日本=3)
    assert "log(-日本) needs -日本 > 0; -日本 = -3" in reason
    assert line == "é*日本*log(-日本)"
    assert rest.startswith("log")
    assert refused("(日本)^(é)", é=1, 日本=3)[2].startswith("^")


def test_a_long_expression_is_quoted_around_the_caret():
    _, line, rest = refused("x + " * 300 + "log(-x)" + " + x" * 100, x=2)
    assert line.startswith("…")
    assert line.endswith("…")
    assert len(line) < 80
    assert rest.startswith("log")


def test_a_number_for_a_name_that_is_not_there_is_refused():
    with pytest.raises(ExpressionError, match=r"^y is given a value but isn't in .*: 2 \* x$"):
        parse("2 * x", {"x": 1, "y": 2})


def test_a_number_can_not_have_an_operations_name():
    with pytest.raises(ExpressionError, match="step is a function here"):
        parse("2 * step", {"step": 1})


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_expression_is_refused(text):
    with pytest.raises(ExpressionError, match="the expression is empty"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "x" + ")" * 900, "-" * 1999 + "x", "x" + "+x" * 999, "x**" * 600 + "x",
        "exp(" * 400 + "x" + ")" * 400, "[" * 1000, "(" * 2000, "{" * 99 + "}" * 99, "9" * 1999,
        "x\0", "\ud800", "'" * 3, "\\", "\ufeffx", "x\x0c", "f'{", "await x", "x if", "*x", "yield",
    ],
)  # fmt: skip
def test_no_text_gives_another_error(text):
    try:
        assert isinstance(parse(text, {"x": 1}), Value)
    except ExpressionError as error:
        assert str(error).count("\n") == 2  # noqa: PT017  # either may come, by Python's version


FRAGMENTS = st.sampled_from(
    [*"xwb+-*/().,=[]{}:'\"#^%<>~@!;\\\n\t 0123456789é日ﬁ", "**", "tanh(", "sum(", "dot([", "])",
     "lambda", " if ", " else ", " for ", " in ", "1e999", "1j", "__import__", "f'", "\0", "x=2"]
)  # fmt: skip


@searching
@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=30).map("".join)))
@example("{**x}")
@example("x in x for")
def test_any_text_gives_a_value_or_an_expression_error(text):
    numbers = {name: number for name, number in NUMBERS.items() if name in text}
    try:
        assert isinstance(parse(text, numbers), Value)
    except ExpressionError as error:
        assert str(error)  # noqa: PT017


def random_expression(rng, depth):
    """Return the text of a random expression, which may be out of an operation's domain."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice([*NUMBERS, *NUMBERS, "2.0", "0.25", "1e-3"])
    part = [random_expression(rng, depth - 1) for _ in range(3)]
    kind = rng.random()
    if kind < 0.5:
        return f"({part[0]} {rng.choice(['+', '-', '*', '/', '**'])} {part[1]})"
    if kind < 0.6:
        return f"{rng.choice('+-')}{part[0]}"
    row = rng.choice(list(OPERATIONS.values()))
    if row.name == "dot":
        return f"dot([{part[0]}, {part[1]}], [{part[2]}, {part[0]}])"
    count = 3 if isinstance(row, Reduction) else len(row.inputs)
    return f"{row.name}({', '.join(part[:count])})"


@searching
@given(st.randoms(use_true_random=False), finite)
def test_a_valid_expression_is_what_python_says(rng, x):
    text = random_expression(rng, 4)
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    given_numbers = {name: n for name, n in {**NUMBERS, "x": x}.items() if name in names}
    try:
        python = eval(text, dict(OPERATIONS), given_numbers)
    except (ArithmeticError, ValueError, TypeError):  # out of a domain; a complex power
        python = None
    try:
        ours = parse(text, given_numbers).data
    except ExpressionError:  # also where there is a value and no derivative
        return
    assert ours == python or (math.isnan(ours) and math.isnan(python))


def test_a_name_may_stand_for_a_value_that_keeps_its_label():
    x = Value(3.0, "x")
    a = parse("2*x", {"x": x})
    a.label = "a"
    root = parse("a*x", {"a": a, "x": x})
    assert root.inputs == (a, x)
    assert (root.data, a.label) == (18.0, "a")
    assert parse("a", {"a": a}) is a
    assert a.label == "a"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("tanh(w*x + b) + w", ["w", "x", "b"]),
        ("sum(b, [a, c])", ["b", "a", "c"]),
        ("foo(x) + tanh", ["x"]),
        ("é*ﬁ", ["é", "fi"]),
        ("2 + 3", []),
    ],
)
def test_leaves_are_listed_as_they_appear(expression, names):
    assert list_leaf_names(expression) == names


def test_an_error_knows_its_character_whatever_is_shown_of_the_text():
    with pytest.raises(ExpressionError) as caught:
        list_leaf_names(" " * 3 + "x + " * 100 + "(")
    assert caught.value.at == 400
    assert ExpressionError("x has no value").at is None
