"""Model files: bit for bit what was saved, whole or not at all, and an error for all else."""

import copy
import json
import math
import os
import random
import stat
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import micrograd_nn.files
from micrograd_nn import Value, exp, tanh
from micrograd_nn.files import check_writable, read_file, write_file
from micrograd_nn.nn import ACTIVATIONS, MLP
from micrograd_nn.tables.columns import NumericColumn, TextColumn
from micrograd_nn.tables.encoding import Encoding
from micrograd_nn.tables.storage import SavedModel, load_model, save_model
from micrograd_nn.text import InputError

ENCODING = Encoding(
    (NumericColumn("weight", 120.0, 16.5), TextColumn("colour", ("green", "red"))),
    TextColumn("fruit", ("apple", "pear")),
)


def model_of(seed=1):
    return MLP(3, [2, 2], "tanh", rng=random.Random(seed))


def message(call, *arguments, **options) -> str:
    with pytest.raises(InputError) as caught:
        call(*arguments, **options)
    told = str(caught.value)
    assert told.isprintable(), "an error is one line"
    return told


def bits(number):
    return struct.pack("<d", number)


def same_bits(one, other):
    assert list(one.state()) == list(other.state())
    return [bits(x) for x in one.state().values()] == [bits(x) for x in other.state().values()]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


# Saved and loaded

finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(st.lists(finite, min_size=9, max_size=9))
@example([0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 0.1, 1 / 3, 1e22, -1e22])
@example([sys.float_info.max, -sys.float_info.max, sys.float_info.min, sys.float_info.epsilon, 1e16,
          2.0**53, 123456789012345680.0, 1e-7, 4.35])  # fmt: skip
def test_weights_come_back_bit_for_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.getbasetemp() / "any_weights.json"
    model = MLP(2, [2, 1])
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    save_model(model, path)
    assert same_bits(load_model(path).model, model)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_named_activation_comes_back(path, name, bias):
    model = MLP(3, [4, 2], [name, tanh], bias=bias, rng=random.Random(1))
    save_model(model, path)
    loaded = load_model(path).model
    assert loaded.activations == [name, "tanh"]
    assert loaded.has_bias is bias
    assert loaded.sizes == [3, 4, 2]
    assert same_bits(loaded, model)
    x = [0.3, -1.2, 2.0]
    assert [v.data for v in loaded(x)] == [v.data for v in model(x)]


def test_an_encoding_and_notes_come_back(path):
    notes = {"loss": [0.5, 0.25], "seed": 3, "deep": {"é": None}}
    SavedModel(model_of(), ENCODING, notes).save(path)
    loaded = load_model(path)
    assert loaded.encoding == ENCODING
    assert loaded.training == notes
    assert same_bits(loaded.model, model_of())


def test_without_an_encoding_there_is_none(path):
    save_model(model_of(), path)
    loaded = load_model(path)
    assert loaded.encoding is None
    assert loaded.training == {}


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


@settings(deadline=None)
@given(finite, finite.filter(lambda scale: scale > 0), texts)
def test_an_encoding_comes_back_bit_for_bit(tmp_path_factory, mean, scale, text):
    path = tmp_path_factory.getbasetemp() / "any_encoding.json"
    target = NumericColumn(text + "y", mean, scale)
    encoding = Encoding((TextColumn("x", ("a", text + "b")),), target)
    SavedModel(MLP(2, [1]), encoding).save(path)
    loaded = load_model(path).encoding
    assert loaded == encoding
    target = loaded.target
    assert (bits(target.mean), bits(target.scale)) == (bits(mean), bits(scale))


@pytest.mark.parametrize("text", ["\0", "", "\ud800"])
def test_an_encoding_that_could_not_be_loaded_is_not_saved(path, text):
    SavedModel(model_of(), ENCODING).save(path)
    before = path.read_bytes()
    encoding = Encoding((NumericColumn(text, 0.0, 1.0),), NumericColumn("y", 0.0, 1.0))
    with pytest.raises(InputError, match=r"^not saved: .* needs a text as its 'name'"):
        SavedModel(MLP(1, [1]), encoding).save(path)
    assert path.read_bytes() == before


def test_a_loaded_model_saves_as_the_same_file(path):
    SavedModel(model_of(), ENCODING, {"loss": 0.5}).save(path)
    before = path.read_bytes()
    load_model(path).save(path)
    assert path.read_bytes() == before


def test_a_path_may_be_a_text(path):
    save_model(model_of(), str(path))
    assert same_bits(load_model(str(path)).model, model_of())


