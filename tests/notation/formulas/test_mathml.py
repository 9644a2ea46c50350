"""Formulas as MathML: well-formed, with a place for each input and the parentheses it may need."""

import re
import xml.etree.ElementTree as ET

import pytest
from golden import assert_stands
from places import GOLDEN
from strategies import every_row, for_every_row

from micrograd_nn import Operation, Reduction, Value, no_grad
from micrograd_nn._ground.text import make_printable
from micrograd_nn.engine import table as op
from micrograd_nn.engine.setting import Observer, observed_by
from micrograd_nn.notation.formulas.latex import Latex
from micrograd_nn.notation.formulas.mathematics import SPELLED_OUT
from micrograd_nn.notation.formulas.mathml import MOST_INPUTS, Formulas, is_mathml
from micrograd_nn.notation.writing.notation import Text

GOLDEN = GOLDEN / "mathml.txt"
ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msup", "msqrt"}


def node_of(row, count=None):
    """Return a node of a row, from inside its domain and away from kinks.

    Of three inputs, but of two if it is a logsumexp: a longer softmax has no formula.
    """
    count = count or (2 if row is op.logsumexp else 3)
    domain = row.domain[:1] * count if isinstance(row, Reduction) else row.domain
    numbers = [low + (high - low) * (0.6 + 0.05 * i) for i, (low, high) in enumerate(domain)]
    return row.apply([Value(x) for x in numbers])


def formulas_of(node, formulas=None):
    """Return the formula of a node and those of its local derivatives, as texts."""
    formulas = formulas or Formulas()
    found = [formulas.add_operation(node)]
    found += [formulas.add_partial(node, i) for i in range(len(node.inputs))]
    return [None if i is None else formulas.texts[i] for i in found]


def places_in(text):
    """Return the places in a formula, in the order of reading."""
    return [int(at) for at in re.findall(r'data-place="(-?\d+)"', text)]


def spelled(text, names, is_signed=False):
    """Return a formula on one line, filled as a page fills it: a signed one keeps parentheses."""

    def line(element):
        texts = [line(child) for child in element]
        match element.tag:
            case "mi" if "data-place" in element.attrib:
                return names[int(element.get("data-place"))]
            case "mo" if element.get("class") == "sign":
                return element.text if is_signed else ""
            case "mo" if element.text in "+−·=,":
                return f" {element.text} "
            case "mfrac":
                return "{{{}}}/{{{}}}".format(*texts)
            case "msup":
                return "{}^{{{}}}".format(*texts)
            case "msqrt":
                return f"√{{{''.join(texts)}}}"
        return (element.text or "") + "".join(texts)

    return line(ET.fromstring(text))


# The table


@for_every_row
def test_each_row_and_each_of_its_local_derivatives_has_a_formula(row):
    node = node_of(row)
    n_inputs = len(node.inputs)
    texts = formulas_of(node)
    assert None not in texts
    for text in texts:
        math = ET.fromstring(text)
        assert {element.tag for element in math.iter()} <= ELEMENTS
        assert len(math) == 1, "a page copies the first element"
        assert set(places_in(text)) <= set(range(-1, n_inputs))
        assert not re.search(r"[\ue000-\uf8ff\\{}]", text), "all is converted"
    assert sorted({*places_in(texts[0])}) == list(range(n_inputs))


def test_the_formulas_read_well():
    """Show all rows in a golden text: filled with names, then with −2, −3, … and out with −1."""
    lines = []
    for row in every_row:
        node = node_of(row)
        names = dict(enumerate([*row.inputs] if len(row.inputs) > 1 else ["x"]))
        if isinstance(row, Reduction):
            names = dict(enumerate(["x", "y", "z"]))
        signed = {i: f"−{i + 2}" for i in names} | {-1: "−1"}
        names[-1] = "out"
        texts = formulas_of(node)
        heads = [row.name, *[f"∂{names[i]}" for i in range(len(node.inputs))]]
        for head, text in zip(heads, texts, strict=True):
            lines.append(f"{head:>10}  {spelled(text, names)}")
            if 'class="sign"' in text:
                lines.append(f"{'':>10}  {spelled(text, signed, is_signed=True)}")
    assert_stands("\n".join(lines) + "\n", GOLDEN)


# Places


def test_plain_numbers_are_part_of_a_derivatives_formula():
    x = Value(2.0)
    assert spelled(formulas_of(x**3)[1], {0: "x"}) == "3 · x^{2}"
    assert spelled(formulas_of(x**-2)[1], {0: "x"}).replace(" ", "") == "−2·x^{−3}"
    assert spelled(formulas_of(x * -2.0)[1], {0: "x"}).replace(" ", "") == "−2"
    assert formulas_of(2 * x)[1:] == [None, NUMBER_2]


def test_an_input_that_is_used_twice_has_two_places():
    x = Value(3.0)
    assert [places_in(text) for text in formulas_of(x * x)] == [[0, 1], [1], [0]]


def test_nodes_of_one_kind_share_their_formulas():
    x, y, formulas = Value(2.0), Value(3.0), Formulas()
    for node in (x * y, y * x, (x * y) * x, x**2, y**2, x.sin(), y.sin()):
        formulas_of(node, formulas)
    assert len(formulas.texts) == 3 + 2 + 2


# Many inputs


