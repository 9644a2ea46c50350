"""Operations as source: read back by Python, they compute the very same numbers."""

import keyword
import math
import unicodedata
from struct import pack

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import every_row, for_every_row, inputs_of, searching

from micrograd_nn import Operation
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import ARITHMETIC, Reduction
from micrograd_nn.notation.python import RESERVED, RULES, Python, PythonIdentifiers
from micrograd_nn.notation.writing.notation import MOST_TERMS, Text


def bits(x):
    return pack("d", x)


def write_parts(operation, inputs):
    return Python().write_parts(operation, inputs)


def write_number(x):
    return Python().write_number(x)


def read(parts, names):
    """Compute what the parts of a written operation say, each put behind the result so far."""
    names = {**RULES, **names}
    for i, part in enumerate(parts):
        names["whole"] = eval(f"whole{part.text}" if i else part.text, names)
    return names["whole"]


# Names


LABELS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(sorted(RESERVED)),
    st.sampled_from(["2x", "a-b", "a.b", "a b", "", "_", "__", "½", "x²", "x₁", "é", "λ", "日本"]),
    st.sampled_from(["d_x", "d_x_2", "x_2", "x", "v1", "t1", "v"]),
)


@searching
@given(st.lists(LABELS, max_size=12))
@example(["µ", "μ", "ﬁt", "fit", "𝐱", "x", "ℝ", "R", "ª", "a", "ſ", "s", "Ⅳ", "IV"])
@example(["𝐞𝐱𝐩", "𝐩𝐚𝐫𝐚𝐦𝐞𝐭𝐞𝐫𝐬", "ﬂoat", "𝐢𝐟", "𝐭𝐨𝐭𝐚𝐥"])
def test_any_labels_give_identifiers_of_their_own(labels):
    """Also as Python reads them, in Unicode's compatibility form: micro sign and mu are one."""
    names = PythonIdentifiers()
    given_names = [names.new(label) for label in labels]
    read_as = [unicodedata.normalize("NFKC", name) for name in given_names]
    assert len(set(read_as)) == len(labels)
    for name in (*given_names, *read_as):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert name not in RESERVED


@pytest.mark.parametrize("label", ["x", "w1", "hidden_weight", "größe", "λ", "Σ_total", "日本"])
def test_a_label_that_is_an_identifier_stays(label):
    assert PythonIdentifiers().new(label) == label


OF_PROGRAMS = ["parameters", "rows", "row", "upstream", "start", "results", "total", "BranchError"]
OF_PYTHON = ["exp", "pow", "power", "add", "logsumexp", "print", "lambda", "match", "nan"]


@pytest.mark.parametrize("label", OF_PROGRAMS + OF_PYTHON)
def test_the_names_of_a_program_itself_and_of_python_are_not_given(label):
    assert PythonIdentifiers().new(label) == f"{label}_"


def test_numbered_names_leave_out_what_is_taken():
    names = PythonIdentifiers()
    names.new("v2")
    numbered = names.count_up("v")
    first = [next(numbered), next(numbered)]
    assert first == ["v1", "v3"]
    assert names.new("v4") == "v4"
    assert next(numbered) == "v5"
    assert names.new("v1") == "v1_2"


# Operations as source


@for_every_row
@searching
@given(data=st.data())
def test_each_row_is_written_as_what_it_computes(row, data):
    """On names and on numbers, negative ones too, bit for bit."""
    numbers = data.draw(inputs_of(row))
    is_number = [data.draw(st.booleans()) for _ in numbers]
    names = {f"p{i}": x for i, x in enumerate(numbers)}
    texts = [
        write_number(x) if fixed else Text(name)
        for (name, x), fixed in zip(names.items(), is_number, strict=True)
    ]
    found = read(write_parts(row, texts), names)
    assert bits(found) == bits(row.apply(numbers))


@searching
@given(data=st.data())
def test_operations_within_operations_are_written_as_what_they_compute(data):
    """Three operations deep, with no name between them and with negative constants."""
    names = {"p": data.draw(st.floats(-3, 3)), "q": data.draw(st.floats(-3, 3))}

    def drawn(depth):
        kind = data.draw(st.sampled_from(["name", "number", *["operation"] * 4]))
        if depth == 0 or kind == "name":
            name = data.draw(st.sampled_from(sorted(names)))
            return Text(name), names[name]
        if kind == "number":
            x = data.draw(st.floats(-3, 3))
            return write_number(x), x
        row = data.draw(st.sampled_from(nested))
        inputs = [drawn(depth - 1) for _ in row.inputs]
        texts, numbers = zip(*inputs, strict=True)
        if any(Python().needs_name(row, i) for i in range(len(texts))):
            texts = [Text(f"({x.text})") for x in texts]
        try:
            return write_parts(row, texts)[0], row.forward(*numbers)
        except ARITHMETIC:
            assume(False)

    nested = [row for row in every_row if not isinstance(row, Reduction)]
    nested += [op.add, op.sub, op.mul, op.truediv, op.neg, op.pow] * 8
    text, wanted = drawn(3)
    assert bits(read([text], names)) == bits(wanted)


