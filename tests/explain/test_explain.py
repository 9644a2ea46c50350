"""One gradient explained: its ledger, its paths, its formula, and that each arrives as text."""

import math
import random
import re

import pytest
from golden import assert_stands
from hypothesis import assume, given
from hypothesis import strategies as st
from places import GOLDEN
from sizes import choose_size
from strategies import every_row, for_every_row, graphs, inputs_of, searching

from micrograd_nn import Constant, Operation, Reduction, Value, no_grad, nodes
from micrograd_nn.engine import table as op
from micrograd_nn.explain import explain
from micrograd_nn.explain.finding import SHOWN_PATHS
from micrograd_nn.graph import Graph
from micrograd_nn.graph.paths import LONGEST_PATH, Path
from micrograd_nn.notation.formulas.formula import derive_local
from micrograd_nn.notation.formulas.latex import Latex, escape_latex
from micrograd_nn.notation.formulas.plain import Plain
from micrograd_nn.notation.writing.notation import Text

HOSTILE = 'a|b_{$\\x} <b>*["q"]`\n\x1b[31m# ^~%&\''


def neuron():
    x, w, b = Value(2.0, "x"), Value(-0.5, "w"), Value(0.12, "b")
    n = w * x + b
    n.label = "n"
    out = n.tanh()
    out.label = "o"
    return out, w


def shared():
    w, x = Value(2.0, "w"), Value(0.44, "x")
    out = w * w / x - op.relu(w - x)
    out.label = "L"
    return out, w


def doublings(count):
    x = Value(1.0, "x")
    out = x
    for _ in range(count):
        out = out + out
    return out, x


def hostile():
    x, y = Value(2.0, HOSTILE), Value(-3.0, "two words")
    out = (x * y - y / x) ** 2
    out.label = "−\\frac{"
    return out, x


def choose(graph, data):
    """Return the root of a random graph, and a node that it was made of."""
    root = graph([Value(x) for x in graph.leaves])
    assume(isinstance(root, Value) and not isinstance(root, Constant))
    found = [x for x in nodes(root) if not isinstance(x, Constant)]
    return root, data.draw(st.sampled_from(found))


def equation(root, wrt, names=None):
    return explain(root, wrt, names or {}).equation(Plain()).split("\n  ")


# Shown text


@pytest.mark.parametrize("make", [neuron, shared, hostile], ids=lambda make: make.__name__)
def test_what_is_shown_stands_in_a_file(make):
    told = explain(*make())
    assert_stands(f"{told}\n", GOLDEN / f"explain_{make.__name__}.txt")
    assert_stands(told._repr_markdown_(), GOLDEN / f"explain_{make.__name__}.md")
    assert not hasattr(told, "_repr_latex_"), "VS Code would show that alone"


def test_a_terminal_marks_the_gradient_where_a_line_comes_to_it():
    x1, b = Value(2.0, "x1"), Value(1.0, "b")
    out = x1 + b
    out.label = "out"
    lines = [line for line in explain(out, x1).__rich__().split() if line.spans]
    assert [line.plain.split() for line in lines] == [
        ["The", "gradient", "of", "out", "by", "x1", "is", "1."],
        ["out", "1", "1", "1", "1"],
        ["out", "←", "x1:", "1"],
        ["=", "1"],
    ]
    for line in lines:
        (span,) = line.spans
        assert line.plain[span.start :].strip(".") == "1"


def test_many_paths_are_counted_and_the_largest_are_shown():
    told = explain(*doublings(40))
    assert_stands(f"{told}\n", GOLDEN / "explain_many.txt")
    assert told.path_count == 2**40
    assert len(told.paths) == SHOWN_PATHS


def build_batch(count):
    rng = random.Random(0)
    w, b = Value(0.5, "w"), Value(0.1, "b")
    points = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(count)]
    loss = sum(((w * x + b).tanh() - y) ** 2 for x, y in points) + (w * w) * 0.01
    loss.label = "loss"
    return loss, w