def test_the_file_is_text_in_utf_8_that_a_person_can_read(path):
    SavedModel(model_of(), ENCODING).save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["parameters"] == model_of().state()
    assert content["activations"] == ["tanh", "linear"]


def test_weights_that_another_program_wrote_as_whole_numbers_are_floats(path):
    save_model(model_of(), path)
    content = json.loads(path.read_text())
    content["parameters"]["layers.0.neurons.0.b"] = 3
    path.write_text(json.dumps(content))
    number = load_model(path).model.layers[0].neurons[0].b.data
    assert number == 3.0
    assert type(number) is float


# Not saved


def ramp(v):
    return v.relu()


def sigmoid(v):
    """Return 2 σ(v): a function of one's own that has the name of another."""
    return 2 * v.sigmoid()


@pytest.mark.parametrize("activation", [ramp, exp, lambda v: v, sigmoid])
def test_an_activation_that_a_file_cannot_hold_is_refused_and_the_old_file_stays(path, activation):
    path.write_text("old")
    told = message(save_model, MLP(1, [2, 1], [activation, "tanh"]), path)
    assert "not saved" in told
    assert path.read_text() == "old"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_not_finite_is_refused_by_name_and_the_old_file_stays(path, bad):
    path.write_text("old")
    model = model_of()
    model.layers[1].neurons[0].w[1].data = bad
    told = message(save_model, model, path)
    assert "layers.1.neurons.0.w.1" in told
    assert str(bad) in told
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["model.json"]


def test_a_network_with_tied_weights_is_refused_or_comes_back(path):
    model = MLP(1, [1, 1], "tanh")
    model.layers[1].neurons[0].w[0] = model.layers[0].neurons[0].w[0]
    try:
        save_model(model, path)
    except InputError:
        return
    assert load_model(path).model([0.5]).data == model([0.5]).data


@pytest.mark.parametrize("bad", [math.nan, math.inf, {1, 2}, Value(1.0)])
def test_notes_that_json_cannot_hold_are_refused_and_the_old_file_stays(path, bad):
    path.write_text("old")
    with pytest.raises((InputError, ValueError, TypeError)):
        SavedModel(model_of(), training={"loss": [0.5, bad]}).save(path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["model.json"]


# Whole or not at all


class FailingFile:
    """A file that takes a few bytes and then fails, as a full disk does."""

    def __init__(self, file, error):
        self.file = file
        self.error = error

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *exception):
        return self.file.__exit__(*exception)

    def write(self, data):
        self.file.write(data[:5])
        self.file.flush()
        raise self.error

    def __getattr__(self, name):
        return getattr(self.file, name)


def fail_at(monkeypatch, where, error):
    def fail(*_, **__):
        raise error

    def failing_open(*arguments, **options):
        return FailingFile(open(*arguments, **options), error)

    if where == "write":
        monkeypatch.setattr(micrograd_nn.files, "open", failing_open, raising=False)
    else:
        monkeypatch.setattr(where, fail)


STAGES = ["os.open", "write", "os.fsync", "os.chmod", "os.replace"]


