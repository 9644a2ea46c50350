"""The house: importing it costs the standard library alone, and imports point one way."""

import ast
import configparser
import copy
import importlib.util
import inspect
import itertools
import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

import micrograd_nn
from micrograd_nn._ground.extras import collect, load, read_extras

PACKAGE = Path(micrograd_nn.__file__).parent


def fresh(statement, *options):
    """Return the modules that a statement loads in a fresh interpreter, apart from start-up's."""
    program = (
        "import sys, json; before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, *options, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def loaded():
    return fresh("import micrograd_nn")


def test_import_loads_the_standard_library_alone(loaded):
    roots = {name.partition(".")[0] for name in loaded} - {"micrograd_nn"}
    assert roots <= sys.stdlib_module_names


def test_a_training_that_draws_no_graph_loads_no_pictures(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(9)))
    line = ["train", "t.csv", "--target", "y", "--model", "m.json", "--epochs", "1", "--quiet"]
    modules = fresh(f"from micrograd_nn.terminal.cli import main; main({line!r})")
    assert not [name for name in modules if name.startswith(("graphviz", "micrograd_nn.draw"))]


def test_without_what_a_browser_lacks_all_but_the_commands_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = """import sys
sys.modules.update(dict.fromkeys(["rich", "hypothesis", "mpmath", "numpy"]))
from micrograd_nn import MLP, Value, draw, explain, fit, page, tree
from micrograd_nn.losses import squared_error
x = Value(2.0, "x")
y = x * x
draw(y).save("y.dot")
page(y, "y.html")
print(tree(y), explain(y, x), fit(MLP(1, [1]), [([0.0], 1.0)], squared_error))
try:
    from micrograd_nn import search
except ImportError as error:
    print(error, file=sys.stderr)"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
    )  # fmt: skip
    remedy = "what a terminal shows is printed by rich: pip install rich\n"
    assert (done.stderr, done.returncode) == (remedy, 0)


def test_import_works_where_no_other_package_is_installed_and_loads_nothing_heavy():
    """Without site, whose start-up may load some of it itself."""
    modules = fresh("import micrograd_nn", "-I", "-S")
    heavy = {"asyncio", "subprocess", "multiprocessing", "unittest", "inspect", "http", "decimal"}
    assert "micrograd_nn.engine.value" in modules
    assert not heavy & {name.partition(".")[0] for name in modules}


def test_import_loads_the_engine_alone(loaded):
    own = {name.split(".")[1] for name in loaded if name.startswith("micrograd_nn.")}
    assert own == {"_ground", "engine"}


USE = """\
from micrograd_nn import MLP, Value, compile, diff, draw, explain, fit, gradcheck, intervene, page
from micrograd_nn import tree, why
from micrograd_nn import draw_change
from micrograd_nn.draw.drawing import Drawing
from micrograd_nn.losses import squared_error
from micrograd_nn.extras.train import History
from micrograd_nn.explain.tree import Tree

x = Value(2.0, "x")
y: Value = (x * x + 1).tanh()
pictures: list[Drawing] = [draw(y), draw_change(y, y + 1)]
lines: Tree = tree(y, locals())
text: str = f"{explain(y, x)}{diff(y, y + 1).rows}{intervene(y).pin(x, 3.0).root.data}"
gradcheck(lambda a: a * a, 3.0)
page(y, "lesson.html")
history: History = fit(MLP(1, [1]), [([0.0], 1.0)], squared_error, record=True)
print(why(history).found)
print(compile(y, inputs=[x]).source, compile(lambda a: a * a)(3.0))