def test_paths_that_are_alike_are_told_once_with_their_sum():
    loss, w = build_batch(100)
    told = explain(loss, w, {})
    assert [kind.times for kind in told.kinds] == [100, 2]
    assert math.fsum(kind.total for kind in told.kinds) == pytest.approx(told.gradient)
    every = sorted((path.product for path in walk_paths(loss, w)), key=abs)
    assert told.products == [every[-1], 0.005], "the largest of each"
    assert told.kinds[0].total == pytest.approx(math.fsum(every) - 0.01)
    lines = str(told).split("\n")
    assert any(line.endswith("gradient (the largest of each kind is shown):") for line in lines)
    (line,) = [line for line in lines if "with 99 more like it in other repetitions" in line]
    assert line.endswith(f", together {told.kinds[0].total:.4g}")
    assert re.match(r"  loss ← .*… \d+ more … ← .* ← w: ", line)
    assert max(map(len, lines)) < 260
    assert told.equation(Plain()).count("\n") < 12


def test_a_result_that_is_used_more_than_once_is_told():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    hidden = w * x
    hidden.label = "hidden"
    told = str(explain(hidden.tanh() * hidden, w, {}))
    assert "Results that are used more than once, where paths part: hidden." in told
    assert "used more than once" not in str(explain(w * w * x, w, {})), "a leaf isn't a result"


def test_kinds_of_paths_too_many_to_walk_are_added_up():
    x = Value(1.0, "x")
    total = Value(0.0)
    for i in range(1, 21):
        y = x * i
        for _ in range(30):
            y = y + y
        total = total + y.tanh() * 0.0 + y
    told = explain(total, x, {})
    assert told.path_count == 20 * 2 * 2**30
    assert sum(kind.times for kind in told.kinds) == told.path_count
    assert math.fsum(kind.total for kind in told.kinds) == told.gradient == 210 * 2**30
    assert len(str(told)) < 10_000


def test_sums_that_underflow_on_the_way_are_not_told():
    x = Value(1.0, "x")
    low, high = Value(1e-200, "low"), Value(1e150, "high")
    told = explain(sum((x * low * low * high * high for _ in range(30)), Value(0.0)), x, {})
    assert told.gradient == pytest.approx(30e-100)
    assert told.kinds == []


# The ledger


@searching
@given(graphs(), st.data())
def test_the_ledger_adds_up_exactly_to_what_backward_computes(graph, data):
    root, wrt = choose(graph, data)
    told = explain(root, wrt, {})
    before = [(x.data, x.grad, x.passes) for x in nodes(root)]
    texts = str(told), told._repr_markdown_()
    assert before == [(x.data, x.grad, x.passes) for x in nodes(root)]
    total = 0.0
    for step in told.ledger:
        total += step.share
    assert total == told.gradient or wrt is root
    root.backward()
    assert told.gradient == wrt.grad
    assert texts[0] == str(explain(root, wrt, {}))  # a backward pass changes nothing in it
    if told.path_count <= SHOWN_PATHS:
        total = math.fsum(path.product for path in told.paths)
        size = max(abs(path.product) for path in told.paths)
        assert math.isclose(total, told.gradient, rel_tol=1e-9, abs_tol=1e-9 * size)


def test_the_gradient_of_a_node_by_itself_is_one():
    x = Value(3.0, "x")
    told = explain(x, x)
    assert (told.gradient, told.ledger, told.path_count) == (1.0, [], 1)
    assert told.paths[0].product == 1.0
    assert told.difference.verdict == "agrees"
    assert equation(x, x) == ["∂x/∂x", "= 1"]
    assert "|" not in told._repr_markdown_()


def test_it_works_where_nothing_is_recorded():
    out, w = neuron()
    before = str(explain(out, w))
    with no_grad():
        assert str(explain(out, w)) == before


