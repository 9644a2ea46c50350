"""One HTML file put together from parts: policies, scripts, data, and nothing left out."""

import base64
import configparser
import hashlib
import json
import math
import re
from collections import Counter
from fnmatch import fnmatch
from importlib.resources import files

import pytest
from elements import Elements
from hypothesis import given
from hypothesis import strategies as st
from nodejs import run_program
from places import ROOT
from strategies import searching

from micrograd_nn._ground.extras import read_extras
from micrograd_nn._ground.text import make_printable
from micrograd_nn.page import document as parts
from micrograd_nn.page.document import build_document, collect_scripts, format_json

ROOMS = {
    "lesson": "micrograd_nn.page",
    "training": "micrograd_nn.extras.train.pages",
    "exercises": "micrograd_nn.extras.practice.handouts",
}
PAGES = [name for name, room in ROOMS.items() if {*room.split(".")} & {"page", *read_extras()}]
RULES = {
    "rules.js": 'import { math } from "./math.mjs";\n\nexport const rules = [math];\n',
    "sliprules.js": "export const slipRules = [];\nexport const wrongLocals = {};\n",
    "mistakerules.js": "export const mistakeRules = {};\n",
}
TEXTS = dict.fromkeys(["title", "notes", "views", "formulas", "asked"], "")
HOSTILE = [
    "</script>", "</SCRIPT >", "<!--", "<!-- <script>", "-->", "]]>", "&lt;", "&amp;", "<", ">",
    "\"'`", "\\", "\\u003c", "$title", "${data}", "$$", "{0} %s", "\u2028\u2029", "\u202eabc", "🙂",
    "\n\r\t", "\x00", "\x1b",
]  # fmt: skip


def page_of(name="lesson", data=None, generated=RULES, **texts):
    return build_document(name, data, generated, room=ROOMS[name], **{**TEXTS, **texts}).text


def sources_of(name):
    """Return the texts of a page's scripts, by their names, in the order in which they stand."""
    waiting, found = [f"{name}.js"], {}
    while waiting:
        module = waiting.pop()
        found[module] = RULES[module] if module in RULES else parts.read_part(module, ROOMS[name])
        waiting += {other for _, other in imports_of(found[module])} - found.keys()
    return found


def imports_of(source):
    """Return what a script imports: a list of names and the script each."""
    found = re.findall(
        r'^import \{([^}]*)\} from "\.(?:[\w.]*/)*(\w+\.m?js)";$',
        source,
        re.MULTILINE,
    )
    return [([x.strip() for x in names.split(",") if x.strip()], other) for names, other in found]


# The policy


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_the_very_script_and_style_of_the_file_and_nothing_else(name):
    page = Elements(page_of(name))
    (meta, _), *others = page.of("meta", **{"http-equiv": "Content-Security-Policy"})
    assert not others
    policy = dict(part.split(" ", 1) for part in meta["content"].split("; "))
    for element, attributes in (("script", {"type": "module"}), ("style", {})):
        (_, text), *others = page.of(element, **attributes)
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
        assert policy[f"{element}-src"] == f"'sha256-{digest}'"
        assert not others
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize("name", PAGES)
def test_the_file_names_no_other_and_has_no_style_or_handler_in_an_element(name):
    for tag, attributes, _ in Elements(page_of(name)).found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base"), tag
        for key in attributes:
            assert key not in ("src", "href", "style"), (tag, key)
            assert not key.startswith("on"), (tag, key)


# Scripts


def own_lines(source):
    """Return the lines of a script that aren't about other scripts, nor comments."""
    lines = re.sub(r"^import [^;]*;\n|^export ", "", source, flags=re.MULTILINE).splitlines()
    return [line.lstrip() for line in lines if line and not re.match(r" *(//|/\*\*| \*)", line)]


@pytest.mark.parametrize("name", PAGES)
def test_the_code_of_each_script_stands_in_the_page_whole(name):
    whole = "\n".join(collect_scripts(f"{name}.js", RULES, ROOMS[name]))
    assert not re.search(r"^ *(//|/\*\*)", whole, re.MULTILINE), "without comments"
    assert not re.search(r"^ ", whole, re.MULTILINE), "without indents"
    lines = [line for source in sources_of(name).values() for line in own_lines(source)]
    assert Counter(own_lines(whole)) == Counter(lines)


def test_scripts_that_one_imports_twice_stand_in_the_order_of_imports():
    found = {
        "a.js": 'import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n',
        "b.js": 'import { d } from "./d.js";\nexport const b = d;\n',
        "c.js": 'import {\n  b,\n  d,\n} from "./b.js";\nimport { e } from "./d.js";\n'
        "export function c() {}\nexport class C {}\n",
        "d.js": "export const d = 1;\nconst text = 'export const';\n",
    }
    assert "".join(collect_scripts("a.js", found)) == (
        "const d = 1;\nconst text = 'export const';\nconst b = d;\n"
        "function c() {}\nclass C {}\nb(c);\n"
    )