@pytest.mark.parametrize("old", [b"the old content", None])
@pytest.mark.parametrize("stage", STAGES)
def test_a_failure_at_any_stage_leaves_the_old_file_and_nothing_else(path, monkeypatch, stage, old):
    if old is None and stage == "os.chmod":
        old = b""  # a new file has its permissions from the start
    if old is not None:
        path.write_bytes(old)
    fail_at(monkeypatch, stage, OSError(28, "No space left on device"))
    told = message(save_model, model_of(), path)
    monkeypatch.undo()
    assert told == f"can't write {path}: No space left on device"
    assert os.listdir(path.parent) == ([] if old is None else ["model.json"])
    if old is not None:
        assert path.read_bytes() == old


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_at_any_stage_leaves_the_old_file_and_nothing_else(path, monkeypatch, stage):
    path.write_bytes(b"the old content")
    fail_at(monkeypatch, stage, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        save_model(model_of(), path)
    monkeypatch.undo()
    assert path.read_bytes() == b"the old content"
    assert os.listdir(path.parent) == ["model.json"]


def test_the_old_file_is_there_until_the_new_one_is_on_the_disk_in_the_same_folder(
    path, monkeypatch
):
    path.write_bytes(b"the old content")
    seen = []
    replace, fsync = os.replace, os.fsync

    def watched_fsync(handle):
        seen.append(("fsync", path.read_bytes()))
        fsync(handle)

    def watched_replace(source, target):
        new = json.loads(Path(source).read_bytes())
        seen.append(("replace", path.read_bytes(), Path(source).parent, new["format"]))
        replace(source, target)

    monkeypatch.setattr("os.fsync", watched_fsync)
    monkeypatch.setattr("os.replace", watched_replace)
    save_model(model_of(), path)
    assert seen == [
        ("fsync", b"the old content"),
        ("replace", b"the old content", path.parent, "micrograd_nn model"),
    ]
    assert same_bits(load_model(path).model, model_of())


KILLED = """
import random, sys
from micrograd_nn.nn import MLP
from micrograd_nn.tables.storage import save_model
models = [MLP(20, [20, 5], rng=random.Random(seed)) for seed in (1, 2)]
for number in range(10**9):
    save_model(models[number % 2], sys.argv[1])
    print("saved", flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.007, 0.013])
def test_a_kill_at_any_moment_leaves_a_whole_file(path, delay):
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline().strip() == b"saved"
        time.sleep(delay)
        process.kill()
    state = load_model(path).model.state()
    assert state in [MLP(20, [20, 5], rng=random.Random(seed)).state() for seed in (1, 2)]


def test_bytes_and_texts_are_written_as_they_are(tmp_path):
    write_file(tmp_path / "a", "é\r\n\n")
    write_file(tmp_path / "b", b"\x00\xff")
    assert (tmp_path / "a").read_bytes() == "é\r\n\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"


posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755, 0o400])
def test_an_old_files_permissions_are_kept(path, mode):
    path.write_text("old")
    path.chmod(mode)
    save_model(model_of(), path)
    assert mode_of(path) == mode
    assert load_model(path)


@posix
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_files_permissions_follow_the_umask(path, mask, mode):
    before = os.umask(mask)
    try:
        save_model(model_of(), path)
        assert os.umask(mask) == mask, "which itself is left as it was"
    finally:
        os.umask(before)
    assert mode_of(path) == mode


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path, there):
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "model.json", tmp_path / "link.json"
    if there:
        target.write_text("old")
    link.symlink_to(target)
    save_model(model_of(), link)
    assert link.is_symlink()
    assert not target.is_symlink()
    assert same_bits(load_model(target).model, model_of())
    assert os.listdir(tmp_path / "real") == ["model.json"]
    assert sorted(os.listdir(tmp_path)) == ["link.json", "real"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_device_is_written_to_and_not_replaced():
    write_file("/dev/null", "gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert message(write_file, "/dev/full", "x").startswith("can't write /dev/full: ")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


# Places where nothing can be written


@pytest.mark.parametrize("write", [lambda path: save_model(model_of(), path), check_writable])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, write):
    missing, folder, file = tmp_path / "no" / "m.json", tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    file.write_text("a file")
    assert message(write, missing) == f"can't write {missing}: there is no such folder"
    assert message(write, folder) == f"can't write {folder}: it is a folder"
    assert message(write, file / "m.json").endswith("there is no such folder")
    assert "can't write" in message(write, tmp_path / ("x" * 300 + "/m.json"))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert os.listdir(folder) == []


@pytest.mark.parametrize("write", [lambda path: save_model(model_of(), path), check_writable])
def test_a_path_that_no_file_system_takes_is_told_in_one_line(tmp_path, write):
    message(write, f"{tmp_path}/a\0b")
    message(write, f"{tmp_path}/no\nsuch\nfolder/m.json")


@pytest.mark.parametrize(
    ("write", "function"),
    [
        (lambda path: save_model(model_of(), path), "os.open"),
        (check_writable, "tempfile.TemporaryFile"),
    ],
)
def test_a_folder_that_may_not_be_written_is_told(path, monkeypatch, write, function):
    fail_at(monkeypatch, function, PermissionError(13, "Permission denied"))
    assert message(write, path) == f"can't write {path}: permission denied"


def test_checking_that_a_file_can_be_written_changes_nothing(path):
    check_writable(path)
    assert os.listdir(path.parent) == []
    path.write_text("old")
    check_writable(path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["model.json"]


# Files that cannot be read


def test_a_file_that_is_not_there_or_not_a_file_is_told_in_one_line(tmp_path, monkeypatch):
    missing = tmp_path / "m.json"
    assert message(load_model, missing) == f"{missing}: there is no such file"
    assert message(load_model, tmp_path) == f"{tmp_path}: it is a folder"
    (tmp_path / "file").write_text("a file")
    assert message(load_model, tmp_path / "file" / "m.json").endswith("there is no such file")
    fail_at(monkeypatch, "pathlib.Path.read_text", PermissionError(13, "Permission denied"))
    assert message(load_model, missing) == f"{missing}: permission denied"


@pytest.mark.parametrize("name", ["a\0b.json", "a\nb.json", "", "x" * 300])
def test_a_path_that_cannot_be_opened_is_told_in_one_line(tmp_path, name):
    message(load_model, f"{tmp_path}/{name}")


def test_a_damaged_file_under_a_name_with_a_line_break_is_told_in_one_line(tmp_path):
    path = tmp_path / "a\nb.json"
    path.write_text("{")
    message(load_model, path)
    path.write_text("{}")
    message(load_model, path)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe{\x00}\x00", "{é}".encode("latin-1"), b'{"format": "\xff"}', b"\x80"]
)
def test_a_file_that_is_not_utf_8_is_told_with_the_place(path, data):
    path.write_bytes(data)
    place = next(i for i, byte in enumerate(data) if byte >= 128)
    assert message(load_model, path) == f"{path} is not UTF-8 text (byte {place})"
    assert message(read_file, path) == f"{path} is not UTF-8 text (byte {place})"


# Damaged and foreign files


@pytest.fixture
def load(path):
    """Return a function that loads a file of this content."""

    def load(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_model(path)

    return load


def test_a_truncated_file_is_an_error_wherever_it_ends(path, load):
    encoding = Encoding((NumericColumn("x", 0.5, 2.0),), NumericColumn("y", -1.0, 3.0))
    SavedModel(MLP(1, [1]), encoding, {"loss": 1.5}).save(path)
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    for end in range(len(content) - 1):
        assert "it isn't JSON" in message(load, content[:end])
    assert load(content[:-1]).encoding == load(content).encoding == encoding


@pytest.mark.parametrize(
    "content",
    ["", " ", "null", "true", "3", '"micrograd_nn model"', "[]", "{}", '["format"]', "NaN",
     '{"format": "other"}', '{"format": null, "version": 1}', '{"format": ["micrograd_nn model"]}',
     "\ufeff{}", "a,b\n1,2\n", "<html>", "{'format': 1}", '{"a": 1} x', "\0",
     '{"type": "FeatureCollection", "features": []}'],
)  # fmt: skip
def test_a_foreign_file_is_an_error(path, load, content):
    told = message(load, content)
    assert told.startswith(f"{path} is no ")
    assert "model file" in told


@pytest.mark.parametrize(
    "key", ["format", "version", "inputs", "layers", "activations", "bias", "parameters"]
)
def test_a_file_that_lacks_a_part_is_an_error(load, key):
    content = content_of(ENCODING)
    del content[key]
    message(load, json.dumps(content))


def content_of(encoding=None):
    """Return the content of a small model's file."""
    model = MLP(3, [2, 2], "tanh", rng=random.Random(1))
    return {
        "format": "micrograd_nn model",
        "version": 1,
        "inputs": 3,
        "layers": [2, 2],
        "activations": ["tanh", "linear"],
        "bias": True,
        "parameters": model.state(),
        "encoding": encoding and encoding.to_json(),
        "training": {"loss": [0.5]},
    }


def test_the_content_that_is_damaged_below_is_a_models(load):
    loaded = load(json.dumps(content_of(ENCODING)))
    assert same_bits(loaded.model, model_of())
    assert loaded.encoding == ENCODING


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": 2}, "version is 2"),
        ({"version": "1"}, "version is '1'"),
        ({"inputs": 0}, "sizes"),
        ({"inputs": 3.0}, "sizes"),
        ({"inputs": True}, "sizes"),
        ({"layers": []}, "sizes"),
        ({"layers": [2, -2]}, "sizes"),
        ({"layers": "22"}, "sizes"),
        ({"layers": [2, 2, 2]}, "activation"),
        ({"layers": [2, 3]}, "parameters"),
        ({"inputs": 2}, "parameters"),
        ({"bias": False}, "parameters"),
        ({"bias": 1}, "biases"),
        ({"bias": None}, "biases"),
        ({"activations": ["tanh"]}, "activation"),
        ({"activations": "tl"}, "activation"),
        ({"activations": ["tanh", "exp"]}, "no activation 'exp'"),
        ({"activations": ["tanh", None]}, "no activation None"),
        ({"activations": [["tanh"], "tanh"]}, "no activation"),
        ({"parameters": []}, "parameters"),
        ({"encoding": []}, "encoding"),
        ({"encoding": 3}, "encoding"),
        ({"inputs": 2, "layers": [2, 2, 1]}, "activation"),
    ],
)
def test_a_part_that_does_not_fit_is_an_error_that_names_it(load, changes, told):
    assert told in message(load, json.dumps({**content_of(ENCODING), **changes}))