# Paths


def walk_paths(root, wrt):
    """Return all paths from a root down to a node, by walking each: left inputs first."""
    reached = Graph(root).paths(wrt).reached  # or this never ends
    walked, waiting = [], [Path((root,), ())]
    while waiting:
        nodes, positions = path = waiting.pop()
        if nodes[-1] is wrt:
            walked.append(path)
            continue
        ahead = [
            Path((*nodes, x), (*positions, i))
            for i, x in enumerate(nodes[-1].inputs)
            if x in reached
        ]
        waiting += reversed(ahead)
    return walked


@searching
@given(graphs(), st.data())
def test_the_paths_are_all_that_there_are_and_the_largest_of_them(graph, data):
    root, wrt = choose(graph, data)
    paths = Graph(root).paths(wrt)
    assume(paths.count <= 5000)
    walked, found = walk_paths(root, wrt), paths.largest(paths.count)
    assert sorted([x.positions for x in found]) == [x.positions for x in walked]
    assert {*found} == {*walked}
    assert len(found) == paths.count
    sizes = sorted([abs(path.product) for path in walked], reverse=True)
    assume(all(0.0 < size < math.inf for size in sizes))
    for path, size in zip(paths.largest(4), sizes[:4], strict=True):
        assert math.isclose(abs(path.product), size, rel_tol=1e-6)


def test_the_largest_of_products_that_underflow_are_found():
    x = Value(1.0, "x")
    tiny = [x * (i * 1e-200) * 1e-200 * 1e300 for i in range(1, 21)]
    told = explain(op.sum(tiny), x)
    assert [path.nodes[1] for path in told.paths] == tiny[::-1][:SHOWN_PATHS]


def test_a_product_that_is_nan_or_infinite_is_among_the_largest():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    parts = [x * i for i in range(20)]
    nan, infinite = x * y * math.nan, x * math.inf
    told = explain(op.sum([*parts, nan, infinite]), x)
    assert [path.nodes[1] for path in told.paths][:3] == [nan, infinite, parts[-1]]


def test_a_graph_too_large_for_differences_says_so(monkeypatch):
    out, w = neuron()
    many = op.dot([w] * 50, [2.0] * 50)
    assert explain(many, w).difference.verdict == "agrees"
    monkeypatch.setattr("micrograd_nn.explain.finding.MOST_RECOMPUTED", 3)
    assert explain(out, w).difference.verdict == "agrees"
    for large in (out * 2, many):  # of many nodes, of many inputs
        told = explain(large, w)
        assert told.difference is None
        assert "left out, since too large a graph depends on it" in str(told)


# Formulas


@for_every_row
@searching
@given(data=st.data())
def test_the_formula_of_every_row_is_its_own_rule(row, data):
    inputs = [Value(x, f"x{i}") for i, x in enumerate(data.draw(inputs_of(row, max_size=3)))]
    out = row.apply(inputs)
    for position in range(len(inputs)):
        assert derive_local(out, position) is not None
        told = explain(out, inputs[position])
        for notation in (Plain(), Latex()):
            text = told.equation(notation)
            assert text.count("(") == text.count(")")
            assert text.count("{") == text.count("}")


class Exact(Plain):
    """The plain notation with all digits, and as Python reads it."""

    def write_number(self, x):
        return Text(repr(x), "USub" if x < 0 else "")


def value_of(text, known):
    """Return the number of a formula in that notation."""
    for raised in "²³":
        text = text.replace(raised, f"**{'²³'.index(raised) + 2}")
    python = text.replace("·", "*").replace("−", "-").replace("^", "**")
    return eval(python, {**{row.name: row for row in every_row}, **known})


