"""Fuzzed inputs: whatever bytes a table or a model file has, a whole result or one clear line.

Tables go through ``train`` and ``predict``, model files through ``predict`` and
``train --resume``, a hundred of each, or two hundred where FULL=1. Whichever way it ends, no file
is left half-written, none is left over, and what can't be used has changed nothing.
"""

import copy
import csv
import functools
import io
import json
import math
import os
import re
import signal
import tempfile
from collections import Counter
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest
from commands import run_command
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import choose_size
from tables import write_fruit

from micrograd_nn.extras.tables.reading import read_table
from micrograd_nn.extras.tables.storage import load_model

pytestmark = pytest.mark.slow

LIMIT = 20  # seconds for one command, which takes a hundredth of one on a usual file
FRUIT = write_fruit(12, pear_every=3)
REAL_MODELS = {"classes": ("fruit", 1), "numbers": ("weight", 2)}  # their targets and seeds

EXAMPLES = choose_size(100, 200)
fuzzing = settings(max_examples=EXAMPLES, deadline=timedelta(seconds=2 * LIMIT))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder; that files also survive a kill is tested elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("os.fsync", lambda handle: None)
    for kind in REAL_MODELS:
        real_model(kind)  # not while Hypothesis draws
    return tmp_path


# A command, and what has to be true whatever it was given


class Hang(BaseException):
    """What nobody catches, neither the command nor Hypothesis, who would look for smaller ones."""


@contextmanager
def at_most(seconds):
    """Stop with a Hang what takes longer, where the system has such an alarm."""

    def ring(*_):
        raise Hang(f"not done after {seconds} seconds: {files()}")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def command(*arguments):
    """Run the command; return its exit status and what it wrote to a terminal of UTF-8."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", newline="")
    with at_most(LIMIT), redirect_stdout(out), redirect_stderr(err):
        status = run_command(arguments)
    for stream in (out, err):
        stream.flush()
    return status, *(stream.buffer.getvalue().decode() for stream in (out, err))


def files():
    """Return the content of every file in the folder, hidden and temporary ones included."""
    return {entry.name: Path(entry).read_bytes() for entry in os.scandir()}


def start_with(contents):
    """Make these the only files in the folder."""
    for entry in os.scandir():
        os.unlink(entry)
    for name, content in contents.items():
        Path(name).write_bytes(content)


def checked(contents, *arguments, writes=()):
    """Run a command on these files; return its exit status and output.

    It may write these files, if it ends well, and no others; if it doesn't, it says why in one
    line and writes nothing.
    """
    start_with(contents)
    status, out, err = command(*arguments)
    after = files()
    assert status in (0, 2)
    if status == 2:
        assert err.startswith("micrograd-nn ")
        assert err.endswith("\n")
        assert err[:-1].isprintable(), "one line"
        assert after == contents
    else:
        assert sorted(after) == sorted({*contents, *writes})
        for name in contents.keys() - set(writes):
            assert after[name] == contents[name]
    return status, out, err


def checked_training(contents, *arguments, model="m.json"):
    """Run ``train`` on these files, one of which is an older model; return its exit status."""
    status, _, err = checked(contents, "train", *arguments, "--force", writes=[model])
    if status == 0:
        assert err == ""
        saved = load_model(model)
        assert Path(model).read_bytes() != contents[model]
        assert saved.training["losses"]
        assert saved.encoding is not None
    return status


def checked_prediction(contents, *arguments, to_file):
    """Run ``predict`` on the files m.json and t.csv of these; return its exit status."""
    status, out, err = checked(
        contents, "predict", "m.json", "t.csv", *(("-o", "out.csv") if to_file else ()),
        *arguments, writes=["out.csv"] if to_file else [],
    )  # fmt: skip
    if status == 2:
        assert out == ""
        return status
    if "--quiet" in arguments:
        assert err == ""
    if to_file:
        out = Path("out.csv").read_bytes().decode()
    encoding, table = load_model("m.json").encoding, read_table("t.csv")
    header, *rows = csv.reader(io.StringIO(out, newline=""), strict=True)
    width = len(table.columns)
    added = [f"predicted_{encoding.target.name}"] + ["probability"] * encoding.is_classification
    added.append("remark")
    assert header[:width] == [*table.columns]
    assert len({*header}) == len(header)
    for name, wanted in zip(header[width:], added, strict=True):
        assert name == wanted or (name == f"{wanted}_2" and wanted in table.columns)
    assert [tuple(row[:width]) for row in rows] == [*table.rows]
    for row in rows:
        prediction, *probability, remark = row[width:]
        if encoding.is_classification:
            assert prediction in encoding.target.categories
            (shown,) = probability
            assert "far" in remark if not shown else 0 < float(shown) <= 1
        else:
            assert math.isfinite(float(prediction))
    return status


@functools.cache
def real_model(kind):
    """Return the bytes of a model that was trained for classes or for numbers."""
    target, seed = REAL_MODELS[kind]
    with tempfile.TemporaryDirectory() as folder:
        table, path = Path(folder, "t.csv"), Path(folder, "m.json")
        table.write_text(FRUIT)
        status, _, _ = command(
            "train", str(table), "--target", target, "--model", str(path), "--hidden", "2",
            "--epochs", "3", "--seed", str(seed),
        )  # fmt: skip
        assert status == 0
        return path.read_bytes()


# Tables as bytes: from nearly good ones to arbitrary ones

WORDS = ["red", "green", "apple", "pear"]
ODD_NUMBERS = [
    "1e308", "-1e308", "1.7e308", "5e-324", "1e-400", "1e999", "nan", "-inf", "Infinity", "-0.0",
    "1_0", "1,5", "0x1F", "٣", "１", "½", "9" * 400, "1" + "0" * 5000, "+5", "1e", ".5", "5.",
]  # fmt: skip
ODD_TEXTS = [
    "", " ", "a b", "é", "e\u0301", "😀", "\u202eright", "\x1b[31mred", "[red]x[/]", "[/]", "\\[",
    "\ufeff", "\x85", "\u2028", "\x00", "\x7f", '"', '""', "'", ",", ";", "\t", "\r", "\n",
    "a\r\nb", "=1+1", "#", "\ufffe", "x" * 3000, "None", "true", "-q", "predicted_fruit",
    "probability",
]  # fmt: skip
number = st.integers(-99, 99).map(str) | st.floats(-1e6, 1e6).map(repr)
odd_number = st.sampled_from(ODD_NUMBERS) | st.floats().map(repr) | st.integers().map(str)
odd_text = st.sampled_from(ODD_TEXTS) | st.text(max_size=6)
name = st.sampled_from(["weight", "colour", "fruit", "x", "y", " z ", "X", "a,b", "c;d", 'q"q'])
BYTES = [b'"', b",", b";", b"\n", b"\r", b"\t", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc3", b"1e999"]


@st.composite
def cells(draw, name, height, odd):
    """Return a column's cells, those of known names as the real models know them."""
    known = {"weight": number, "colour": st.sampled_from(WORDS[:2])}
    good = known.get(name, st.sampled_from(WORDS[2:]) if name < "x" else number)
    cell = draw(
        st.sampled_from([good, good, odd_number, odd_text, good | odd_number])
        if odd
        else st.just(good)
    )
    return draw(st.lists(cell, min_size=height, max_size=height))


