"""Saved programs: modules that run by themselves and give the same digits, or are refused."""

import functools
import json
import math
import operator
import random
import runpy
import subprocess
import sys
from functools import reduce

import numpy as np
import pytest
from bits import pack_numbers
from hypothesis import given
from hypothesis import strategies as st
from programs import trace_program
from strategies import every_row, make_expression, searching

from micrograd_nn import Operation, Reduction, Value, compile
from micrograd_nn._ground.text import InputError
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.python.module import write_module

SCALE, TABLE = 2.5, [1.0, 0.5]

# Runs modules in a fresh interpreter that has no other package, and prints what they have said.
RUNNER = """
import contextlib, io, json, runpy, sys
said = {}
for path in sys.argv[1:]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path(path, run_name="__main__")
    said[path] = out.getvalue()
foreign = [name for name in sys.modules if name.startswith(("micrograd", "numpy"))]
print(json.dumps([said, foreign]))
"""


def fresh(folder, *command):
    """Run an isolated interpreter in a folder, without any installed package."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-I", "-S", *map(str, command)],
        capture_output=True, text=True, cwd=elsewhere, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def told(out, leaves):
    """Return what the module of a graph prints, by the graph."""
    for x in leaves.values():
        x.grad = 0.0
    out.backward()
    slopes = [f"derivative by {name}: {x.grad}\n" for name, x in leaves.items()]
    return f"result: {out.data}\n{''.join(slopes)}"


def saved(out, x, path):
    """Save the program of a graph of one leaf, run it as a module here, and return its names."""
    compile(out, [x], wrt=[x]).save(path)
    return runpy.run_path(str(path))


def test_a_module_runs_from_anywhere_and_prints_the_graphs_digits(tmp_path):
    graph = make_expression(3, 60)
    leaves = {f"x{i}": Value(x, f"x{i}") for i, x in enumerate(graph.leaves)}
    out = graph(list(leaves.values()))
    compile(out, [], leaves.values()).save(tmp_path / "program.py")
    assert fresh(tmp_path, tmp_path / "program.py") == told(out, leaves)


def test_every_row_runs_by_itself(tmp_path):
    rng, wanted = random.Random(0), {}
    for row in every_row:
        numbers = [rng.uniform(*bound) for bound in row.domain]
        numbers += [rng.uniform(*row.domain[0])] * 3 if isinstance(row, Reduction) else []
        leaves = {f"p{i}": Value(x) for i, x in enumerate(numbers, start=1)}
        out = row.apply(list(leaves.values())) * 0.75
        path = tmp_path / f"{row.name}_row.py"
        compile(out, [], leaves.values()).save(path)
        wanted[str(path)] = told(out, leaves)
    said, foreign = json.loads(fresh(tmp_path, "-c", RUNNER, *wanted))
    assert said == wanted
    assert not foreign


def test_a_module_has_the_functions_of_the_program(tmp_path):
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile((w * x).tanh() + w**2.5, [x], [w])
    program.save(tmp_path / "program.py")
    module = runpy.run_path(str(tmp_path / "program.py"))
    rows = [[0.5], [-1.0], [2.0]]
    assert module["program"]([1.5], rows, 0.5, [2.0]) == program([1.5], rows, 0.5, [2.0])
    assert module["program"]([1.5], []) == (0.0, [0.0])
    assert module["predict"]([1.5], rows) == [[y] for y in program.predictions([1.5], rows)]


def test_a_module_is_told_when_it_would_branch(tmp_path):
    x = Value(2.0, "x")
    path = tmp_path / "program.py"
    trace_program(lambda: x * 2 if x > 0 else x, [x], wrt=[x]).save(path)
    module = runpy.run_path(str(path))
    assert module["program"]((), [[3.0]]) == (6.0, [2.0])
    for name in ("program", "predict"):
        with pytest.raises(ValueError, match="was True when the graph was recorded") as caught:
            module[name]((), [[-3.0]])
        assert type(caught.value) is module["BranchError"]


def test_a_module_has_a_docstring_and_no_blank_waste(tmp_path):
    x = Value(2.0, "x")
    saved(x.sigmoid() + x.exp() * math.inf + op.softplus(x), x, tmp_path / "program.py")
    text = (tmp_path / "program.py").read_text(encoding="utf-8")
    assert text.startswith('"""A program that micrograd_nn wrote')
    assert "from math import exp, inf" in text or "from math import inf" in text
    assert "\n\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_constants_beyond_literals_are_imported(tmp_path):
    x = Value(2.0, "x")
    for constant in (math.inf, -math.inf, math.nan):
        module = saved(op.max([x, constant]) + x, x, tmp_path / "program.py")
        wanted = op.max(3.0, constant) + 3.0
        ((found,),) = module["predict"]((), [[3.0]])
        assert found == wanted or (math.isnan(found) and math.isnan(wanted))