@searching
@given(graphs(), st.data())
def test_a_formula_in_plain_text_has_the_parentheses_that_it_needs(graph, data):
    root, wrt = choose(graph, data)
    told = explain(root, wrt)
    assume(told.path_count <= SHOWN_PATHS)
    assume(max(len(path.positions) for path in told.paths) <= LONGEST_PATH)
    known = {told.names[node]: node.data for node in nodes(root)}
    size = sum(abs(path.product) for path in told.paths)
    lines = told.equation(Exact()).replace("\n  + ", " + ").split("\n  = ")[1:]
    computed = [value_of(line, known) for line in lines if "∂" not in line]
    assume(len(computed) > 1)  # else there is but the number
    for number in computed:
        assert math.isclose(number, told.gradient, rel_tol=1e-9, abs_tol=1e-9 * size)


@pytest.mark.parametrize(
    ("make", "text", "latex"),
    [
        (
            lambda x: x.sigmoid(),
            "sigmoid(x) · (1 − sigmoid(x))",
            r"\left(1 - \sigma\left(x\right)\right)",
        ),
        (lambda x: x.exp(), "exp(x)", r"\exp\left(x\right)"),
        (lambda x: x**3, "3 · x²", r"3 \cdot x^{2}"),
        (lambda x: (-x) ** 2, "2 · v1", r"2 \cdot v_{1}"),
        (lambda x: 1 / x, "−1 / x²", r"\frac{-1}{x^{2}}"),
        (lambda x: x.sqrt(), "0.5 / sqrt(x)", r"\frac{0.5}{\sqrt{x}}"),
        (lambda x: op.atan(x), "1 / (1 + x²)", r"\frac{1}{1 + x^{2}}"),
        (lambda x: x.cos(), "−sin(x)", r"-\sin\left(x\right)"),
        (lambda x: op.log1p(x), "1 / (1 + x)", r"\frac{1}{1 + x}"),
    ],
)
def test_a_rule_is_written_as_mathematics(make, text, latex):
    x = Value(0.5, "x")
    told = explain(make(x), x)
    assert text in told.equation(Plain())
    assert latex in told.equation(Latex())


def test_a_zero_has_no_sign():
    x = Value(-1.0, "x")
    assert equation(-3 * op.relu(x), x)[-2:] == ["= −3 · step(−1)", "= 0"]


def test_a_path_of_eight_steps_is_shown_whole():
    x = Value(1.0, "x")
    out = x
    for _ in range(8):
        out = out * 2.0
    assert "out ← v7 ← v6 ← v5 ← v4 ← v3 ← v2 ← v1 ← x: 2 · 2 · 2" in str(explain(out, x))
    assert "v8 ← out ← v7 ← … 4 more … ← v2 ← v1 ← x: 2 · 2 · 2 · … · 2" in str(explain(out * 2, x))


def test_numbers_keep_their_signs_apart():
    x, y = Value(-0.5, "x"), Value(1e-9, "y")
    out = (x * -y) * 3
    assert "3 · (−1e−09) = −3e−09" in str(explain(out, x))
    assert r"1 \cdot 10^{-9}" in explain(out, x)._repr_markdown_()
    assert "(−0.5)²" in str(explain(op.atan(x), x))


def test_a_rule_that_looks_at_numbers_is_shown_by_its_number():
    half = Operation("half%", lambda x: x / 2, [lambda out, x: 0.5 if x > 0 else 0.5 * math.exp(0)])
    x = Value(3.0, "x")
    out = half(x) * 2
    assert derive_local(out.inputs[0], 0) is None
    assert equation(out, x)[1:] == ["= ∂v2/∂v1 · ∂v1/∂x", "= 2 · ∂v1/∂x", "= 2 · 0.5", "= 1"]


def test_a_formula_that_gives_another_number_is_not_shown():
    odd = Operation("odd", lambda x: x, [lambda out, x: 1.0 if type(x) is float else 2 * x])
    x = Value(3.0, "x")
    assert derive_local(odd(x), 0) is None


