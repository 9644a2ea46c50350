"""Programs as files in C and in JavaScript that stand alone, with the numbers of Python."""

import json
import math
import random

import pytest
from bits import pack_numbers
from foreign import (
    needs_compiler,
    read_doubles,
    run_c,
    run_in_c,
    run_module,
)
from programs import trace_program
from strategies import every_row, for_every_row

from micrograd_nn import Operation, Reduction, Value, compile
from micrograd_nn._ground.text import InputError
from micrograd_nn.engine import table as op

ROW_COUNT = 12


def draw_rows(row, count=ROW_COUNT):
    rng = random.Random(row.name)
    domain = row.domain * 3 if isinstance(row, Reduction) else row.domain
    return [[rng.uniform(*interval) for interval in domain] for _ in range(count)]


def run_in_python(program, parameters, rows):
    """Return the same numbers from the program itself; None where one isn't finite or an error."""
    found = []
    for row in rows:
        try:
            total, gradient = program(parameters, [row])
        except (ArithmeticError, ValueError):
            found.append(None)
            continue
        numbers = [total, *gradient]
        found.append(numbers if all(map(math.isfinite, numbers)) else None)
    return found


def same_bits(numbers, others):
    return pack_numbers([x + 0.0 for x in numbers]) == pack_numbers([x + 0.0 for x in others])


def make_program(row, rows):
    """Return a program of an operation, and of it in what follows."""
    inputs, weight = [Value(x) for x in rows[0]], Value(1.5, "weight")
    return compile(row.apply(inputs) * weight + inputs[0], inputs, [weight], wrt=[weight, *inputs])


@for_every_row
def test_every_row_is_saved_in_single_precision(row, tmp_path):
    make_program(row, draw_rows(row)).save(tmp_path / "model.c", single=True)
    text = (tmp_path / "model.c").read_text(encoding="utf-8").replace("double precision", "")
    assert "double" not in text


# Its derivative loses the infinity that Python's exp refuses.
OWN = Operation("own", lambda x: x, [lambda out, x: 1 / (1 + op.exp(x))], c="{0}")
SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e-320, 1e308, -1e308, 710.0, -3.5, math.inf, -math.inf, math.nan]


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize(
    "make",
    [
        lambda x, y: 1 / (1 + x.exp()),
        lambda x, y: op.step(x.log()) + y,
        lambda x, y: op.max([x * y, x.sqrt()]),
        lambda x, y: (x * 1e10).tanh() * y,
        lambda x, y: x**y,
        lambda x, y: (x / y).relu(),
        lambda x, y: OWN(x) * y,
    ],
    ids=["sigmoid", "step_of_log", "max", "tanh", "power", "quotient", "derivative"],
)
def test_no_number_in_c_is_silently_another(make, tmp_path):
    """Where Python has an error or infinity, C has a status; it may have one more often."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    program = compile(make(x, y), [x, y], wrt=[x, y])
    rows = [[a, b] for a in SPECIAL for b in SPECIAL]
    found = run_in_c(program, tmp_path / "model.c", [], rows)
    good = 0
    for row, numbers, wanted in zip(rows, found, run_in_python(program, [], rows), strict=True):
        if numbers == 1:
            continue
        assert wanted is not None, row
        assert same_bits(numbers, wanted), row
        good += 1
    assert good > 10


@needs_compiler
def test_a_branch_is_a_status_of_its_own(tmp_path):
    x = Value(2.0, "x")
    program = trace_program(lambda: x * x if x > 0 else -x, [x], wrt=[x])
    found = run_in_c(program, tmp_path / "model.c", [], [[3.0], [-3.0], [math.nan]])
    assert found == [[9.0, 6.0], 2, 1]


def test_numbers_beyond_single_precision_are_refused(tmp_path):
    x = Value(2.0)
    program = compile(x * 1e200 * x, [x])
    with pytest.raises(InputError, match=r"single precision: 1e\+200 is beyond the largest float"):
        program.save(tmp_path / "model.c", single=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("model.txt", {}, r"model\.txt: name a file that ends in \.py, \.c or \.js"),
        (
            "line.np.py",
            {},
            r"line\.np\.py: no module for NumPy is written: compile\(…, over=\"array\"\)",
        ),
        ("line.pt.py", {}, r"and to_torch\(model\) gives the layers of a network"),
        ("line.onnx", {}, r"line\.onnx: a program isn't written in ONNX: export the model"),
        ("model.js", {"single": True}, r"single precision is for files that end in .c"),
        ("math.c", {}, r"math\.h is a header of C itself"),
        ('a"b.c', {}, r"C's #include may not find such a name"),
        ("nowhere/model.c", {}, r"there is no such folder"),
    ],
)
def test_a_name_that_is_no_use_is_refused(name, options, told, tmp_path):
    x = Value(2.0)
    with pytest.raises(InputError, match=told):
        compile(x * x, [x]).save(tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_what_c_or_javascript_cannot_say_is_refused(tmp_path):
    x = Value(2.0)
    own = Operation("own", lambda x: x, [lambda out, x: 1.0])
    program = compile(own(x), [x])
    for name, told in (("m.c", r'c="…?'), ("m.js", "javascript=")):
        with pytest.raises(InputError, match=f"not saved: own .*{told[:3]}"):
            program.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


# JavaScript


def run_in_javascript(node, program, path, parameters, rows):
    program.save(path)
    given = json.dumps([list(parameters), [list(row) for row in rows]])
    script = f"""
