"""Loops in saved programs: in JavaScript and in C that stands alone, the bits of the graph.

JavaScript's tanh and exp may differ from Python's in the last digit. So its loops are compared with
its lines, and with the graph where all is arithmetic. Both are tried with what isn't finite, too.
"""

import json
import math
import random
from contextlib import contextmanager
from struct import pack

import pytest
from bits import pack_numbers
from foreign import needs_compiler, read_doubles, run_c, run_in_c, run_module
from programs import compile_at, run_graph, trace_program
from styles import EDGES, STYLES, Style, cut, make_rows

from micrograd_nn import Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.c.alone import CheckedStatements
from micrograd_nn.extras.compile.javascript.alone import JavaScriptStatements, write_numbers
from micrograd_nn.extras.compile.programs import bodies
from micrograd_nn.nn import MLP

ARITHMETIC = ["dots and relu", "convolution", "horner", "penalty", "neighbours"]


@contextmanager
def loops_from(nodes):
    """Let saved programs have loops from so many nodes on."""
    with pytest.MonkeyPatch.context() as patch:
        for statements in (JavaScriptStatements, CheckedStatements):
            patch.setattr(statements, "fewest_nodes", nodes)
        yield


def draw_rows(style, seed=0):
    """Return parameters, and usual rows, rows at the edges of floats and such as aren't finite."""
    rng = random.Random(seed)
    parameters, rows = make_rows(style, 3)
    for special in (EDGES, [*EDGES, 1e200, -1e200], [*EDGES, 1e308, math.inf, -math.inf, math.nan]):
        rows += make_rows(style, 3, draw=lambda special=special: rng.choice(special))[1]
    return parameters, [*rows, [math.nan] * style.inputs]


def run_modules(node, folder, asked):
    """Return what modules give for each row: the bits of all numbers, or what the error says."""
    listed = [
        f"[await import('./{name}'), {write_numbers(parameters)}, "
        f"[{', '.join(map(write_numbers, rows))}]],"
        for name, parameters, rows in asked
    ]
    script = """
const bits = (numbers) => {
  const floats = new Float64Array(numbers.map((x) => (Number.isNaN(x) ? NaN : x)));
  return Buffer.from(floats.buffer).toString("hex");
};
const told = (f) => { try { return bits(f()); } catch (error) { return error.message; } };
for (const [model, parameters, rows] of asked) {
  for (let i = 0; i < rows.length; i += 1) {
    const some = rows.slice(i, i + 2);
    console.log(told(() => model.predict(parameters, some).flat()));
    console.log(told(() => model.program(parameters, some).flat()));
  }
}
"""
    path = folder / "none.js"
    path.write_text("", encoding="utf-8")
    return run_module(node, path, "\n".join(["const asked = [", *listed, "];", script])).split("\n")


def test_loops_in_javascript_have_the_bits_of_its_lines_and_of_the_graph(node, tmp_path):
    asked = []
    for i, style in enumerate(STYLES.values()):
        given = draw_rows(style, i)
        program = compile_at(style.function, given[0], given[1][0])
        for nodes in (0, math.inf):
            path = tmp_path / f"m{i}_{nodes}.mjs"
            with loops_from(nodes):
                program.save(tmp_path / "m.js")
            (tmp_path / "m.js").rename(path)
            assert ("; i++) {" in path.read_text() or "; at++)" in path.read_text()) is (not nodes)
            asked.append((path.name, *given))
    found = iter(run_modules(node, tmp_path, asked))
    for i, (name, style) in enumerate(STYLES.items()):
        parameters, rows = draw_rows(style, i)
        loops, lines = ([next(found) for _ in range(2 * len(rows))] for _ in range(2))
        assert loops == lines, name
        assert [*map(len, loops[:2])] == [2 * 16, (1 + style.parameters) * 16]
        for j in range(5 if name in ARITHMETIC else 0):  # finite ones
            total, gradient = run_graph(style.function, parameters, rows[j : j + 2])
            assert loops[2 * j + 1] == pack(f"<{1 + len(gradient)}d", total, *gradient).hex()