def test_a_rule_may_use_an_operation_with_a_strange_name_or_form():
    strange = Operation("f{_}", lambda x: 2 * x, [lambda out, x: 2.0], python="{0} ⊗ ")
    twice = Operation("twice", lambda x: x * x, [lambda out, x: strange(x)])
    x = Value(3.0, "x")
    told = explain(twice(x), x)
    assert "= f{_}(x)" in str(told)
    assert r"\operatorname{\text{f}\{\_\}}\left(x\right)" in told._repr_markdown_()


def test_a_long_formula_is_shown_by_its_number():
    values = [Value(float(i), f"x{i}") for i in range(1000)]
    for row, number in ((op.max, "1"), (op.prod, "0")):
        told = explain(row(values), values[-1])
        assert equation(row(values), values[-1])[-1] == f"= {number}"
        assert len(str(told)) < 1000
    assert explain(op.dot(values[:500], values[500:]), values[7]).gradient == 507.0


def test_a_mean_and_a_sum_of_one_are_written_without_a_call():
    one = Reduction("one", lambda x: x * x, lambda out, x: [op.sum([2 * x])])
    x = Value(3.0, "x")
    assert equation(one([x]), x) == ["∂v1/∂x", "= 2 · x", "= 2 · 3", "= 6"]


@pytest.mark.slow
def test_however_many_uses_kinks_and_edits_there_are_the_text_is_short():
    x, count = Value(0.0, "x"), choose_size(2_000, 10_000)
    weights = [Value(float(i)) for i in range(count)]
    told = explain(op.sum([w * op.relu(x) for w in weights]), x, {})
    for w in weights:
        w.data = 1.5
    told = explain(told.root, x, {})
    for text in (str(told), told._repr_markdown_()):
        assert len(text) < 10_000
        assert f"… {count - 50:,} more …" in text
        assert f"At {count - 8:,} more kinks on the way." in text
        assert f"v3 and {count - 3:,} more; the gradient is that of the recorded pass." in text
    assert len(told.ledger) == count, "all are there to be looked at"
    rows = told.list_steps()
    assert rows[-1][-1] == "0", "the last sum is the gradient"
    assert len(rows) == 51


# The difference, kinks and edits


def test_a_kink_is_said():
    x = Value(0.0, "x")
    told = explain(op.relu(x) * 3, x)
    assert [node.operation for node in told.kinks] == [op.relu]
    assert told.difference.verdict == "kink"
    said = "Finite difference: kink (0 by the rules); 0 from the left, 3 from the right"
    assert said in str(told).splitlines()
    assert "At a kink: v1, which is relu at 0, where its derivative jumps." in str(told)


def test_a_kink_off_the_way_is_not_said():
    x, slope = Value(0.0, "x"), Value(0.1, "slope")
    told = explain(op.leaky_relu(x, slope) + op.relu(Value(0.0)), slope)
    assert told.kinks == []


def test_a_derivative_whose_terms_cancel_agrees_but_for_their_rounding():
    x = Value(1.7, "x")
    y = 0.1 * op.exp(x) + 0.2 * op.exp(x) - 0.3 * op.exp(x)
    assert explain(y, wrt=x).difference.verdict == "agrees"


def test_a_wrong_derivative_disagrees_with_the_difference():
    wrong = Operation("wrong", lambda x: x * x, [lambda out, x: 3 * x])
    x = Value(2.0, "x")
    told = explain(wrong(x), x)
    assert (told.gradient, told.difference.verdict) == (6.0, "disagrees")
    assert "disagrees (6 by the rules)" in str(told)


def test_an_edited_number_is_said_and_the_gradient_is_that_of_the_recorded_pass():
    x = Value(3.0, "x")
    out = x * x
    x.data = 100.0
    told = explain(out, x)
    assert told.gradient == 6.0
    assert told.edited == [x]
    assert told.ledger[0].edited
    assert told.difference.verdict == "agrees"
    assert "Edited since: x; the gradient is that of the recorded pass." in str(told)
    assert x.data == 100.0


