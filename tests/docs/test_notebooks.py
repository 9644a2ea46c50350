"""The notebooks in demos/ are what their chapters make: python docs/notebooks.py writes them."""

import os
import subprocess
import sys

import pytest
from places import ROOT

pytest.importorskip("myst_nb", reason="needs the extra docs")
nbformat = pytest.importorskip("nbformat", reason="needs the extra docs")

sys.path.append(str(ROOT / "docs"))
import notebooks  # noqa: E402

NAMES = list(notebooks.CHAPTERS)
AGAIN = "the chapter says something else by now: python docs/notebooks.py"
TEXT = ("text/plain", "text/markdown", "text/latex", "text/html")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def read(name):
    return nbformat.read(ROOT / "demos" / f"{name}.ipynb", as_version=4)


def list_sources(notebook):
    return [(cell.cell_type, cell.id, cell.metadata, cell.source) for cell in notebook.cells]


def list_texts(notebook):
    """Return what each cell shows in words; a picture's places depend on who lays it out."""
    return [
        [
            output.get("text") or {kind: output.data[kind] for kind in TEXT if kind in output.data}
            for output in cell.get("outputs", [])
        ]
        for cell in notebook.cells
    ]


def test_a_notebook_says_what_its_chapters_say(name):
    assert list_sources(read(name)) == list_sources(notebooks.make_notebook(name)), AGAIN


@pytest.mark.slow
def test_a_notebook_shows_what_its_cells_return_today(name):
    assert list_texts(read(name)) == list_texts(notebooks.run(notebooks.make_notebook(name))), AGAIN


def test_a_notebook_is_small_and_knows_nothing_of_where_it_was_made(name):
    path = ROOT / "demos" / f"{name}.ipynb"
    text = path.read_text(encoding="utf-8")
    nbformat.validate(read(name))
    assert len(text) < 500_000
    assert str(ROOT) not in text
    assert "<iframe" not in text
    assert read(name).metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


@pytest.mark.parametrize("folder", ["", "demos"])
def test_a_notebook_finds_the_project_from_the_folder_that_jupyter_was_started_in(folder):
    program = f"{notebooks.START}\nimport demos.umbrella, micrograd_nn"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=ROOT / folder, env=environment, check=True
    )


# What a chapter's Markdown becomes


def write(text):
    return notebooks.write_markdown(text.split("\n"))


@pytest.mark.parametrize(
    "content", ["{answer} Guess: how many?", "{guess} Guess: how many?\nn = 2\n"]
)
def test_an_answer_with_content_folds_that_alone(content, tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "LEARN", tmp_path)
    text = f"# One\n\n```{content}\nTwo.\n```\n\nAfter.\n\n```{{code-cell}}\n1\n```\n"
    (tmp_path / "one.md").write_text(text, encoding="utf-8")
    markdown, code = notebooks.make_cells("one.md", deeper=False)[-2:]
    folded, after = markdown.source.split("</details>")
    assert "<summary>Guess: how many?</summary>" in folded
    assert "Two." in folded
    assert after.strip() == "After."
    assert code.metadata == {}


@pytest.mark.parametrize(
    ("chapters", "notebooks_own"),
    [
        ("a {term}`weight`", "a weight"),
        ("its {term}`δ <delta>`", "its δ"),
        ("[one](01-one-neuron.md)", "[one](../docs/learn/01-one-neuron.md)"),
        ("[do](../do/page.md#paths)", "[do](../docs/do/page.md#paths)"),
        ("![two](../pictures/roads.svg)", "![two](../docs/pictures/roads.svg)"),
        ("[web](https://example.org/a)", "[web](https://example.org/a)"),
        ("[](09-three-layer-network.md)",
         "[The three-layer network](../docs/learn/09-three-layer-network.md)"),
        (":::{dropdown} Why?\n{term}`So`.\n:::",
         "<details><summary>Why?</summary>\n\nSo.\n\n</details>"),
        ("```{matrices} a layer\nW.\n```",
         "<details><summary>The same with matrices: a layer</summary>\n\nW.\n\n</details>"),
        (":::{div} side-by-side\n![a](b.svg)\n:::", "![a](../docs/learn/b.svg)"),
        ("```text\n{term}`weight`\n```", "```text\n{term}`weight`\n```"),
        ("```{literalinclude} ../../demos/engine.py\n```", "[engine.py](../demos/engine.py)"),
    ],
)  # fmt: skip
def test_a_directive_becomes_plain_markdown(chapters, notebooks_own):
    assert write(chapters) == notebooks_own


@pytest.mark.parametrize("text", ["{ref}`there`", "```{figure} a.svg\n```", "```text\nno end"])
def test_what_a_notebook_cannot_show_is_refused(text):
    with pytest.raises(ValueError, match=r"role|directive|closed"):
        write(text)


CHAPTER = """\
---
kernelspec: {name: python3}
---

# Sums

```{code-cell} python
:tags: [hide-input]
1 + 1
```

## First

```{answer}
```

It is 2.

```{code-cell} python
2
```

After it.

## Second

```{answer} Your guess first: which?
```

```{code-cell} python
3
```

```{code-cell} python
:tags: [remove-cell]
assert True
```
"""


def test_an_answer_is_folded_up_to_the_end_of_its_section(tmp_path, monkeypatch):
    (tmp_path / "x.md").write_text(CHAPTER, encoding="utf-8")
    monkeypatch.setattr(notebooks, "LEARN", tmp_path)
    source = {"source_hidden": True}
    both = source | {"outputs_hidden": True}
    cells = notebooks.make_cells("x.md", deeper=False)
    assert [(cell.source, cell.metadata.get("jupyter")) for cell in cells] == [
        ("# Sums", None),
        ("1 + 1", source),
        ("## First", None),
        ("<details><summary>Answer</summary>\n\nIt is 2.\n\n</details>", None),
        ("2", both),
        ("After it.", None),
        ("## Second", None),
        ("**Your guess first: which?** (The next cell has it, folded.)", None),
        ("3", both),
    ]