LABELS = [
    "", '"\n\\', "2x", "lambda", "a-b", "größe", "日本", "w", "w", "exp", "total", "rows", "print",
    "program", "predict", "result", "inf", "None", "{0}", "½", "math", "upstream", "start", "row",
    "results", "parameters", "x", "d_w", "v1", "t1", "µ", "μ", "𝐞𝐱𝐩", "ﬁ", "fi", "reduce", "names",
    "name", "gradient", "zip",
]  # fmt: skip


def labelled(labels):
    leaves = [Value(i + 0.5, label) for i, label in enumerate(labels)]
    inner = op.sum([x * x for x in leaves])
    inner.label = labels[0]
    out = inner * leaves[0].exp() + op.dot(leaves, leaves) / leaves[-1].exp() + op.logsumexp(leaves)
    out.label = labels[-1]
    return leaves, op.max([out * 2, -math.inf])


@searching
@given(st.lists(st.one_of(st.sampled_from(LABELS), st.text(max_size=4)), min_size=1, max_size=6))
def test_no_labels_can_mix_up_numbers(tmp_path_factory, labels):
    """Not in a program, nor in a saved one."""
    leaves, out = labelled(labels)
    program = compile(out, leaves[:1], leaves[1:], wrt=leaves)
    path = tmp_path_factory.mktemp("labels") / "program.py"
    program.save(path)
    out.backward()
    wanted = pack_numbers([out.data, *[x.grad for x in leaves]])
    for function in (program, runpy.run_path(str(path))["program"]):
        total, gradient = function([x.data for x in leaves[1:]], [[leaves[0].data]])
        assert pack_numbers([total, *gradient]) == wanted


def test_several_outputs_are_no_module(tmp_path):
    x = Value(2.0, "x")
    with pytest.raises(ValueError, match="several outputs can't be saved: compile each by itself"):
        compile([x * x, x * 3], [x], wrt=[x]).save(tmp_path / "program.py")
    assert not list(tmp_path.iterdir())


# Forward rules of one's own


def helper(x):
    return x + 1.0


def relu(x):
    return 7.0 * x


def cube(x):
    return x * x * x


def by_helper(x):
    return helper(x) * 2.0


def by_itself(x):
    return x if x > 1 else by_itself(x + 1.0)


def by_module(x):
    return math.exp(-x * x)


def by_function_of_a_module(x):
    return reduce(operator.add, [x, 1.0])


def by_list(x):
    return TABLE[0] * x


def by_default(x, scale=SCALE):
    return scale * x


def by_comprehension(x):
    return sum([helper(x) for _ in range(2)])


def by_name_of_a_row(x):
    """Call a helper that has the name of a row and isn't it."""
    return relu(x)


def by_builtin(x):
    return abs(x) + float(round(x))


def annotated(x: "Value") -> "Value":
    return x + 1.0


def closure(factor):
    def inner(x):
        return factor * x

    return inner


class Doubling:
    def __call__(self, x):
        return 2.0 * x


def made():
    namespace = {}
    exec("def rule(x): return 2.0 * x", namespace)
    return namespace["rule"]