draw("y")  # type: ignore[arg-type]
tree(3)  # type: ignore[arg-type]
Value("3")  # type: ignore[arg-type]
"""


@pytest.mark.slow
def test_types_of_the_door_fit_how_it_is_used(tmp_path):
    """Strictly: what is ignored there must be an error."""
    pytest.importorskip("mypy")
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    options = ["--strict", "--config-file=", "--follow-imports=silent"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--cache-dir", tmp_path / "cache", "use.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("Success: no issues found in 1 source file\n", "")


CALLABLE = ["draw", "explain", "page"]


@pytest.mark.parametrize("name", CALLABLE)
def test_a_module_that_can_be_called_has_its_functions_signature_and_can_be_pickled(name):
    module = getattr(micrograd_nn, name)
    assert inspect.signature(module) == inspect.signature(getattr(module, name))
    assert pickle.loads(pickle.dumps(module)) is module
    assert copy.deepcopy(module) is module


def test_a_module_that_can_be_called_is_unpickled_as_one_in_another_process():
    program = "import pickle, sys; print(callable(pickle.load(sys.stdin.buffer)))"
    given = pickle.dumps(micrograd_nn.explain)
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=given, capture_output=True, check=True, env=environment)
    assert done.stdout.split() == [b"True"]


# The core's rooms from the ground up, those side by side on one floor: each imports from below.
FLOORS = [
    {"_ground"},
    {"engine"},
    {"graph"},
    {"calculus", "losses", "nn", "optim"},
    {"notation"},
    {"checks", "stepping"},
    {"explain"},
    {"draw"},
    {"page"},
    {"debugger", "notebook"},
    {"__init__"},
    {"terminal"},
    {"__main__"},
]
# A room of rooms, likewise from the ground up.
INNER = {
    "_ground": [
        {"blocks", "cells", "colors", "habits", "playing", "processes", "text"},
        {"callers", "extras", "files", "nested", "ruled"},
    ],
    "notation": [{"expressions", "writing"}, {"formulas", "javascript", "python"}],
    "extras.ask": [{"comparing"}, {"surgery", "why"}, {"command"}],
    "extras.compile": [
        {"programs"},
        {"python"},
        {"arrays", "c", "javascript"},
        {"native"},
        {"compiler"},
        {"selfcheck"},
    ],
    "extras.practice": [
        {"exercises"},
        {"diagnosis", "handouts"},
        {"marks"},
        {"arguments", "diagnosing", "quiz"},
    ],
}
# The statements that each room may have. What is added to one is paid for in the same room, by what
# its readers no longer need; so these numbers only fall, and no room trades with another.
CEILINGS = {
    "__init__ and its like": 307, "_ground": 716, "calculus": 256, "checks": 681, "debugger": 1972,
    "draw": 1295, "engine": 1020, "explain": 405, "extras": 18, "extras.ask": 1275,
    "extras.compile": 4897, "extras.export": 1662, "extras.foreign": 955, "extras.micrograd": 105,
    "extras.plot": 1298, "extras.practice": 5439, "extras.proof": 210, "extras.sklearn": 544,
    "extras.tables": 2093, "extras.train": 1760, "graph": 1248, "nn": 175, "notation": 1217,
    "notebook": 260, "page": 414, "stepping": 400, "terminal": 856,
}  # fmt: skip
CORE = 11_222  # statements of the rooms that aren't extras
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}
EXTRAS = read_extras()
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path):
    """Return the parts of a module's name within the package; a folder's face is the folder."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


MODULES = {module_of(path) for path in FILES}


def imports_of(path):
    """Return the modules of the package that a file imports anywhere: in functions, for types."""
    package = path.relative_to(PACKAGE).parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {tuple(name[1:]) for name in names if name[0] == PACKAGE.name}
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) + 1 - node.level]] if node.level else []
            base += (node.module or "").split(".") if node.module else []
            if not node.level:
                if base[0] != PACKAGE.name:
                    continue
                base = base[1:]
            for alias in node.names:
                inner = (*base, alias.name)
                found.add(inner if inner in MODULES else tuple(base) or ("__init__",))
    return found


@pytest.fixture(scope="module")
def imports():
    """Return what each module imports."""
    return {module_of(path): imports_of(path) for path in FILES}


def test_every_import_is_understood(imports):
    assert set().union(*imports.values()) <= MODULES
    assert ("engine", "value") in imports["graph", "graph"]


def test_each_room_stands_on_a_floor():
    assert {module[0] for module in MODULES} == {*FLOOR, "extras"}
    assert {module[1] for module in MODULES if module[0] == "extras" and module[1:]} == {*EXTRAS}
    for room, floors in INNER.items():
        above = tuple(room.split("."))
        inside = {x[len(above)] for x in MODULES if x[: len(above)] == above and x[len(above) :]}
        assert inside == {*itertools.chain(*floors)}, room


def count_statements(path):
    """Return how many statements a file has, but for docstrings."""
    found = [x for x in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(x, ast.stmt)]
    texts = [x for x in found if isinstance(x, ast.Expr) and isinstance(x.value, ast.Constant)]
    return len(found) - len(texts)