@pytest.mark.parametrize(("inputs", "layers"), [(2, [3, 2]), (3, [2, 3]), (4, [2, 2]), (3, [2, 1])])
def test_columns_that_do_not_fit_the_network_are_an_error(load, inputs, layers):
    model = MLP(inputs, layers, "tanh")
    content = {
        **content_of(ENCODING), "inputs": inputs, "layers": layers, "parameters": model.state()
    }  # fmt: skip
    assert "columns don't fit" in message(load, json.dumps(content))


@pytest.mark.parametrize(
    "bad",
    [None, True, "0.5", [0.5], {}, math.nan, math.inf, -math.inf, 2**53, 10**400, "x" * 10**5],
    ids=lambda bad: f"{bad!r:.20}",
)
def test_a_weight_that_is_no_finite_number_is_an_error(load, bad):
    content = content_of()
    content["parameters"]["layers.1.neurons.0.b"] = bad
    assert "layers.1.neurons.0.b" in message(load, json.dumps(content))


def test_a_weight_that_overflows_is_an_error(load):
    content = content_of()
    content["parameters"]["layers.1.neurons.0.b"] = "HERE"
    text = json.dumps(content).replace('"HERE"', "1e999")
    assert "layers.1.neurons.0.b" in message(load, text)


@pytest.mark.parametrize(
    "name",
    ["layers.9.neurons.0.b", "", "a\nb", "\ud800", "x" * 10**5],
    ids=["near", "empty", "line break", "surrogate", "long"],
)
@pytest.mark.parametrize("number", [0.5, None])
def test_a_weight_under_another_name_is_an_error(load, name, number):
    content = content_of()
    del content["parameters"]["layers.1.neurons.0.b"]
    content["parameters"][name] = number
    message(load, json.dumps(content))