RULES = {
    "defined": cube,
    "a helper": by_helper,
    "recursion": by_itself,
    "a module": by_module,
    "a function of a module": by_function_of_a_module,
    "a global list": by_list,
    "a global as default": by_default,
    "a helper in a comprehension": by_comprehension,
    "a helper with the name of a row": by_name_of_a_row,
    "builtins": by_builtin,
    "annotations": annotated,
    "a closure": closure(3.0),
    "an object": Doubling(),
    "a part": functools.partial(math.pow, 2.0),
    "without source": made(),
    "a function of math": math.sin,
    "a function of operator": operator.neg,
    "a builtin": abs,
    "a function of numpy": np.sin,
}
MUST_BE_SAVED = ["defined", "a helper", "recursion", "a module", "builtins"]
MUST_BE_SAVED += ["a function of math", "a function of operator", "a builtin"]
MUST_BE_SAVED += ["a function of a module"]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_saved_with_all_it_needs_or_refused(name, tmp_path):
    """Beside rows that have helpers of their own, in a file without the package."""
    own = Operation("own", RULES[name], [lambda out, x: out])
    x = Value(0.75, "x")
    out = own(x) * x + op.softplus(x) + op.silu(x)
    path = tmp_path / "program.py"
    program = compile(out, [x], wrt=[x])
    try:
        program.save(path)
    except InputError as error:
        assert name not in MUST_BE_SAVED
        assert str(error).startswith("not saved: ")  # noqa: PT017
        assert not list(tmp_path.iterdir())
    else:
        assert fresh(tmp_path, path) == told(out, {"x": x})


def test_a_lambda_is_refused_with_the_reason_and_writes_no_file(tmp_path):
    own = Operation("own", lambda x: 2.0 * x, [lambda out, x: 2.0])
    x = Value(0.75, "x")
    path = tmp_path / "program.py"
    message = "not saved: 'own' is a lambda: .* define its forward rule with def"
    with pytest.raises(InputError, match=message):
        compile(own(x), [x]).save(path)
    assert not list(tmp_path.iterdir())
    path.write_text("as it was")
    with pytest.raises(InputError):
        compile(own(x), [x]).save(path)
    assert path.read_text() == "as it was"


def test_a_lambda_that_has_a_written_form_is_saved(tmp_path):
    own = Operation("own", lambda x: 2.0 * x, [lambda out, x: 2.0], python="2.0 * {0}")
    x = Value(0.75, "x")
    out = own(x) * x
    compile(out, [x], wrt=[x]).save(tmp_path / "program.py")
    assert fresh(tmp_path, tmp_path / "program.py") == told(out, {"x": x})


NAMES = ["d_x", "v1", "x", "program", "predict", "result", "row", "parameters", "total", "math"]
NAMES += ["gradient", "names", "name", "slope", "exp", "BranchError", "lambda", "print", "results"]
NAMES += ["sum", "t1", "reversed", "a-b", "2x", "upstream", ""]


@pytest.mark.parametrize("name", NAMES)
def test_a_custom_operation_of_any_name_is_compiled_and_saved(name, tmp_path):
    own = Operation(name, by_helper, [lambda out, x: 2.0])
    x = Value(0.75, "x")
    out = own(x) * x.exp()
    module = saved(out, x, tmp_path / "program.py")
    out.backward()
    program = compile(out, [x], wrt=[x])
    assert module["program"]((), [[0.75]]) == program((), [[0.75]]) == (out.data, [x.grad])
    assert module["predict"]((), [[0.75]]) == [[program.predict((), [0.75])]] == [[out.data]]


def test_two_custom_operations_of_one_name_are_saved_both(tmp_path):
    first = Operation("own", cube, [lambda out, x: 3 * x * x])
    second = Operation("own", by_helper, [lambda out, x: 2.0])
    x = Value(0.75, "x")
    out = first(x) * second(x)
    compile(out, [x], wrt=[x]).save(tmp_path / "program.py")
    assert fresh(tmp_path, tmp_path / "program.py") == told(out, {"x": x})


def test_what_is_not_called_is_not_in_the_module(tmp_path):
    x = Value(0.75, "x")
    saved(x * x + x.tanh(), x, tmp_path / "program.py")
    text = (tmp_path / "program.py").read_text(encoding="utf-8")
    assert text.count("def ") == 2
    assert text.count("import") == 1


def test_write_module_leaves_names_of_its_own_alone():
    text = "def f(x):\n    exp = x\n    return exp\n"
    source = write_module([text], {"exp": math.exp}, "A module.", "f(1)")
    namespace = {"__name__": "test"}
    exec(source, namespace)
    assert namespace["f"](2.0) == 2.0
    assert "import" not in source