@st.composite
def near_tables(draw):
    """Return the bytes of a table as a program or a person might have written it, and a target."""
    names, odd = ["weight", "colour", "fruit"], draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        names = draw(st.lists(name | odd_text, min_size=1, max_size=3))
    names += draw(st.lists(name.filter(lambda new: new not in names), max_size=2, unique=True))
    height = draw(st.integers(0, 13) | st.integers(4, 9))
    rows = [names, *zip(*[draw(cells(each, height, odd)) for each in names], strict=True)]
    separator = draw(st.sampled_from(",,,,,;\t|"))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n", " \n", "\n\r"]))
    buffer = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows(rows)
    text = draw(st.sampled_from([buffer.getvalue(), end.join(map(separator.join, rows))]))
    encodings = ["utf-8"] * 12 + ["utf-8-sig", "utf-16", "latin-1"]
    data = text.encode(draw(st.sampled_from(encodings)), "replace")
    whole = st.just(data)
    data = draw(damaged(data) if draw(st.integers(0, 7)) == 0 else whole)
    return data, draw(st.sampled_from(names)).strip()


@st.composite
def damaged(draw, data):
    """Return bytes of which some are others, doubled or gone, or the end is missing."""
    for _ in range(draw(st.integers(1, 3))):
        start, length = draw(st.integers(0, len(data))), draw(st.integers(0, 8))
        new = draw(st.sampled_from([*BYTES, b"", data[start : start + 5 * length]]))
        end = draw(st.sampled_from([start, start + length, len(data)]))
        data = data[:start] + new + data[end:]
    return data


csv_alphabet = st.text(alphabet='ab12.,;\t"\n\r _-\0\u2028é', max_size=60)


