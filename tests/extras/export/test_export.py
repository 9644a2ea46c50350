"""A table's model as a file in C, JavaScript or Python: what ``predict`` gives, bit for bit."""

import json
import math
import random
import runpy
import shutil
import subprocess
import sys
from functools import partial

import pytest
from bits import pack_numbers
from foreign import FLAGS, needs_compiler, run_c, run_module, write_array
from tabular import ALL, HOSTILE, INPUTS, SHARE, TARGETS, build, draw_row

import micrograd_nn
from micrograd_nn import MLP, Operation, Value, compile, load_model, save_model
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.compile.compiler.saving import PROGRAM_WRITERS
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.encoding import measure_probabilities
from micrograd_nn.extras.tables.report import compute_outputs
from micrograd_nn.nn import Neuron
from micrograd_nn.terminal.cli import main as command

export = partial(micrograd_nn.export, check=False)  # these tests run the files themselves


def predict_by_table(saved, row):
    """Return what the command ``predict`` makes of a row, in full: numbers, and the label."""
    inputs = [
        number
        for column, cell in zip(saved.encoding.input_columns, row, strict=True)
        for number in column.encode(
            cell if isinstance(cell, str) else f"{cell!r}{getattr(column, 'unit', '')}"
        )
    ]
    (outputs,) = compute_outputs(saved.model, [inputs])
    decoded = saved.encoding.decode(outputs)
    if isinstance(decoded, str):
        shares = measure_probabilities(outputs)
        return [float(saved.encoding.target.categories.index(decoded)), *shares]
    return [decoded]


def place_texts(saved, row):
    """Return a row as C takes it: the place of each text."""
    return [
        float(column.categories.index(cell)) if isinstance(cell, str) else cell
        for column, cell in zip(saved.encoding.input_columns, row, strict=True)
    ]


def predict_in_c(saved, path, rows, kind="double", flags=(), **options):
    """Return status and numbers for each row, from the compiled file."""
    export(saved, path, **options)
    prefix, name = path.stem, path.stem.upper()
    lines = [f"static const {kind} rows[][{name}_INPUTS] = {{"]
    lines += [f"    {write_array(row)}," for row in rows]
    lines += ["};", "int main(void) {", f"    for (int i = 0; i < {len(rows)}; i++) {{"]
    if saved.encoding.is_classification:
        count = saved.encoding.n_outputs
        lines.append(f"        int index = -1; {kind} y[{name}_CLASSES] = {{0}};")
        lines.append(f'        printf("%d ", {prefix}_predict(rows[i], &index, y));')
        lines.append('        printf("%d ", index);')
    else:
        count = 1
        lines.append(f"        {kind} y[1] = {{0}};")
        lines.append(f'        printf("%d ", {prefix}_predict(rows[i], y));')
    lines.append(f'        for (int j = 0; j < {count}; j++) printf("%a ", (double)y[j]);')
    lines += ['        printf("\\n");', "    }", "    return 0;", "}", ""]
    found = [line.split() for line in run_c(path, "\n".join(lines), *flags).splitlines()]
    read = [[int(words[0]), *map(float.fromhex, words[1:])] for words in found]
    return [[status, *numbers] for status, *numbers in read]


@needs_compiler
def test_single_precision_in_c_is_near(tmp_path):
    saved, rng = build(INPUTS["mixed"], TARGETS["many"]), random.Random(2)
    rows = [draw_row(saved, rng) for _ in range(20)]
    placed = [place_texts(saved, row) for row in rows]
    path = tmp_path / "fruit.c"
    found = predict_in_c(saved, path, placed, "float", single=True, flags=["-Wdouble-promotion"])
    for row, (status, index, *shares) in zip(rows, found, strict=True):
        wanted = predict_by_table(saved, row)
        assert (status, index) == (0, wanted[0])
        assert shares == pytest.approx(wanted[1:], abs=1e-4)
    text = path.read_text() + path.with_suffix(".h").read_text()
    assert "double" not in text.replace("double precision", "")
    assert "computes in single precision" in text