@pytest.mark.parametrize("row", [op.sum, op.dot, op.level], ids=lambda row: row.name)
def test_a_long_operation_has_no_formula_but_its_derivatives_have(row):
    values = [Value(0.1 * i) for i in range(MOST_INPUTS)]
    assert Formulas().add_operation(row.apply(values[:SPELLED_OUT])) is not None
    node = row.apply(values[: SPELLED_OUT + 1])
    assert Formulas().add_operation(node) is None
    longest = row.apply(values)
    for position in (0, MOST_INPUTS // 2, MOST_INPUTS - 1):
        formulas = Formulas()
        assert formulas.add_partial(longest, position) == 0
        assert set(places_in(formulas.texts[0])) <= set(range(-1, MOST_INPUTS))


def test_an_operation_of_more_inputs_has_none():
    node = op.sum.apply([Value(1.0)] * (MOST_INPUTS + 1))
    assert Formulas().add_partial(node, 0) is None


# What isn't a formula


def test_names_are_no_part_of_a_formula():
    x, y = Value(2.0, "hidden"), Value(3.0, "</template>")
    text = "".join(map(str, formulas_of(op.atan2(x, y * x).exp() * x)))
    assert "hidden" not in text
    assert "template" not in text


NAMES = ["a_b", "_", "2x", "a b", "<b>&amp;", "x{0}", "{", "}", r"\frac", "$x$", "ﬂ∂", "a\nb"]


@pytest.mark.parametrize("name", [*NAMES, "\ud800", "\ue001"])
def test_an_operations_name_stands_as_it_is(name):
    odd = Operation(name, lambda x: x, [lambda out, x: 1.0])
    text = formulas_of(odd(Value(2.0)))[0]
    shown = spelled(text, {0: "□"})
    assert shown.replace("\xa0", "") == f"{make_printable(name)}(□)".replace(" ", "")


def test_a_rule_that_looks_at_numbers_has_no_formula():
    odd = Operation("odd", lambda x: x, [lambda out, x: 1.0 if x > 0 else 2.0])
    assert Formulas().add_partial(odd(Value(2.0)), 0) is None


def test_a_derivative_that_is_too_long_to_be_read_has_no_formula():
    odd = Operation("odd", lambda x: x, [lambda out, x: sum([x] * 20)])
    assert Formulas().add_partial(odd(Value(2.0)), 0) is None


def test_what_has_no_formula_at_some_numbers_may_have_one_at_others():
    odd = Operation("odd", lambda x: x, [lambda out, x: 5.0 if x == 3 else x])
    formulas = Formulas()
    assert formulas.add_partial(odd(Value(3.0)), 0) is None, "5 isn't x"
    assert formulas.add_partial(odd(Value(2.0)), 0) == 0


def test_formulas_are_found_without_recording_and_nobody_is_told():
    class Counting(Observer):
        def made(self, node):
            raise AssertionError(f"{node} is told of")

    node = Value(2.0) * Value(3.0)
    with observed_by(Counting()), no_grad():
        assert None not in formulas_of(node)


# An operation of one's own, whose LaTeX may be anything


NUMBER_2 = "<math><mrow><mn>2</mn></mrow></math>"


def operation(latex):
    return Operation("mine", lambda x: 2 * x, [lambda out, x: 2.0], latex=latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{{</template><img src=x onerror=alert(1)>}}{0}", r"\text{{<!--}}{0}",
        r"\href{{javascript:alert(1)}}{{{0}}}", r"\class{{view}}{{{0}}}",
        r"\style{{position:fixed}}{{{0}}}", r"\text{{<?x ?>}}{0}", r"\text{{<![CDATA[}}{0}",
        r"\frac{x}{2}", r"\frac{{{0}}", r"{0", r"{0.nothing}", "{5}", "",
    ],
)  # fmt: skip
def test_latex_that_is_no_formula_is_left_out_for_the_name(latex):
    (text, _) = formulas_of(operation(latex)(Value(3.0)))
    assert text is None or spelled(text, {0: "x"}) == "mine(x)"
    assert "javascript" not in Latex().write_operation(operation(latex), [Text("x")]).text


@pytest.mark.parametrize(
    "latex",
    [
        r"\textcolor{{red}}{{{0}}}", r"\unknown{{{0}}}", r"\text{{&amp}} {0}", r"{0} }} {{",
        r"\left({0}", "{0}^", "{{", r"\begin{{foo}}{0}",
    ],
)  # fmt: skip
def test_what_only_the_conversion_shows_to_be_no_formula_is_left_out(latex):
    assert formulas_of(operation(latex)(Value(3.0))) == [None, NUMBER_2]


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt[3]{{{0}}}", r"\overline{{{0}}}", r"\mathbb{{R}}({0})", r"\sum_{{i=1}}^n {0}",
        "{0}'", r"\left\lceil {0} \right\rceil", r"\begin{{cases}} {0} \\ 0 \end{{cases}}",
        r"1 < {0}",
        r"\underbrace{{{0}}}_{{a}}", r"\text{{twice }} {0}",
    ],
)  # fmt: skip
def test_whatever_latex_is_a_formula_is_kept(latex):
    text = formulas_of(operation(latex)(Value(3.0)))[0]
    assert "mine" not in text
    assert places_in(text) == [0]


@pytest.mark.parametrize(
    "text",
    [
        "<math><mtext></template><img src=x></mtext></math>", "<math><mi>x</mi></math><mi>y</mi>",
        "<math><mi onclick=\"x\">x</mi></math>", "<math><a>x</a></math>", "<math><!-- x --></math>",
        "<math><mrow href=\"javascript:x\"><mi>x</mi></mrow></math>", "<math>&nbsp;</math>",
        "<math><?x?></math>", "<math><mi style=\"x\">x</mi></math>", "<math><mi>x<</mi></math>", "",
    ],
)  # fmt: skip
def test_other_markup_than_formulas_is_none(text):
    assert not is_mathml(text)