@needs_compiler
@pytest.mark.parametrize("ahead", [2, 64])
@pytest.mark.parametrize("has_gradient", [True, False])
def test_what_is_not_finite_is_not_lost_in_loops_in_c(ahead, has_gradient, tmp_path, monkeypatch):
    monkeypatch.setattr(bodies, "RUN_AHEAD", ahead)

    def function(p, x):
        off = [op.relu(op.dot([*w], [*x[:6]])) for w in cut(p[:24], 6)]  # relu(-inf) is 0
        below = [op.relu(op.dot([*w[:6]], [*x[6:12]], w[6])) for w in cut(p[24:52], 7)]
        flat = [op.tanh(a) for a in x[12:]]  # tanh(inf) is 1
        steep = [op.tanh(a * b) for a, b in zip(p[52:], x[:12], strict=True)]
        return op.sum([*off, *below]) * 1e-300 + op.sum(flat) + op.sum(steep) * 1e200

    parameters = [-1.0] * 24 + ([-1.0] * 6 + [-1e308]) * 4 + [0.0] * 12
    special = [1e200, 1e308, -1e308, math.inf, -math.inf, math.nan, 0.5]
    rows = [[x if i == j else 0.5 for i in range(18)] for x in special for j in range(18)]
    rows += [[1e308, 1e308, *[0.5] * 16]]
    inputs, leaves = [Value(x) for x in rows[0]], [Value(x) for x in parameters]
    wrt = leaves if has_gradient else []
    program = compile(function(leaves, inputs), inputs, leaves, wrt=wrt)
    with loops_from(0):
        found = run_in_c(program, tmp_path / "model.c", parameters, rows)
    layers = [[*w, -0.0] for w in cut(parameters[:24], 6)] + cut(parameters[24:52], 7)
    for row, numbers in zip(rows, found, strict=True):
        given = [row[:6]] * 4 + [row[6:12]] * 4
        sums = [op.dot(w[:6], x, w[6]) for w, x in zip(layers, given, strict=True)]
        total, gradient = run_graph(function, parameters, [row])
        wanted = [total, *gradient[: len(wrt)]]
        is_lost = not all(map(math.isfinite, [*row, *sums, *wanted]))
        assert (numbers == 1) is is_lost, row
        assert is_lost or pack_numbers(numbers) == pack_numbers(wanted)
    assert 1 in found[:18] or not has_gradient  # only the gradient is too large


@needs_compiler
def test_a_lookup_among_parameters_adds_to_the_gradient_at_its_place(node, tmp_path):
    def function(p, x):
        single = op.choose(x[0], [*p[:20]])
        return single * op.sum([op.relu(op.dot([*w], [*x[1:]])) for w in cut(p[20:], 4)])

    parameters, rows = make_rows(Style(function, 60, 5), 3)
    for place, row in zip((3.0, 19.0, 20.0), rows, strict=True):
        row[0] = place
    program = compile_at(function, parameters, rows[0])
    with loops_from(0):
        found = run_in_c(program, tmp_path / "model.c", parameters, rows)
        program.save(tmp_path / "m.js")
    (tmp_path / "m.js").rename(tmp_path / "m.mjs")
    bits = run_modules(node, tmp_path, [("m.mjs", parameters, rows)])
    for row, numbers in zip(rows[:2], found[:2], strict=True):
        total, gradient = run_graph(function, parameters, [row])
        assert pack_numbers(numbers) == pack_numbers([total, *gradient])
    assert found[2] == 1
    total, gradient = run_graph(function, parameters, rows[:2])
    assert bits[1] == pack("<61d", total, *gradient).hex()
    assert bits[5].startswith("choose(20, ")