@needs_compiler
def test_c_refuses_what_python_refuses_with_a_status(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"], activation="relu")
    bad = {
        1: [(math.nan, 0, 50), (1, math.inf, 50), (1, 0, -math.inf)],
        2: [(1, 3, 50), (1, -1, 50), (1, 0.5, 50), (1, 1e300, 50), (1, -1e-300, 50)],
        3: [(1, 0, 1e308), (1, 0, -1e308)],
    }
    rows = [[float(x) for x in row] for rows in bad.values() for row in rows]
    found = predict_in_c(saved, tmp_path / "fruit.c", rows)
    assert [status for status, _ in found] == [status for status in bad for _ in bad[status]]
    with pytest.raises(InputError, match="too far from the mean"):
        SHARE.encode("1e308%")


@pytest.mark.slow
@needs_compiler
def test_where_the_network_overflows_c_says_so_or_has_pythons_bits(tmp_path):
    """An infinity inside may leave a finite result: tanh of it is 1, in both."""
    for activation in ("relu", "tanh", "sin", "gelu", "elu", "softplus"):
        saved = build(INPUTS["numbers"], TARGETS["number"], activation=activation)
        saved.model.load_state({name: x * 1e200 for name, x in saved.model.state().items()})
        rows = [[120.0, 50.0], [1e100, 50.0], [1e200, -1e100], [-1e200, 1e100]]
        found = predict_in_c(saved, tmp_path / "fruit.c", rows)
        for row, (status, number) in zip(rows, found, strict=True):
            try:
                wanted = predict_by_table(saved, row)
            except ValueError:
                assert status == 3, (activation, row)
            else:
                assert (status, [number]) == (0, wanted), (activation, row)


def build_hostile():
    columns = [NumericColumn(f"{name}{i}", 1.0, 2.0) for i, name in enumerate(HOSTILE)]
    columns += [TextColumn(name, tuple(HOSTILE)) for name in HOSTILE]
    return build(tuple(columns), TextColumn("the\n*/ target", tuple(HOSTILE)), (3,))


@needs_compiler
def test_names_of_any_kind_arrive_in_c_as_texts(tmp_path):
    saved, rng = build_hostile(), random.Random(5)
    rows = [draw_row(saved, rng) for _ in range(3)]
    path = tmp_path / "odd.c"
    found = predict_in_c(saved, path, [place_texts(saved, row) for row in rows])
    for row, (status, *numbers) in zip(rows, found, strict=True):
        assert (status, pack_numbers(numbers)) == (0, pack_numbers(predict_by_table(saved, row)))
    main = """int main(void) {
    for (int i = 0; i < ODD_CLASSES; i++) {
        for (const char *p = odd_classes[i]; *p; p++) printf("%02x", (unsigned char)*p);
        printf("\\n");
    }
    return 0;
}
"""
    told = [bytes.fromhex(line).decode() for line in run_c(path, main, "-Wtrigraphs").split()]
    assert told == HOSTILE


def test_names_of_any_kind_arrive_in_javascript_and_python_as_texts(node, tmp_path):
    saved, rng = build_hostile(), random.Random(5)
    rows = [draw_row(saved, rng) for _ in range(3)]
    export(saved, tmp_path / "odd.py")
    python = runpy.run_path(str(tmp_path / "odd.py"))
    export(saved, tmp_path / "odd.js")
    assert "</" not in (tmp_path / "odd.js").read_text()
    script = f"console.log(JSON.stringify({json.dumps(rows)}.map(model.predict)));"
    found = json.loads(run_module(node, tmp_path / "odd.js", script))
    for row, in_javascript in zip(rows, found, strict=True):
        index, *shares = predict_by_table(saved, row)
        wanted = {"index": int(index), "label": HOSTILE[int(index)], "probabilities": shares}
        assert python["predict"](row) == wanted
        assert in_javascript.pop("probabilities") == pytest.approx(shares, rel=1e-12)
        assert in_javascript == {"index": int(index), "label": HOSTILE[int(index)]}


@needs_compiler
def test_the_names_of_columns_texts_and_classes_are_constants(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["two"])
    export(saved, tmp_path / "my fruit-2.c")
    (tmp_path / "my fruit-2.c").rename(tmp_path / "fruit.c")
    main = """int main(void) {
    double row[MY_FRUIT_2_INPUTS] = {0};
    row[MY_FRUIT_2_WEIGHT] = 120.0;
    row[MY_FRUIT_2_COLOUR] = MY_FRUIT_2_COLOUR_YELLOW_OR_SO;
    row[MY_FRUIT_2_SHARE] = 50.0;
    int index; double y[MY_FRUIT_2_CLASSES];
    if (my_fruit_2_predict(row, &index, y) != MY_FRUIT_2_OK) return 1;
    printf("%s %d", my_fruit_2_classes[index], index == MY_FRUIT_2_CLASS_PEAR);
    return 0;
}
"""
    main = '#include "my fruit-2.h"\n' + main
    (tmp_path / "fruit.h").write_text("")
    label, is_pear = run_c(tmp_path / "fruit.c", main).split()
    index, *_ = predict_by_table(saved, [120.0, "yellow or so", 50.0])
    assert (label, is_pear) == (("apple", "pear")[int(index)], str(int(index)))


@needs_compiler
def test_the_example_in_a_header_is_true(tmp_path):
    for target in TARGETS.values():
        saved = build(INPUTS["mixed"], target)
        export(saved, tmp_path / "fruit.c")
        header = (tmp_path / "fruit.h").read_text()
        result = predict_by_table(saved, [120.5, "green", 50.0])
        assert "120.5, FRUIT_COLOUR_GREEN, 50.0" in header
        for number in result[-1:] + result[1:]:
            assert repr(number) in header
        assert ("FRUIT_CLASS_" in header) is saved.encoding.is_classification
        assert '"share": a number in % (in training: mean 50, scale 0.1)' in header


@needs_compiler
@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler, such as g++")
def test_a_header_serves_cxx_too(tmp_path):
    export(build(INPUTS["mixed"], TARGETS["two"]), tmp_path / "fruit.c")
    (tmp_path / "main.cpp").write_text(
        '#include "fruit.h"\nint main() {\n'
        "    const double row[FRUIT_INPUTS] = {1.0, FRUIT_COLOUR_RED, 2.0};\n"
        "    int index; double y[FRUIT_CLASSES];\n    return fruit_predict(row, &index, y);\n}\n"
    )
    for line in (
        ["cc", *FLAGS, "-c", "fruit.c"],
        ["c++", "-Wall", "-Wextra", "-Werror", "main.cpp", "fruit.o", "-lm"],
        ["./a.out"],
    ):
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")


@needs_compiler
def test_optimising_changes_no_bit_and_fast_math_is_refused(tmp_path):
    saved, rng = build(INPUTS["numbers"], TARGETS["number"], (16,), "relu"), random.Random(6)
    rows = [draw_row(saved, rng) for _ in range(20)]
    path = tmp_path / "fruit.c"
    for flags in (["-O3"], ["-O2", "-std=gnu11", "-march=native"]):
        found = predict_in_c(saved, path, rows, flags=flags)
        assert found == [[0, *predict_by_table(saved, row)] for row in rows]
    with pytest.raises(AssertionError, match="Compile without -ffast-math"):
        predict_in_c(saved, path, rows, flags=["-ffast-math"])


# JavaScript and Python


def test_javascript_with_relu_has_the_bits_of_lists_objects_and_arrays(node, tmp_path):
    for inputs, row, others in (
        ("mixed", [130.0, "red", 51.5], ['{"colour": "red", "share": 51.5, "weight": 130.0}']),
        ("numbers", [130.0, 51.5], ["new Float64Array([130, 51.5])"]),
    ):
        saved = build(INPUTS[inputs], TARGETS["number"], activation="relu")
        export(saved, tmp_path / "fruit.js")
        rows = ", ".join([json.dumps(row), *others])
        script = f"console.log(JSON.stringify([{rows}].map(model.predict)))"
        found = json.loads(run_module(node, tmp_path / "fruit.js", script))
        assert found == predict_by_table(saved, row) * 2


KNOWN = '"green", "red", "yellow or so"'
BAD_ROWS = {
    '[1, "red"]': "a row has 3 columns, not 2",
    '["1", "red", 2]': '"1" in column "weight" isn\'t a finite number',
    '[1, "blue", 2]': '"blue" in column "colour" was never seen in training, only ' + KNOWN,
    "[1, 0, 2]": '0 in column "colour" was never seen in training, only ' + KNOWN,
    '{"weight": 1, "share": 2}': 'the row lacks the column "colour"',
    '[1, "red", 1e308]': '1e+308 in column "share" is too far from its mean',
}


def test_javascript_and_python_refuse_rows_that_do_not_fit(node, tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    export(saved, tmp_path / "fruit.js")
    script = "\n".join(
        f"try {{ model.predict({row}); }} catch (error) {{ console.log(error.message); }}"
        for row in BAD_ROWS
    )
    told = run_module(node, tmp_path / "fruit.js", script).splitlines()
    assert told == list(BAD_ROWS.values())
    export(saved, tmp_path / "fruit.py")
    predict = runpy.run_path(str(tmp_path / "fruit.py"))["predict"]
    for row, message in BAD_ROWS.items():
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            predict(json.loads(row))
        assert str(caught.value).replace("'", '"') == message.replace("'", '"')
    for cell, told in ((math.nan, "nan"), (10**400, f"{10**400}"), (1j, "1j")):
        with pytest.raises(ValueError, match=f"{told} in column 'weight' isn't a finite number"):
            predict([cell, "red", 2])


@pytest.mark.parametrize(("inputs", "target"), ALL, ids=map("-".join, ALL))
def test_python_predicts_the_bits_of_the_table(inputs, target, tmp_path):
    saved, rng = build(INPUTS[inputs], TARGETS[target]), random.Random(2)
    export(saved, tmp_path / "fruit.py")
    predict = runpy.run_path(str(tmp_path / "fruit.py"))["predict"]
    for _ in range(20):
        row = draw_row(saved, rng)
        found, wanted = predict(row), predict_by_table(saved, row)
        assert predict(dict(zip([c.name for c in saved.encoding.input_columns], row))) == found  # noqa: B905
        if saved.encoding.is_classification:
            assert found["label"] == saved.encoding.target.categories[found["index"]]
            found = {"numbers": [float(found["index"]), *found["probabilities"]]}["numbers"]
        else:
            found = [found]
        assert pack_numbers(found) == pack_numbers(wanted)


def test_a_module_in_python_runs_by_itself(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"], activation="gelu")
    export(saved, tmp_path / "fruit.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "fruit.py")],
        capture_output=True, text=True, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    row = [120.5, "green", 50.0]
    assert (done.stdout, done.stderr) == (f"{row}\n{predict_by_table(saved, row)[0]}\n", "")


# What is exported, and where


@pytest.mark.parametrize("over", ["rows", "array"])
@pytest.mark.parametrize("ending", PROGRAM_WRITERS)
def test_each_ending_writes_a_program_that_runs_and_is_what_is_saved(
    ending, over, tmp_path, monkeypatch
):
    monkeypatch.delenv("MICROGRAD_NN_NATIVE", raising=False)
    x, path = Value(2.0, "x"), tmp_path / f"a{ending}"
    program = compile(x * x, [x], wrt=[x], over=over)
    report = micrograd_nn.export(program, path)
    assert report.worst == 0.0 or report.not_run.startswith("there is no")
    written = path.read_text()
    program.save(path)
    assert path.read_text() == written


def test_what_cannot_be_exported_is_refused(tmp_path):
    def own(x):
        return x * x

    neuron = Neuron(2)
    model = MLP(2, [2, 1], rng=random.Random(0))
    uneven = MLP(2, [2, 1])
    uneven.layers[0].neurons[0].b = None
    infinite = MLP(2, [1])
    infinite.layers[0].neurons[0].b.data = math.inf
    lacking = Operation("lacking", lambda x: x, [lambda out, x: 1.0])
    for given, name, error, told in (
        (neuron, "m.c", TypeError, "export takes an MLP, what load_model gives or a program"),
        (MLP(2, [2, 1], own), "m.c", InputError, "the activation 'own' is a function of your own"),
        (MLP(2, [2, 1], lacking), "m.c", InputError, "not exported: lacking can't be written in C"),
        (MLP(2, [2, 1], lacking), "m.js", InputError, "not exported: lacking isn't in the table"),
        (uneven, "m.py", InputError, "the neurons of a layer differ"),
        (infinite, "m.c", InputError, "not exported: it has a constant that isn't finite: inf"),
        (model, "m.exe", InputError, r"m\.exe: name a file that ends in \.c, \.js, \.py"),
        (model, "m.C", InputError, "name a file that ends in"),
        (model, "m.jax.py", InputError, r"m\.jax\.py: no module for JAX is written: compile"),
        (model, "m.json", InputError, r"m\.json: save_model\(model, path\) writes a model's own"),
        (model, "stdio.c", InputError, "stdio.h is a header of C itself"),
    ):
        with pytest.raises(error, match=told):
            export(given, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_class_too_long_for_a_string_of_c_is_refused_there_alone(tmp_path):
    saved = build(INPUTS["numbers"], TextColumn("kind", ("short", "long" * 2000)))
    with pytest.raises(InputError, match=r'not exported: the class "longlong.* is too long for C'):
        export(saved, tmp_path / "m.c")
    export(saved, tmp_path / "m.py")
    export(saved, tmp_path / "m.js")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.js", "m.py"]


def test_a_file_is_written_only_where_both_can_be(tmp_path):
    (tmp_path / "m.h").mkdir()
    with pytest.raises(InputError, match="it is a folder"):
        export(MLP(2, [1]), tmp_path / "m.c")
    assert not (tmp_path / "m.c").exists()


# The command


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build(INPUTS["mixed"], TARGETS["two"]).save("model.json")
    return "model.json"


def test_the_command_writes_what_export_does(model, capsys, tmp_path):
    assert command(["export", model, "-o", "m.c", "--float", "--no-check"]) == 0
    written = (tmp_path / "m.c").read_text()
    export(load_model(model), "m.c", single=True)
    assert (tmp_path / "m.c").read_text() == written
    assert capsys.readouterr() == ("Model: m.c and m.h\n", "")


def test_the_command_refuses_in_a_line(model, capsys, tmp_path):
    save_model(MLP(1, [1]), "plain.h")
    for arguments, told in (
        (["missing.json", "-o", "m.c"], "micrograd-nn export: missing.json: there is no such file"),
        ([model, "-o", "m.exe"], "m.exe: name a file that ends in .c, .js, .py"),
        ([model, "-o", "m.py", "--float"], "m.py: single precision is for files that end in .c"),
        (["plain.h", "-o", "plain.c"], "plain.h would overwrite what is read"),
        ([model, "-o", "nowhere/m.c"], "there is no such folder"),
    ):
        assert command(["export", *arguments]) == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
        assert told in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "plain.h"]