@st.composite
def tables(draw):
    """Return any bytes, and the name of a column to learn, which they may have."""
    kind = draw(st.integers(0, 99))
    if kind < 85:
        return draw(near_tables())
    target = draw(st.sampled_from(["a", "b", "x", "fruit", "1"]) | st.text(max_size=3))
    if kind < 94:
        return draw(csv_alphabet.map(lambda text: f"{target},a,b\n{text}".encode())), target
    return draw(csv_alphabet.map(str.encode) | st.binary(max_size=60)), target


TRAIN_FLAGS = [
    "--skip-empty", "--classes", "--quiet", "--ignore=x", "--validation=0", "--test=0.3",
    "--decimal=,", "--missing=red", "--encoding=latin-1",
]  # fmt: skip
train_flags = st.lists(st.sampled_from(TRAIN_FLAGS), max_size=2)
quietly = st.sampled_from([(), ("--quiet",)])


def test_any_table_trains_a_model_or_is_told_in_one_line():
    seen = Counter()

    @fuzzing
    @given(tables(), train_flags)
    def check(table, flags):
        data, target = table
        contents = {"t.csv": data, "m.json": real_model("classes")}
        status = checked_training(
            contents, "t.csv", f"--target={target}", "--model", "m.json", "--epochs", "1",
            "--hidden", "2", *flags,
        )  # fmt: skip
        seen[status] += 1
        if status == 0:
            trained = {"t.csv": data, "m.json": Path("m.json").read_bytes()}
            seen["predicted", checked_prediction(trained, "--quiet", to_file=True)] += 1

    check()
    assert min(seen[0], seen[2], seen["predicted", 0]) > EXAMPLES // 50, (
        f"too few of a kind: {seen}"
    )


def test_any_table_is_predicted_or_told_in_one_line():
    seen = Counter()

    @fuzzing
    @given(tables(), st.sampled_from(list(REAL_MODELS)), quietly, st.booleans())
    def check(table, kind, flags, to_file):
        contents = {"t.csv": table[0], "m.json": real_model(kind)}
        seen[checked_prediction(contents, *flags, to_file=to_file)] += 1

    check()
    assert min(seen[0], seen[2]) > EXAMPLES // 50, f"too few of a kind: {seen}"


# Model files: a real one in which something was changed, doubled, dropped or cut off