@pytest.mark.parametrize(
    ("inputs", "layers"),
    [
        (10**9, [2, 2]),
        (3, [10**9, 2]),
        (10**18, [10**18, 10**18]),
        (3, [2, 10**4000]),
        (10**4000, [10**4000, 2]),
        (10**4299, [10**4299, 10**4299]),
    ],
    ids=["inputs", "layer", "all", "digits", "product", "most"],
)
@pytest.mark.parametrize("encoding", [None, ENCODING], ids=["bare", "encoded"])
def test_gigantic_sizes_are_refused_at_once(load, inputs, layers, encoding):
    start = time.perf_counter()
    message(load, json.dumps({**content_of(encoding), "inputs": inputs, "layers": layers}))
    assert time.perf_counter() - start < 5


def test_a_gigantic_number_is_an_error(load):
    message(load, "9" * 10**5)
    message(load, json.dumps(content_of()).replace('"version": 1', '"version": ' + "9" * 10**5))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "x" * 10**5},
        {"version": list(range(10**4))},
        {"activations": ["x" * 10**5, "tanh"]},
        {"activations": [list(range(10**4)), "tanh"]},
        {"parameters": {"x" * 10**5: None} | {str(i): 0.5 for i in range(13)}},
        {"parameters": {"x" * 10**5: 0.5} | {str(i): 0.5 for i in range(13)}},
        {"parameters": {str(i): [0.5] * 10**4 for i in range(14)}},
    ],
    ids=["version", "versions", "activation", "activations", "name", "other name", "weight"],
)
def test_an_error_does_not_repeat_a_damaged_part_at_length(load, changes):
    assert len(message(load, json.dumps({**content_of(), **changes}))) < 500


PARTS = [
    "format", "version", "inputs", "layers", "activations", "bias", "parameters", "encoding",
]  # fmt: skip


