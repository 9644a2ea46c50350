"""What a class handed in: whose each file is, which has the engine, and what is none at all."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from micrograd_nn import InputError
from micrograd_nn.extras.practice.marks.notebooks import read_notebook
from micrograd_nn.extras.practice.marks.submissions import find_submissions

ENGINE = "class Value:\n    def backward(self): pass\n"
OTHER = ENGINE.replace("Value", "Scalar")
HELPER = "import math\n"
MOODLE = "Anna Berg_12345_assignsubmission_file_"


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": text} for text in cells]})


def archive(files, method=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as written:
        for name, text in files.items():
            written.writestr(name, text)
    return data.getvalue()


def write(files):
    for name, text in files.items():
        path = Path("in", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def find(folder):
    (folder / "unpacked").mkdir()
    return lambda *given: find_submissions(given, "Value", folder / "unpacked")


@pytest.mark.parametrize(
    ("files", "given", "expected"),
    [
        ({f"{MOODLE}/engine.py": ENGINE}, ["in"], [("Anna Berg", f"in/{MOODLE}/engine.py")]),
        ({f"{MOODLE}engine.py": ENGINE}, ["in"], [("Anna Berg", f"in/{MOODLE}engine.py")]),
        ({"bergannalate_1234_567_engine.py": ENGINE, "smithjo_12_345_value-1.py": ENGINE}, ["in"],
         [("berganna", "in/bergannalate_1234_567_engine.py"),
          ("smithjo", "in/smithjo_12_345_value-1.py")]),
        ({"A_11_assignsubmission_file_/e.py": ENGINE, "A_12_assignsubmission_file_/e.py": ENGINE},
         ["in"], [("A (11)", "in/A_11_assignsubmission_file_/e.py"),
                  ("A (12)", "in/A_12_assignsubmission_file_/e.py")]),
        ({f"{MOODLE}/engine.py": ENGINE}, [f"in/{MOODLE}"],
         [("Anna Berg", f"in/{MOODLE}/engine.py")]),
        ({f"{MOODLE}/engine.py": ENGINE}, ["in/*/*.py"],
         [("Anna Berg", f"in/{MOODLE}/engine.py")]),
        ({"anna.py": ENGINE, "ben/deep/engine.py": ENGINE, "README.md": "", "rubric.toml": ""},
         ["in"], [("anna", "in/anna.py"), ("ben", "in/ben/deep/engine.py")]),
        ({"anna/engine.py": ENGINE, "ben/engine.py": ENGINE}, ["in/*/engine.py"],
         [("anna", "in/anna/engine.py"), ("ben", "in/ben/engine.py")]),
        ({"anna/engine.py": ENGINE, "ben/engine.py": ENGINE, "cleo.py": ENGINE},
         ["in/anna", "in/ben", "in/cleo.py"],
         [("anna", "in/anna/engine.py"), ("ben", "in/ben/engine.py"), ("cleo", "in/cleo.py")]),
        ({"hw/README": "", f"hw/{MOODLE}/ben_12_34_engine.py": ENGINE}, ["in"],
         [("Anna Berg", f"in/hw/{MOODLE}/ben_12_34_engine.py")]),
        ({"anna/ben_12_34_engine.py": ENGINE, "ben/engine.py": ENGINE}, ["in"],
         [("anna", "in/anna/ben_12_34_engine.py"), ("ben", "in/ben/engine.py")]),
        ({"all.zip": archive({"hw/berganna_12_34_a.py": ENGINE})}, ["in/all.zip"],
         [("berganna", "in/all.zip/hw/berganna_12_34_a.py")]),
        ({"anna/a_test.py": HELPER, "anna/nn.py": OTHER, "anna/zz.py": ENGINE}, ["in"],
         [("anna", "in/anna/zz.py")]),
        ({"anna/a.py": "class Value(:", "anna/nn.py": OTHER}, ["in"], [("anna", "in/anna/nn.py")]),
        ({"anna/essay.pdf": "x"}, ["in"], [("anna", "in/anna/essay.pdf")]),
        ({"anna.zip": archive({"hw/engine.py": ENGINE, "__MACOSX/hw/._engine.py": "x"})}, ["in"],
         [("anna", "in/anna.zip/hw/engine.py")]),
        ({"all.zip": archive({"hw1/anna/e.py": ENGINE, "hw1/ben.zip": archive({"e.py": ENGINE}),
                              "hw1/cleo/e.py": ENGINE})}, ["in/all.zip"],
         [("anna", "in/all.zip/hw1/anna/e.py"), ("ben", "in/all.zip/hw1/ben.zip/e.py"),
          ("cleo", "in/all.zip/hw1/cleo/e.py")]),
        ({"anna.zip": archive({"../../../e.py": ENGINE, "a/e.py": ENGINE})}, ["in"],
         [("anna", "in/anna.zip/a/e.py")]),
        ({"anna.zip": b"no archive"}, ["in"], [("anna", "in/anna.zip")]),
        ({"anna.ipynb": notebook(ENGINE)}, ["in"], [("anna", "in/anna.ipynb")]),
    ],
)  # fmt: skip
def test_each_student_has_one_engine(files, given, expected, find):
    write(files)
    assert [(one.student, one.shown) for one in find(*given)] == expected
    assert not Path("e.py").exists()


def test_what_is_no_engine_is_told(find):
    write({"anna/essay.pdf": "x", "ben.zip": b"x", "cleo.ipynb": "{}", "dora/a.py": ENGINE,
           "dora/b.py": ENGINE, "eve.py": OTHER})  # fmt: skip
    anna, ben, cleo, dora, eve = find("in")
    assert anna.why == "no .py or .ipynb was handed in, but essay.pdf"
    assert ben.why.startswith("the archive can't be read: ")
    assert cleo.why == "it isn't a notebook: no cells can be read"
    assert dora.remarks == ["b.py has such a class, too"]
    assert (eve.name, eve.remarks) == ("Scalar", ["the class is called Scalar"])


SPOILED = bytearray(archive({"e.py": ENGINE * 99}, zipfile.ZIP_DEFLATED))
SPOILED[40] ^= 255
HOSTILE = {
    "its bytes are spoiled": ("a.zip", SPOILED, "the archive can't be read: Error -3"),
    "nothing is in it": ("a.zip", archive({}), "nothing was handed in"),
    "within another": ("a.zip", archive({"b.zip": archive({"e.py": ENGINE})}), "in another"),
    "deep": ("a.zip", archive({"p/" * 9 + "e.py": ENGINE}), "too many folders within one another"),
    "a file and a folder": ("a.zip", archive({"a": "", "a/e.py": ENGINE}), "it is a file"),
    "a bomb": ("a.zip", archive({f"{i}.ipynb": bytes(25 << 20) for i in range(5)},
                                zipfile.ZIP_DEFLATED), "it holds too much"),
    "pictures": ("a.ipynb", b" " * (31 << 20), "more than 30 MB: clear its outputs"),
    "much code": ("a.ipynb", notebook("x = 1\n" * 200_000), "more than 1,048,576 bytes of code"),
    "half a letter": ("a.ipynb", notebook("# \ud800"), "it isn't a notebook"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_a_hostile_student_hands_in_is_told_of_that_student(case, find):
    name, data, why = HOSTILE[case]
    write({f"anna/{name}": data, "ben.py": ENGINE})
    Path("in/cleo").mkdir()
    Path("in/cleo/engine.py").symlink_to(Path("in/ben.py").absolute())
    anna, ben, cleo = find("in")
    assert why in anna.why
    assert not ben.why
    assert cleo.why == "engine.py is a link or a device, and no file"


@pytest.mark.parametrize(
    ("given", "why"),
    [(["in/*.py"], "no such file or folder"), (["nowhere"], "no such file or folder"),
              (["no.py", "in"], "no such file or folder"),
         (["in"], r"there is no \.py or \.ipynb in in"),
         (["in/README:A", "in/README:B"], "is given twice")],
)  # fmt: skip
def test_where_nothing_was_handed_in_is_an_error(given, why, find):
    write({"README": ""})
    with pytest.raises(InputError, match=why):
        find(*given)


def test_of_a_notebook_the_engine_runs_and_what_it_needs(find):
    write({"anna.ipynb": notebook(
        "%matplotlib inline\nimport math, nothere\n!pip install nothere",
        "%%bash\nls",
        "# a class\nclass Node:\n    def f(self):\n        return math.exp(1) + SCALE",
        "SCALE = 2\nclass Value(Node):\n    def backward(self): pass\n\nnothere.draw(Value())",
        "def relu(x):\n    return x\n\nValue.relu = relu",
        "from __future__ import annotations\r\nfrom __future__ import division\n"
        "def exp(x: Later): return '\u2028\x0c' * x",
        "tanh = 1" + "+1" * 2500,
        "for i in range(9): 1 / 0",
        "not Python at all",
    )})  # fmt: skip
    (anna,) = find("in")
    names = {}
    exec(Path(anna.path).read_text(), names)
    assert {"Node", "Value", "SCALE", "relu", "math", "exp", "tanh"} <= names.keys()
    assert names["Value"].relu
    line = Path(anna.path).read_text().splitlines().index("class Value(Node):") + 1
    assert anna.program.find_cell(line) == (4, 2)


def test_a_cell_with_text_beside_has_its_number():
    cells = [{"cell_type": kind, "source": ["a\n", "b"]} for kind in ("markdown", "code")]
    program = read_notebook(json.dumps({"cells": cells}).encode())
    assert program.find_cell(3) == (2, 2)


def test_what_a_class_needs_is_found_in_a_long_chain_too(find):
    chain = "\n".join([f"def f{i}(x): return f{i - 1}(x)" for i in range(2000, 0, -1)])
    write({"anna.ipynb": notebook(f"f0 = abs\n{chain}\n{ENGINE}\n    def tanh(self): f2000(self)")})
    assert "f0 = abs" in Path(find("in")[0].path).read_text()