@pytest.mark.parametrize(
    ("operation", "inputs", "text"),
    [
        (op.pow, [write_number(-3.0), write_number(2.0)], "(-3.0) ** 2.0"),
        (op.pow, [Text("x"), write_number(-2.0)], "x ** -2.0"),
        (op.pow, [Text("-x", "USub", 1), write_number(2.0)], "(-x) ** 2.0"),
        (op.pow, [Text("x"), write_number(0.5)], "pow(x, 0.5)"),
        (op.pow, [Text("x"), write_number(1e22)], "pow(x, 1e+22)"),
        (op.sub, [Text("x"), write_number(-2.0)], "x - -2.0"),
        (op.sub, [Text("x"), Text("y - z", "Sub", 1)], "x - (y - z)"),
        (op.sub, [Text("y - z", "Sub", 1), Text("x")], "y - z - x"),
        (op.truediv, [Text("x"), Text("y * z", "Mult", 1)], "x / (y * z)"),
        (op.mul, [Text("x / y", "Div", 1), Text("z")], "x / y * z"),
        (op.mul, [Text("x"), Text("y / z", "Div", 1)], "x * (y / z)"),
        (op.neg, [Text("x + y", "Add", 1)], "-(x + y)"),
        (op.neg, [write_number(-2.0)], "--2.0"),
        (op.tanh, [Text("x + y", "Add", 1)], "tanh(x + y)"),
    ],
)
def test_parentheses_stand_where_they_are_needed(operation, inputs, text):
    assert write_parts(operation, inputs)[0].text == text


@pytest.mark.parametrize("operation", [op.sum, op.prod, op.dot])
@pytest.mark.parametrize("count", [1, 2, 3, MOST_TERMS, MOST_TERMS + 1, 2 * MOST_TERMS + 1, 700])
def test_a_long_sum_in_parts_is_the_same_number(operation, count):
    names = {f"p{i}": math.sin(i) + 1.3 for i in range(count)}
    parts = write_parts(operation, [Text(name) for name in names])
    assert bits(read(parts, names)) == bits(operation.forward(*names.values()))
    longest = max(part.text.count(" + ") + part.text.count(" * ") for part in parts)
    assert longest <= 2 * MOST_TERMS


def test_an_input_that_a_form_has_twice_needs_a_name():
    assert Python().needs_name(op.relu, 0)
    assert Python().needs_name(op.sum, 0)
    assert not Python().needs_name(op.mul, 0)
    assert not Python().needs_name(op.max, 0)
    assert not Python().needs_name(op.tanh, 0)


FORMS = {
    "{0} if {1} > 0.0 else 0.0": lambda x, y: x if y > 0.0 else 0.0,
    "{0} % {1}": lambda x, y: x % y,
    "{0} // {1}": lambda x, y: x // y,
    "{0} or {1}": lambda x, y: x or y,
    "{0} and {1}": lambda x, y: x and y,
    "{0} > {1}": lambda x, y: x > y,
    "+{0} + {1}": lambda x, y: +x + y,
    "-{0}": lambda x, y: -x,
    "+{0}": lambda x, y: +x,
}


@pytest.mark.parametrize("inner", FORMS)
def test_a_form_of_any_operator_can_stand_within_any_other(inner):
    def operation(form):
        return Operation("own", FORMS[form], [lambda out, x, y: 0.0] * 2, inputs="xy", code=form)

    names = {"p": 2.5, "q": 0.75, "r": 1.5}
    p, q, r = names.values()
    within = write_parts(operation(inner), [Text("p"), Text("q")])[0]
    product = write_parts(op.mul, [Text("r"), within])[0]
    assert read([product], names) == r * FORMS[inner](p, q)
    for outer in FORMS:
        first = write_parts(operation(outer), [within, Text("r")])[0]
        last = write_parts(operation(outer), [Text("r"), within])[0]
        assert read([first], names) == FORMS[outer](FORMS[inner](p, q), r), outer
        assert read([last], names) == FORMS[outer](r, FORMS[inner](p, q)), outer


@pytest.mark.parametrize("form", ["(1.0 if {0} in {{1.0, 2.0}} else 0.0)", "1.0 * len({{{0}}})"])
def test_a_form_may_have_braces_of_its_own(form):
    odd = Operation("odd", lambda x: 1.0, [lambda out, x: 0.0], code=form)
    assert read(write_parts(odd, [Text("p")]), {"p": 1.0}) == 1.0


@pytest.mark.parametrize("count", [1, 3, 8, 9, 12])
def test_a_form_may_have_many_inputs(count):
    form = " + ".join(f"{{{i}}}" for i in range(count))
    names = tuple(f"p{i}" for i in range(count))
    row = Operation(
        "own", lambda *xs: math.fsum(xs), [lambda out, *xs: 1.0] * count, inputs=names, code=form
    )
    texts = [write_number(-1.0)] * count
    assert read(write_parts(row, texts), {}) == -count


@given(st.floats(allow_nan=False))
def test_a_number_is_read_as_it_is(x):
    assert bits(read([write_number(x)], {})) == bits(x)
    assert (write_number(x).operator == "USub") == (math.copysign(1.0, x) < 0)