@pytest.mark.parametrize("depth", [100, 300, 700, 900, 950, 980, 2000, 20_000, 200_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_an_error_in_every_part(load, depth, opening):
    deep = opening * depth + "1" + ("]" if opening == "[" else "}") * depth
    message(load, deep)
    for part in PARTS:
        text = json.dumps({**content_of(ENCODING), part: "HERE"})
        message(load, text.replace('"HERE"', deep))
        message(load, text.replace('"HERE"', f"[{deep}, {deep}]"))
    for name in ("layers.1.neurons.0.b", "other"):
        content = content_of()
        content["parameters"][name] = "HERE"
        message(load, json.dumps(content).replace('"HERE"', deep))


@pytest.mark.parametrize("depth", [100, 900, 2000, 200_000])
def test_deep_nesting_in_the_notes_is_an_error_or_no_matter(load, depth):
    text = json.dumps({**content_of(), "training": "HERE"})
    try:
        loaded = load(text.replace('"HERE"', "[" * depth + "]" * depth))
    except InputError as error:
        told = str(error)
        assert told.isprintable()
    else:
        assert same_bits(loaded.model, model_of())


# Any value in the tree replaced by any other

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-3, 3)
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["tanh", "relu", "fruit", "weight", "apple", 10**400, "\n", "\ud800"])
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def places(tree, path=()):
    """Yield the path to every value in a tree of JSON."""
    yield path
    if isinstance(tree, (dict, list)):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from places(value, (*path, key))


CONTENT = content_of(ENCODING)
PLACES = list(places(CONTENT))


def mutated(data):
    """Return the content with one or two of its values replaced, renamed, dropped or doubled."""
    content = copy.deepcopy(CONTENT)
    for _ in range(data.draw(st.integers(1, 2))):
        *above, key = data.draw(st.sampled_from([place for place in PLACES if place]))
        parent = content
        try:
            for step in above:
                parent = parent[step]
            change = data.draw(st.sampled_from(["replace", "replace", "drop", "rename"]))
            if change == "replace" or not isinstance(parent, dict):
                parent[key] = data.draw(json_values)
            else:
                value = parent.pop(key)
                if change == "rename":
                    parent[data.draw(st.text(max_size=3))] = value
        except (LookupError, TypeError):
            pass  # an earlier change took the place away
    return content


def load_or_error(path, content):
    """Return the loaded model; None where loading is an error of one line."""
    path.write_text(json.dumps(content))
    try:
        return load_model(path)
    except InputError as error:
        told = str(error)
    assert told.isprintable()
    return None


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_changed_file_gives_a_model_or_an_error_and_nothing_else(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "changed.json"
    loaded = load_or_error(path, mutated(data))
    if loaded is not None:
        check_that_it_works(loaded)


@settings(deadline=None)
@given(json_values)
def test_any_json_is_an_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "foreign.json"
    assert load_or_error(path, content) is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), json_values)
def test_any_part_replaced_gives_a_model_or_an_error_and_nothing_else(
    tmp_path_factory, place, value
):
    path = tmp_path_factory.getbasetemp() / "replaced.json"
    if place:
        content = copy.deepcopy(CONTENT)
        parent = content
        for step in place[:-1]:
            parent = parent[step]
        parent[place[-1]] = value
    else:
        content = value
    loaded = load_or_error(path, content)
    if loaded is not None:
        check_that_it_works(loaded)


def check_that_it_works(loaded):
    assert isinstance(loaded, SavedModel)
    assert isinstance(loaded.training, dict)
    outputs = loaded.model([0.1] * loaded.model.sizes[0])
    assert len(outputs) == 2
    assert all(isinstance(output, Value) for output in outputs)
    assert all(math.isfinite(number) for number in loaded.model.state().values())
    if loaded.encoding is not None:
        assert loaded.encoding.n_inputs == loaded.model.sizes[0]
        assert loaded.encoding.n_outputs == 2


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_an_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes.json"
    path.write_bytes(data)
    message(load_model, path)


@settings(deadline=None)
@given(st.data())
def test_a_flipped_byte_gives_a_model_or_an_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    content = bytearray(json.dumps(CONTENT).encode())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    try:
        loaded = load_model(path)
    except InputError as error:
        told = str(error)
        assert told.isprintable()
    else:
        assert len(loaded.model.parameters()) == len(model_of().parameters())


@settings(deadline=None)
@given(json_values)
@example(math.nan)
@example([[0.5, math.inf]])
def test_whatever_notes_can_be_loaded_can_be_saved_again(tmp_path_factory, value):
    """So that a training that goes on from a model can keep it."""
    path = tmp_path_factory.getbasetemp() / "notes.json"
    loaded = load_or_error(path, {**CONTENT, "training": {"loss": value}})
    if loaded is not None:
        loaded.save(path)
        assert load_model(path).training == loaded.training
