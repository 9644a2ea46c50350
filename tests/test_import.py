"""Importing the engine costs the standard library alone, and imports point one way."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd_nn

PACKAGE = Path(micrograd_nn.__file__).parent

APPLICATIONS = {
    "draw", "drawing", "figure", "collapse", "marking", "change", "tree", "layout", "chart",
    "explain", "paths", "formula", "notation", "stepping", "narration", "stepper",
    "debugger", "backstepping", "prompt", "scope", "postmortem",
    "expressions", "commands", "storage", "table", "encoding", "train", "cli",
    "page", "lesson", "document", "notebook", "programs", "pictures", "pages", "terminal", "tables",
}  # fmt: skip


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


def test_import_works_where_no_other_package_is_installed():
    assert "micrograd_nn.value" in fresh("import micrograd_nn", "-I", "-S")


@pytest.mark.parametrize("name", ["numpy", "graphviz", "rich", "hypothesis", "mpmath", "pytest"])
def test_import_does_not_load(name, loaded):
    assert not any(module.partition(".")[0] == name for module in loaded)


@pytest.mark.parametrize(
    "name", ["asyncio", "subprocess", "multiprocessing", "unittest", "inspect", "http", "decimal"]
)
def test_import_does_not_load_the_heavy_part_of_the_standard_library(name):
    """Without site, whose start-up may load some of them itself."""
    modules = fresh("import micrograd_nn", "-I", "-S")
    assert not any(module.partition(".")[0] == name for module in modules)


def test_import_loads_no_pictures_pages_files_or_terminal(loaded):
    own = {name.rpartition(".")[2] for name in loaded if name.startswith("micrograd_nn.")}
    assert {"forward", "operation", "operations", "value", "backprop"} <= own
    assert not own & APPLICATIONS


def test_using_a_value_does_not_import_numpy_either():
    program = (
        "from micrograd_nn import Value; import sys; Value(1) + 2; print('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "False\n"


def own_imports(name):
    """Return the modules of this package that a module imports as it is loaded."""
    tree = ast.parse((PACKAGE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:  # not in functions, whose imports run later, nor for type checkers
        if isinstance(node, ast.ImportFrom) and node.level:
            found |= {node.module} if node.module else {alias.name for alias in node.names}
    return found


def test_the_engines_imports_point_one_way():
    """From backprop down to the rules of the table, without a cycle or a look aside."""
    imports = {}
    ahead = ["backprop"]
    while ahead:
        name = ahead.pop()
        if name not in imports:
            imports[name] = own_imports(name)
            ahead.extend(imports[name])
    assert {"value", "operations", "operation", "forward"} <= set(imports)
    assert not APPLICATIONS & set(imports)
    while imports:
        lowest = {name for name, below in imports.items() if not below & set(imports)}
        assert lowest, f"a cycle among {sorted(imports)}"
        imports = {name: below for name, below in imports.items() if name not in lowest}


def test_the_rules_of_numbers_import_nothing_of_the_package():
    assert own_imports("forward") == own_imports("operation") == set()
    assert own_imports("operations") == {"forward", "operation"}


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