@pytest.mark.parametrize("name", PAGES)
def test_imports_and_exports_have_the_one_form_that_is_understood(name):
    sources = sources_of(name)
    for module, source in sources.items():
        assert not re.search(r"\bimport\(|^[ \t]+(import|export)\b", source, re.MULTILINE), module
        for names, other in imports_of(source):
            known = re.findall(r"^export \w+ (\w+)", sources[other], re.MULTILINE)
            assert set(names) <= set(known), f"{other} lacks what {module} imports"
    assert not re.search(
        r"^(import|export)\b",
        "".join(collect_scripts(f"{name}.js", RULES, ROOMS[name])),
        re.MULTILINE,
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_pages_script_is_one_valid_module(node, tmp_path, name):
    script = tmp_path / "page.mjs"
    script.write_text(
        "\n".join(collect_scripts(f"{name}.js", RULES, ROOMS[name])), encoding="utf-8"
    )
    run_program(node, "--check", str(script))


def find_home(file, name):
    """Return the package in whose ``web/`` a file of a page stands: its own, or all pages'."""
    return next(x for x in (ROOMS[name], ROOMS["lesson"]) if (files(x) / "web" / file).is_file())


@pytest.mark.parametrize("name", PAGES)
def test_every_part_of_a_page_is_packaged(monkeypatch, name):
    read, part = [], parts.read_part
    monkeypatch.setattr(
        parts, "read_part", lambda file, *room: read.append(file) or part(file, *room)
    )
    page_of(name)
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    own = {f"{name}.html", f"{name}.css", f"{name}.js", "page.css", "page.html", "document.html"}
    assert own <= set(read)
    for file in {*read} - {"math.mjs"}:
        patterns = config["options.package_data"][find_home(file, name)].split(", ")
        assert any(fnmatch(f"web/{file}", pattern) for pattern in patterns), file


def test_every_script_and_style_belongs_to_a_page():
    used = {
        (find_home(module, name), module)
        for name in PAGES
        for module in sources_of(name).keys() - RULES.keys() - {"math.mjs"}
    }
    stored = {
        (home, path.name)
        for home in map(ROOMS.get, PAGES)
        for path in (files(home) / "web").iterdir()
    }
    assert {file for file in stored if file[1].endswith(".js")} == used
    styles = {name for _, name in stored if name.endswith(".css")} - {"sheet.css"}
    assert styles == {
        "page.css", "picture.css", "loop.css", "player.css",
        *["plots.css", "sketch.css"] * ("training" in PAGES), *map("{}.css".format, PAGES),
    }  # fmt: skip


# Texts and data


def test_dollars_and_braces_in_scripts_and_texts_stay():
    script = 'export const rules = [`${1} $$ $title ${data} {0}`, "$policy"];\n'
    page = Elements(page_of(generated={**RULES, "rules.js": script}, notes="$5 ${title} $$"))
    ((_, text),) = page.of("script", type="module")
    assert script.removeprefix("export ").strip() in text
    assert page.of("span", **{"class": "first"})[0][1] == "$5 ${title} $$"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_arrive_as_texts(text):
    data = {"label": text, text: [text, {"deep": (text, 1.5, None, True)}]}
    page = Elements(page_of(data=data, title=text, notes=f"a{text}b"))
    assert page.data == {"label": text, text: [text, {"deep": [text, 1.5, None, True]}]}
    assert page.of("h1")[0][1] == page.of("title")[0][1] == make_printable(text)
    assert page.of("span", **{"class": "first"})[0][1] == make_printable(f"a{text}b")
    assert len(page.of("script")) == 2
    assert page.of("body")


@searching
@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("<>&/script!-\u2028'\""), inner),
    )
)
def test_any_data_comes_back(data):
    text = format_json(data)
    assert json.loads(text) == data
    assert not set(text) & set("<\u2028\u2029")


def test_numbers_that_json_lacks_are_texts_that_javascript_reads_as_numbers():
    given = [math.inf, -math.inf, math.nan, -0.0, 0.1, 1e300, 7, True]
    text = format_json({"numbers": given})
    assert text == '{"numbers":["Infinity","-Infinity","NaN",-0.0,0.1,1e+300,7,true]}'


def test_data_of_an_unknown_kind_is_refused():
    with pytest.raises(TypeError, match="not JSON serializable"):
        format_json({"what": object()})