EXTREMES = [
    0.0, -0.0, 5e-324, 1e-300, 1e100, 1e155, -1e200, 1.7e308, -1.7e308, math.nan, math.inf,
    0, 1, -1, 2, 2**53 - 1, 2**63, -(10**30), 10**400,
]  # fmt: skip
scalar = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(EXTREMES)
    | st.text(max_size=3)
    | st.sampled_from(["tanh", "sin", "linear", "fruit", "weight", "apple", "\n", "\ud800", "\x1b"])
)
json_value = st.recursive(
    scalar,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
TOKENS = [
    "1e999", "-1e400", "1e-999", "9" * 4000, "9" * 5000, "NaN", "-Infinity", "-0", "01", "1.",
    "0x1", "1_0", "'a'", '"\\ud800"', '"\\u0000"', '"\x00"', "[" * 3000 + "]" * 3000,
    '{"a":' * 3000, "", "null", "[]", "{}", '"micrograd_nn model"', "1e155", "-1e200", "1.7e308",
]  # fmt: skip


def places(tree, path=()):
    """Yield the path to every value below the root of a tree of JSON."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def at(tree, path):
    for key in path:
        tree = tree[key]
    return tree


@st.composite
def changed_trees(draw, content):
    """Return the content with up to three changes of its tree."""
    content = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, 3))):
        everywhere = [*places(content)]
        if draw(st.booleans()):  # the parameters are many: as often, something else
            everywhere = [place for place in everywhere if place[0] != "parameters"] or everywhere
        if not everywhere:
            break
        *above, key = draw(st.sampled_from(everywhere))
        parent = at(content, above)
        old, moved = parent.pop(key), copy.deepcopy(at(content, draw(st.sampled_from([(), above]))))
        new = st.sampled_from([old, [old], {"a": old}, [old] * 2, moved, *EXTREMES])
        change = draw(st.sampled_from(["replace", "replace", "all weights", "drop", "rename"]))
        if change == "rename" and isinstance(parent, dict):
            key = draw(st.sampled_from(["name", "mean", "categories", "x", ""]))
        if change != "drop":
            value = draw(new | json_value | odd_text | st.floats(-1e3, 1e3))
            if isinstance(parent, dict):
                parent[key] = value
            else:
                parent.insert(key, value)
        weights = content.get("parameters")
        if change == "all weights" and isinstance(weights, dict):
            weights |= dict.fromkeys(weights, draw(st.sampled_from(EXTREMES) | st.floats(-9, 9)))
    return content


@st.composite
def model_files(draw):
    """Return the bytes of a damaged model file."""
    real = real_model(draw(st.sampled_from(list(REAL_MODELS))))
    kind, text = draw(st.integers(0, 19)), real.decode()
    if kind < 12:
        content = draw(changed_trees(json.loads(real)))
        as_ascii = draw(st.integers(0, 3)) > 0
        return json.dumps(content, ensure_ascii=as_ascii).encode("utf-8", "surrogatepass")
    if kind < 17:  # one token is another, or one key is there twice, with two values
        pattern = r'-?[\d.]+(e-?\d+)?|"[^"]*"|true|null' if kind < 15 else r'"[^"]*": '
        token = draw(st.sampled_from([*re.finditer(pattern, text)]))
        new = draw(st.sampled_from(TOKENS))
        if kind >= 15:
            new = f"{token.group()}{new}, {token.group()}"
        return (text[: token.start()] + new + text[token.end() :]).encode()
    if kind < 19:
        return draw(damaged(real))
    return draw(st.binary(max_size=40) | json_value.map(lambda value: json.dumps(value).encode()))


predict_table = st.sampled_from(
    [FRUIT, "colour,weight,fruit\nred,1e9,pear\n", "weight,colour\n100,red\n", "colour\ngreen\n"]
).map(str.encode)


def test_any_model_file_predicts_or_is_told_in_one_line():
    seen = Counter()

    @fuzzing
    @given(model_files(), predict_table, quietly, st.booleans())
    def check(model, table, flags, to_file):
        contents = {"t.csv": table, "m.json": model}
        if to_file:
            contents["out.csv"] = b"an older prediction\n"
        seen[checked_prediction(contents, *flags, to_file=to_file)] += 1

    check()
    assert min(seen[0], seen[2]) > EXAMPLES // 50, f"too few of a kind: {seen}"


def test_any_model_file_is_trained_on_or_told_in_one_line():
    seen = Counter()

    @fuzzing
    @given(model_files(), quietly, st.booleans())
    def check(resumed, flags, in_place):
        contents = {"t.csv": FRUIT.encode(), "m.json": resumed}
        if not in_place:
            contents |= {"m.json": real_model("classes"), "r.json": resumed}
            flags += ("--resume", "r.json", "--model", "m.json")
        else:
            flags += ("--resume", "m.json")
        seen[checked_training(contents, "t.csv", "--epochs", "1", *flags)] += 1

    check()
    assert min(seen[0], seen[2]) > EXAMPLES // 50, f"too few of a kind: {seen}"


# What was found so


def model_with(kind, place, value):
    """Return the bytes of a real model file in which one value is another."""
    content = json.loads(real_model(kind))
    *above, key = place
    assert key in at(content, above)
    at(content, above)[key] = value
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", "16"), ("epochs", [3]), ("lr", {}), ("lr", 10**400), ("activation", []),
        ("losses", [[0.5]]), ("losses", 3), ("best_epoch", 0.5),
    ],
    ids=str,
)  # fmt: skip
def test_damaged_notes_on_a_training_are_told_in_one_line(name, value):
    contents = {
        "t.csv": FRUIT.encode(),
        "m.json": model_with("classes", ("training", name), value),
    }
    assert checked_training(contents, "t.csv", "--resume", "m.json") == 2


@pytest.mark.parametrize("to_file", [False, True], ids=["printed", "to a file"])
@pytest.mark.parametrize("kind", REAL_MODELS)
def test_a_target_under_a_name_that_utf_8_cannot_hold_is_told_in_one_line(kind, to_file):
    contents = {
        "t.csv": FRUIT.encode(),
        "m.json": model_with(kind, ("encoding", "target", "name"), "\ud800"),
    }
    assert checked_prediction(contents, to_file=to_file) == 2


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\u2028"], ids=ascii)
@pytest.mark.parametrize("to_file", [False, True], ids=["printed", "to a file"])
@pytest.mark.parametrize("place", ["cell", "column", "class", "target"])
def test_a_line_break_in_a_text_is_still_in_it_beside_a_prediction(place, end, to_file):
    text, model = f"one{end}two", real_model("classes")
    if place == "class":
        model = model_with("classes", ("encoding", "target", "categories"), [text, f"{end}x{end}"])
    elif place == "target":
        model = model_with("classes", ("encoding", "target", "name"), text)
    column, cell = text if place == "column" else "note", text if place == "cell" else "-"
    table = f'weight,colour,"{column}"\n100,red,"{cell}"\n'.encode()
    assert checked_prediction({"t.csv": table, "m.json": model}, "--quiet", to_file=to_file) == 0