@needs_compiler
def test_what_a_graph_refuses_its_loops_refuse_and_the_gradient_stays(node, tmp_path):
    def branch():
        total = sum(op.exp(a * b) for a, b in zip(parameters, inputs, strict=True))
        return total * 2.0 if inputs[5] > 0 else total

    parameters, inputs = [Value(0.5) for _ in range(6)], [Value(1.0) for _ in range(6)]
    program = trace_program(branch, inputs, parameters)
    numbers = [0.5] * 6
    rows = [[0.25] * 6, [0.25] * 5 + [-1.0], [0.25, 1e5] + [0.25] * 4, [math.inf] + [0.25] * 5]
    with loops_from(0):
        found = run_in_c(program, tmp_path / "model.c", numbers, rows)
        program.save(tmp_path / "m.js")
    assert pack_numbers(found[0]) == pack_numbers([program(numbers, rows[:1])[0], *found[0][1:]])
    assert found[1:] == [2, 1, 1]
    (tmp_path / "m.js").rename(tmp_path / "m.mjs")
    told = run_modules(node, tmp_path, [("m.mjs", numbers, rows)])
    assert told[:3] == ["x6 > 0.0 was True when the graph was recorded"] * 3
    assert told[3] == "exp(50000) is beyond the largest float, 1.8e308"
    main = """
int main(void) {
    double row[] = {0.25, 0.25, 0.25, 0.25, 0.25, -1.0}, y[1];
    double d[MODEL_SLOPES] = {1, 2, 3, 4, 5, 6};
    printf("%d", model_program(row, row, 1.0, y, d));
    for (int i = 0; i < MODEL_SLOPES; i++) printf(" %a", d[i]);
}
"""
    assert read_doubles(run_c(tmp_path / "model.c", main)) == [2, 1, 2, 3, 4, 5, 6]


@needs_compiler
def test_a_network_is_saved_as_loops_and_a_small_one_as_lines(node, tmp_path):
    model = MLP(30, [12, 1], "relu", rng=random.Random(1))
    x = [Value(0.1 * i, f"x{i}") for i in range(30)]
    numbers, rows = [a.data for a in model.parameters()], [[0.3 * i for i in range(30)]]
    program = compile(model(x) ** 2, x, model.parameters(), names=model)
    found = run_in_c(program, tmp_path / "net.c", numbers, rows)
    total, gradient = program(numbers, rows)
    assert pack_numbers(found[0]) == pack_numbers([total, *gradient])
    near = run_in_c(program, tmp_path / "near.c", numbers, rows, single=True)
    assert near[0] == pytest.approx(found[0], rel=1e-4)
    program.save(tmp_path / "net.js")
    text = (tmp_path / "net.js").read_text()
    assert "    // 12 times: relu, dot\n    for (let i = 11; i >= 0; i--) {" in text
    assert '"row": [...Array.from({length: 30}, (_, i) => "x" + i)]' in text
    assert text.partition("export function")[2].count("\n") < 80
    script = "console.log(JSON.stringify(model.names)); console.log(model.recorded.row.length);"
    names, count = run_module(node, tmp_path / "net.js", script).splitlines()
    assert json.loads(names)["parameters"] == [*program.parameters.values()]
    assert json.loads(names)["row"] == [f"x{i}" for i in range(int(count))]
    small = MLP(2, [4, 1], rng=random.Random(1))
    compile(small(x[:2]), x[:2], small.parameters()).save(tmp_path / "small.js")
    assert "new Float64Array(" not in (tmp_path / "small.js").read_text()


LABELS = ["at", "constants", "columns", "gradient", "Float64Array", "Array", "sum_ahead_double"]


@needs_compiler
def test_labels_are_no_names_of_loops(node, tmp_path):
    weights = [Value(0.1 * i, label) for i, label in enumerate([*LABELS, "s"])]
    x = [Value(0.5 - 0.1 * i, "i") for i in range(4)]
    graph = op.sum([op.relu(op.dot([*weights[i::2]], x)) * 0.3 for i in (0, 1, 0, 1)])
    program = compile(graph, x, weights)
    numbers, rows = [a.data for a in weights], [[0.1, 0.2, -0.3, 0.4]]
    wanted = program(numbers, rows)
    with loops_from(0):
        (found,) = run_in_c(program, tmp_path / "own.c", numbers, rows)
        program.save(tmp_path / "m.js")
    assert (found[0], found[1:]) == wanted
    script = f"console.log(JSON.stringify(model.program({numbers}, {rows})));"
    assert tuple(json.loads(run_module(node, tmp_path / "m.js", script))) == wanted