const [parameters, rows] = {given};
const told = (f) => {{ try {{ return f(); }} catch (error) {{ return error.message; }} }};
console.log(JSON.stringify([
  told(() => model.predict(parameters, rows)),
  model.program ? told(() => model.program(parameters, rows)) : null,
]));
"""
    return json.loads(run_module(node, path, script))


@pytest.fixture(scope="module")
def all_in_javascript(node, tmp_path_factory):
    """Return what Node.js and Python give for a program of every operation, in one process."""
    folder, programs, lines = tmp_path_factory.mktemp("all"), {}, []
    for row in every_row:
        rows = draw_rows(row, 4)
        programs[row.name] = program, rows = make_program(row, rows), rows
        program.save(folder / f"of_{row.name}.js")
        (folder / f"of_{row.name}.js").rename(folder / f"of_{row.name}.mjs")
        given = json.dumps(rows)
        lines.append(f'import * as of_{row.name} from "./of_{row.name}.mjs";')
        lines.append(
            f"all.{row.name} = [of_{row.name}.predict([1.5], {given}), "
            f"of_{row.name}.program([1.5], {given})];"
        )
    imports = [line for line in lines if line.startswith("import")]
    body = [line for line in lines if not line.startswith("import")]
    (folder / "all.js").write_text("")
    script = "\n".join(
        [*imports, "const all = {};", *body, "console.log(JSON.stringify(all));", ""]
    )
    found = json.loads(run_module(node, folder / "all.js", script))
    return found, programs


@for_every_row
def test_every_operation_in_javascript_is_near(row, all_in_javascript):
    found, programs = all_in_javascript
    program, rows = programs[row.name]
    results, (total, gradient) = found[row.name]
    wanted_total, wanted = program([1.5], rows)
    assert [y for (y,) in results] == pytest.approx(program.predictions([1.5], rows), rel=1e-13)
    assert [total, *gradient] == pytest.approx([wanted_total, *wanted], rel=1e-12, abs=1e-14)


@pytest.mark.slow
def test_javascript_refuses_what_python_does(node, tmp_path):
    x = Value(2.0, "x")
    program = trace_program(lambda: x.log() if x > -5 else x, [x], wrt=[x])
    path = tmp_path / "m.js"
    assert run_in_javascript(node, program, path, [], [[-1.0]])[0] == "log(-1) isn't a real number"
    told = run_in_javascript(node, program, path, [], [[-9.0]])[1]
    assert told == "x > -5.0 was True when the graph was recorded"
    assert "takes 1 numbers as row" in run_in_javascript(node, program, path, [], [[1, 2]])[0]
    assert "takes 1 numbers as row" in run_in_javascript(node, program, path, [], [["1"]])[0]
    program.save(path)
    script = "try { model.predict([], [Array(1)]); } catch (error) { console.log(error.name); }"
    assert run_module(node, path, script) == "TypeError\n"
    assert "takes 0 numbers as parameters" in run_in_javascript(node, program, path, [1], [[1]])[1]


def test_a_module_in_javascript_carries_only_what_it_calls(tmp_path):
    x = Value(2.0, "x")
    compile(x.tanh() * x, [x], wrt=[x]).save(tmp_path / "m.js")
    text = (tmp_path / "m.js").read_text()
    assert "const math = {\n  tanh: Math.tanh,\n};" in text
    assert "import" not in text
    assert "erfBySeries" not in text
    compile(x * x, [x], wrt=[x]).save(tmp_path / "m.js")
    assert "math" not in (tmp_path / "m.js").read_text()


LABELS = ["await", "math", "NaN", "α", "2x", "</script>", "*/", 'a"b', "requireNumbers", "const"]
LABELS += ["double", "M_PI", "FP_NAN", "done", "REQUIRE", "own_predict", "OWN_OK", "results", "y0"]


@needs_compiler
def test_labels_of_any_kind_become_names(node, tmp_path):
    leaves = [Value(i + 0.5, label) for i, label in enumerate(LABELS)]
    out = op.sum([x * x for x in leaves])
    out.label = "??/\n*/"
    program = compile(out, [], leaves)
    numbers = [x.data for x in leaves]
    wanted = program(numbers, [()])
    assert tuple(run_in_javascript(node, program, tmp_path / "m.js", numbers, [[]])[1]) == wanted
    (found,) = run_in_c(program, tmp_path / "own.c", numbers, [[]])
    assert found == [wanted[0], *wanted[1]]


def test_numbers_that_fail_now_are_no_example(tmp_path):
    x = Value(2.0, "x")
    program = compile(x.log(), [x])
    x.data = -1.0
    program.save(tmp_path / "log.c")
    assert "For example" not in (tmp_path / "log.h").read_text()


@needs_compiler
def test_the_recorded_parameters_stand_in_the_file(tmp_path):
    w, x = Value(-0.1, "w"), Value(2.0, "x")
    compile(w * x, [x], [w]).save(tmp_path / "line.c")
    main = (
        "int main(void) { double row[] = {2.0}, y[1];"
        ' printf("%d ", line_predict(line_parameters, row, y)); printf("%a", y[0]); return 0; }\n'
    )
    assert read_doubles(run_c(tmp_path / "line.c", main)) == [0.0, -0.2]
    header = (tmp_path / "line.h").read_text()
    assert "For example, line_parameters, {2.0} gives -0.2." in header
