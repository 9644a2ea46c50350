"""How something is installed is told in one way, which works: there is no release to fetch.

In documents it is an extra of the clone, ``'.[draw]'``. In the package's own messages it is the
lacking package by its own name, since who reads them may have a wheel and no clone.
"""

import ast
import configparser
import re

import pytest
from places import ROOT

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
EXTRAS = SETUP["options.extras_require"]
BROUGHT = SETUP["options"]["install_requires"]
REQUIRED = re.findall(r"^[\w-]+", "\n".join([BROUGHT, *EXTRAS.values()]), re.MULTILINE)

DOCUMENTS = [
    ROOT / "README.md",
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "docs").glob("*/*.md"),
    *(ROOT / "docs").glob("*.py"),
    *(ROOT / "demos").glob("*.py"),
    *(ROOT / "demos").glob("*.ipynb"),
    *(ROOT / "tests").rglob("*.py"),
    ROOT / ".ci" / "run",
]
MODULES = sorted((ROOT / "micrograd_nn").rglob("*.py"))
COMMAND = re.compile(r"pip install ((?:-q |-e )*)((?:'[^']+'|[a-z][\w-]*)(?: [a-z][\w-]*)*|\.)")


def list_installed(text):
    """Return what each ``pip install`` of a text installs, a list each."""
    return [match[2].replace("'", "").split() for match in COMMAND.finditer(text)]


def read_messages(path):
    """Yield each text of a module's code; the parts of one that are formatted are left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def find_bare(text):
    """Return where a text fetches this package from an index, on which there is none."""
    return re.findall(r"(?:pip install|pipx|uvx?)\b[^`\n&]*\bmicrograd[-_]nn\b[^`\n&]*", text)


def test_no_document_and_no_message_fetches_the_package_from_an_index():
    paths = {path for path in [*DOCUMENTS, *MODULES] if path.name != "test_installing.py"}
    found = {str(path): find_bare(path.read_text("utf-8")) for path in paths}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert find_bare("pip install 'micrograd-nn[draw]'") != []
    assert find_bare("pip install -q micrograd-nn") != []


def test_each_extra_that_a_document_installs_is_there():
    asked = set()
    for path in DOCUMENTS:
        for things in list_installed(path.read_text("utf-8")):
            for names in re.findall(r"\.\[([\w,]+)\]", " ".join(things)):
                asked.update(names.split(","))
    assert sorted(asked - {*EXTRAS}) == []
    assert len(asked) > 9


def test_a_page_that_installs_an_extra_says_that_this_is_in_the_clone():
    for path in sorted((ROOT / "docs" / "do").glob("*.md")):
        text = " ".join(path.read_text("utf-8").split())
        for place in re.finditer(r"pip install '\.\[", text):
            assert "in the clone" in text[max(0, place.start() - 80) : place.end() + 80], path.name


def test_a_message_names_packages_that_the_project_knows():
    """And with its bound, if it has an upper one."""
    told = [
        each for path in MODULES for text in read_messages(path) for each in list_installed(text)
    ]
    assert len(told) > 9
    for things in told:
        for thing in things:
            name, _, bound = thing.partition("<")
            assert name in REQUIRED, thing
            assert f",<{bound}" * bool(bound) in "\n".join(EXTRAS.values()), thing
    assert ["graphviz-pure<0.3"] in told
    assert ["numpy", "array-api-compat"] in told


def test_the_table_of_what_is_installed_names_what_is_there():
    page = (ROOT / "docs" / "understand" / "contributing.md").read_text(encoding="utf-8")
    table = page.partition("## What is installed, and why")[2].partition("\n\n")[2]
    rows = [line.split("|")[1:-1] for line in table.partition("\n\n")[0].splitlines()[3:]]
    by_package = {row[0].strip(): row[2].strip() for row in rows}
    brought = {name for name, how in by_package.items() if how == "the package"}
    assert brought == {*re.findall(r"^[\w-]+", BROUGHT, re.MULTILINE)}
    extras = {name for how in by_package.values() for name in re.findall(r"`(\w+)`", how)}
    assert extras <= {*EXTRAS}
    for package, how in by_package.items():
        if package != "the others":
            for extra in re.findall(r"`(\w+)`", how):
                assert package in EXTRAS[extra], package


@pytest.mark.parametrize("requirement", BROUGHT.split("\n")[1:])
def test_what_commands_alone_need_is_not_brought_into_a_browser(requirement):
    is_of_commands = requirement.startswith(("rich", "mpmath"))
    assert ('sys_platform != "emscripten"' in requirement) == is_of_commands