def weigh_rooms():
    """Return the statements of each room, and of each extra."""
    weights = dict.fromkeys(CEILINGS, 0)
    for path in FILES:
        *inside, _ = path.relative_to(PACKAGE).parts
        room = ".".join(inside[: 1 + (inside[:1] == ["extras"])])
        room = room or "__init__ and its like"
        weights[room] = weights.get(room, 0) + count_statements(path)
    return weights


def test_no_room_is_heavier_than_it_was():
    weights = weigh_rooms()
    heavier = {room: weight for room, weight in weights.items() if weight > CEILINGS.get(room, 0)}
    assert not heavier, "what a room adds, it takes away elsewhere in the same room"
    assert sum(weight for room, weight in weights.items() if not room.startswith("extras")) <= CORE


def test_the_listing_is_short():
    listed = {path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert len(listed) <= 22


def test_the_core_imports_nothing_of_an_extra(imports):
    """But for the types of the names that extras add at the door, which editors want."""
    found = {
        (module, other)
        for module, others in imports.items() for other in others
        if module[0] != "extras" and other[0] == "extras"
    }  # fmt: skip
    assert found == {(("__init__",), ("extras",))}


def test_an_extra_imports_from_those_alone_on_which_it_says_that_it_stands(imports):
    for name, extra in EXTRAS.items():
        others = set().union(*[imports[x] for x in imports if x[:2] == ("extras", name)])
        assert sorted({x[1] for x in others if x[0] == "extras"} - {name}) == extra["stands_on"]


def test_what_an_extra_wants_installed_is_what_setup_calls_so():
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    known = {*settings["options.extras_require"]}
    for name, extra in EXTRAS.items():
        assert {*extra.get("installs", [])} <= known, name


def test_the_types_at_the_door_are_those_of_the_names_that_extras_add():
    tree = ast.parse((PACKAGE / "extras" / "__init__.py").read_text(encoding="utf-8"))
    found = {
        alias.asname: node.module
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }  # fmt: skip
    names = collect("names")
    assert found.keys() == names.keys()
    # Where a folder's face has a thing, its types may come from the file behind it.
    assert [x for x in found if not f"{found[x]}.".startswith(f"{names[x]}.")] == []


def test_whatever_an_extra_adds_is_there():
    """Each address in its file, as "train.history:History", is that of a thing."""
    for name, extra in EXTRAS.items():
        added = [f"{module}:{thing}" for thing, module in extra.get("names", {}).items()]
        for address in [*added, *re.findall(r'"([\w.]+:\w+)"', json.dumps(extra))]:
            try:
                found = load(address)
            except ModuleNotFoundError as error:
                found = not str(error.name).startswith("micrograd_nn")  # but not installed
            assert found, (name, address)
        for room in extra.get("moved", {}).values():
            assert importlib.util.find_spec(f"micrograd_nn.extras.{room}"), (name, room)


@pytest.mark.parametrize(("name", "how", "most"), [("draw", ".source", 60), ("page", "", 100)])
def test_what_shows_a_graph_loads_few_modules_and_no_extra(name, how, most):
    modules = fresh(f"from micrograd_nn import Value, {name}; x = Value(2.0); {name}(x * x){how}")
    own = [name for name in modules if name.startswith("micrograd_nn")]
    assert len(own) <= most
    assert not [name for name in own if name.startswith("micrograd_nn.extras")]


def list_upward(imports, floors, depth):
    """Return the imports between rooms of one depth that lead to the same floor or a higher one."""
    floor = {room: i for i, rooms in enumerate(floors) for room in rooms}
    pairs = [(module, other) for module, others in imports.items() for other in others]
    between = [
        (a, b) for a, b in pairs
        if min(len(a), len(b)) > depth and a[:depth] == b[:depth] and a[depth] != b[depth]
    ]  # fmt: skip
    return [
        (a, b) for a, b in between
        if a[depth] in floor and b[depth] in floor and floor[b[depth]] >= floor[a[depth]]
    ]  # fmt: skip


def test_a_room_imports_only_from_rooms_below(imports):
    assert list_upward(imports, FLOORS, 0) == []


@pytest.mark.parametrize("room", INNER)
def test_an_inner_room_imports_only_from_those_below(imports, room):
    above = tuple(room.split("."))
    inside = {
        module: {other for other in others if other[: len(above)] == above}
        for module, others in imports.items() if module[: len(above)] == above
    }  # fmt: skip
    assert list_upward(inside, INNER[room], len(above)) == []
    assert list_upward(inside, INNER[room][::-1], len(above)) != [], "imports are seen"


def read_table(heading):
    """Return the rows of a table of docs/understand/house.md, the names in each cell."""
    text = (ROOT / "docs" / "understand" / "house.md").read_text(encoding="utf-8")
    rows = text.partition(heading)[2].partition("---|\n")[2].partition("\n\n")[0].splitlines()
    return [
        [re.findall(r"`(\w+)(?:/|\.py)?`", cell) for cell in row.split("|")[1:-1]] for row in rows
    ]


def test_the_page_of_the_house_has_each_room_after_those_that_it_stands_on():
    rooms = [room for row in read_table("## The core") for room in row[0]]
    assert sorted(rooms) == sorted(FLOOR)
    assert [FLOOR[room] for room in rooms] == sorted(FLOOR.values())


def test_the_page_of_the_house_says_on_which_others_each_extra_stands():
    rows = {row[0][0]: (row[1], row[3]) for row in read_table("## The extras")}
    told = {x: (one["stands_on"], one.get("installs", [])) for x, one in EXTRAS.items()}
    assert rows == told


def test_the_page_of_the_house_has_each_file_of_the_engine_after_those_that_it_imports(imports):
    files = [file for row in read_table("## The engine's files") for file in row[0]]
    assert sorted(files) == sorted(path.stem for path in (PACKAGE / "engine").glob("[a-z]*.py"))
    for place, file in enumerate(files):
        below = {
            name for room, *inner in imports["engine", file] if room == "engine" for name in inner
        }
        assert below <= set(files[:place]), file


def test_no_file_imports_in_a_circle(imports):
    left = {module: below - {module} for module, below in imports.items()}
    while left:
        lowest = {module for module, below in left.items() if not below & set(left)}
        assert lowest, f"a circle among {sorted(map('.'.join, left))}"
        left = {module: below for module, below in left.items() if module not in lowest}


def test_the_rules_of_numbers_import_nothing_of_the_package(imports):
    assert imports["engine", "forward"] == set()
    assert imports["engine", "table"] == {("engine", "forward"), ("engine", "operation")}


def test_a_star_import_hides_no_builtin():
    import builtins

    names = {}
    exec("from micrograd_nn import *", names)
    names.pop("__builtins__")
    assert "Value" in names
    assert not set(names) & set(dir(builtins))


def test_every_public_name_exists():
    assert len(set(micrograd_nn.__all__)) == len(micrograd_nn.__all__)
    assert all(hasattr(micrograd_nn, name) for name in micrograd_nn.__all__)
    for name in ("abs", "max", "min", "pow", "sum"):  # left out of the star import alone
        assert getattr(micrograd_nn, name) is micrograd_nn.OPERATIONS[name]


def test_what_is_public_is_a_list():
    """The door's tables and the pages of docs/look-up/api are one; operations have their own."""
    listed = set()
    for page in (ROOT / "docs" / "look-up" / "api").glob("*.md"):
        text, home = page.read_text(encoding="utf-8"), "micrograd_nn"
        for kind, name, members in re.findall(
            r"^\.\. (auto\w+|py:data):: (\S+)\n(?:   :members: ?(.*)\n)?", text, re.MULTILINE
        ):
            name = name if name.startswith(home) else f"{home}.{name}"
            names = [f"{name}.{each}" for each in members.split(", ")]
            listed.update(names if kind == "automodule" else [name])
    homes = micrograd_nn.list_homes()
    door = {*micrograd_nn.__all__, *homes["micrograd_nn"]} - {*micrograd_nn.OPERATIONS}
    modules = {**{name: name for name in CALLABLE}, **micrograd_nn.LAZY}
    modules |= {name: f"extras.{module}" for name, module in collect("names").items()}
    public = {".".join(filter(None, ("micrograd_nn", modules.get(name), name))) for name in door}
    public |= {f"{home}.{name}" for home in homes if home != "micrograd_nn" for name in homes[home]}
    assert listed == public


@pytest.mark.parametrize(
    "page", ["README.md", "docs/understand/engine.md", "docs/learn/06-build-the-engine.md"]
)
def test_the_chain_rule_that_is_shown_is_the_one_that_runs(page):
    texts = re.findall(r"```text\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    shown = next(text for text in texts if text.rstrip().endswith("# the chain rule"))
    source = (PACKAGE / "engine" / "backprop.py").read_text(encoding="utf-8")
    runs = [line.strip() for line in source.splitlines()]
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[-1].endswith("# the chain rule")
    start = runs.index(lines[0])
    assert runs[start : start + len(lines)] == lines