def tell_beside(y, x):
    return [line for line in str(explain(y, x)).splitlines() if "differs from this" in line]


def test_a_gradient_that_began_at_a_number_set_by_hand_says_so():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    y = a * b
    a.grad = 6
    y.backward()
    assert a.grad == 3.0
    (told,) = tell_beside(y, a)
    assert told.startswith("The grad of a differs from this by 6: somebody set it, before the pass")
    assert tell_beside(y, b) == []
    a.grad = 0.0
    y.backward()
    assert tell_beside(y, a) == []
    a.grad = 1.5  # as one that clips does
    assert tell_beside(y, a)[0].startswith("The grad of a differs from this by 4.5: ")


def test_a_gradient_of_another_pass_is_no_remark_where_none_began_here():
    a = Value(2.0, "a")
    c = a * 15
    d = c * 7
    assert tell_beside(c, a) == []
    d.backward()
    assert tell_beside(c, a) == tell_beside(d, a) == tell_beside(d, c) == []
    d.backward()
    assert tell_beside(d, a) == [], "that it adds up passes is told instead"
    a.grad = math.nan
    assert tell_beside(d, a) == []


def test_a_gradient_of_several_passes_is_said():
    x = Value(3.0, "x")
    out = x * x
    said = "The grad of x adds up 2 backward passes; this explains one."
    out.backward()
    assert "backward passes" not in str(explain(out, x))
    out.backward()
    told = explain(out, x)
    assert told.gradient == 6.0
    assert said in str(told)
    x.grad = None
    assert said not in str(explain(out, x))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_shown(number):
    x, y = Value(number, "x"), Value(2.0, "y")
    out = x * y * x
    for wrt in (x, y):
        told = explain(out, wrt)
        assert told.difference.verdict == "unknown"
        assert str(told)
        assert told._repr_markdown_()
    assert ("nan" if math.isnan(number) else r"\infty") in explain(out, y)._repr_markdown_()


# What is refused


def test_what_has_no_gradient_is_refused():
    x, y = Value(2.0, "x"), Value(3.0, "y\n")
    out = x * 2.5
    with pytest.raises(ValueError, match=r"root was made of; y  isn't below x$"):
        explain(x, y)
    with pytest.raises(ValueError, match=r"2\.5 is a Constant, which receives no gradient"):
        explain(out, out.inputs[1])
    with pytest.raises(ValueError, match=r"3\.0 isn't a Value"):
        explain(out, 3.0)
    with pytest.raises(ValueError, match=r"explain: no node is called 'xx' in this graph: did you"):
        explain(out, "xx")
    assert str(explain(out, "x")) == str(explain(out, x))
    with pytest.raises(
        TypeError, match="explain takes one Value, the root of a graph, not a float"
    ):
        explain(3.0, x)
    with pytest.raises(ValueError, match="isn't below"):
        explain(x, out)


# Hostile labels


@searching
@given(st.text(min_size=1))
def test_any_label_arrives_as_text(label):
    x, y = Value(2.0, label), Value(3.0, label)
    told = explain((x * y - y) * x, x)
    for text in (str(told), told._repr_markdown_()):
        assert not re.search(r"[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", text)
    lines = told._repr_markdown_().split("\n")
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 4
    assert all(line.count("|") == 6 for line in table)
    assert told._repr_markdown_().count("$$") == 2
    bare = re.sub(r"\\[{}$]", "", told._repr_markdown_())
    assert bare.count("$") == 4
    assert bare.count("{") == bare.count("}")


@searching
@given(st.text())
def test_a_text_in_latex_has_no_command_and_no_open_brace(text):
    shown = escape_latex(text)
    bare = re.sub(r"\\[#$%&_{}]|\\text|\\backslash|\\wedge|\\sim", "", shown)
    assert "\\" not in bare
    assert not set("#$%&_^~") & set(bare)
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
