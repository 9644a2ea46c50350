"""Make the notebooks in demos/ from chapters, and run them: python docs/notebooks.py.

Needs the extra ``docs``. A notebook has a chapter's text and cells, its directives as the plain
Markdown that Jupyter and GitHub show. Interactive pages aren't kept in it (each is a file of its
own, and both would strip them): they appear where a reader runs the cell. So do the pictures of
exercises, in whose place there is a tree.
"""

import hashlib
import os
import re
import sys
import tempfile
from pathlib import Path
from posixpath import normpath

import nbformat
from extensions.answers import TRACKS
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

DOCS = Path(__file__).parent
LEARN = DOCS / "learn"
DEMOS = DOCS.parent / "demos"

CHAPTERS = {
    "chain_rule": ["04-chain-rule.md", "05-backpropagation.md"],
    "build_engine": ["06-build-the-engine.md"],
    "two_layer": ["08-two-layer-network.md"],
    "three_layer": ["09-three-layer-network.md"],
}
TITLES = {"chain_rule": "The chain rule, drawn and stepped through"}  # of more than one chapter

INTRODUCTION = """\
This notebook is made from {chapters} of the book in `docs/learn`. It needs the project:
`pip install '.[draw]'` in its folder. Run the cells from the top: each builds on those above it."""
PAGES = " What stands as `<page of …>` becomes an interactive page when you run its cell."

START = """\
# Find the project's own modules, wherever Jupyter was started.
import os
import sys

if os.path.isfile("umbrella.py"):  # in demos/: go to the folder above
    os.chdir("..")
sys.path.insert(0, os.getcwd())"""

FOLDED = {"hide-input": ["source_hidden"], "hide-output": ["outputs_hidden"]}
FOLDS = ("answer", "dropdown", "guess", *TRACKS)
FENCE = re.compile(r"(`{3,}|:{3,})(?:\{([\w-]+)\} *(.*)|\w*)")
HEADING = re.compile(r"#{1,6} ")
ROLE = re.compile(r"\{(\w+)\}`([^`<]+?)(?: <[^`>]+>)?`")
LINK = re.compile(r"(?<=\])\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)")
NAMELESS = re.compile(r"\[\]\(([^)\s#]+)")


def write_line(line: str) -> str:
    """Return a line without roles, its links as they are from demos/."""

    def name_role(role: re.Match) -> str:
        if role[1] != "term":
            raise ValueError(f"{role[0]}: a notebook has no role {role[1]!r}; add it to {__file__}")
        return role[2]

    def name_page(link: re.Match) -> str:
        title = re.search("^# (.*)$", (LEARN / link[1]).read_text(encoding="utf-8"), re.M)
        return f"[{title[1]}]({link[1]}"

    line = NAMELESS.sub(name_page, ROLE.sub(name_role, line))
    return LINK.sub(lambda at: f"({normpath('../docs/learn/' + at[1])}{at[2] or ''})", line)


def name_fold(begin: re.Match[str]) -> str:
    """Return what one clicks on, of the fence that begins a fold."""
    title = begin[3] or "Answer"
    return f"{TRACKS[begin[2]]}: {title}" if begin[2] in TRACKS else title


def fold(summary: str, text: str) -> str:
    """Return what Jupyter and GitHub hide until its summary is clicked."""
    summary = re.sub(r"`([^`]+)`", r"<code>\1</code>", summary)
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def write_markdown(lines: list[str]) -> str:
    """Return a chapter's lines as plain Markdown."""
    written, rest = [], list(lines)
    while rest:
        line = rest.pop(0)
        begin = FENCE.fullmatch(line.rstrip())
        if not begin:
            written.append(write_line(line))
            continue
        inside = []
        while rest and rest[0].rstrip() != begin[1]:
            inside.append(rest.pop(0))
        if not rest:
            raise ValueError(f"{line!r} is never closed")
        end = rest.pop(0)
        if begin[2] is None:  # a fence of text
            written += [line, *inside, end]
        elif begin[2] in ("div", "moving"):  # of what moves, the words
            written.append(write_markdown(inside))
        elif begin[2] == "literalinclude":
            written.append(write_line(f"[{Path(begin[3]).name}]({begin[3]})"))
        elif begin[2] in FOLDS:
            written.append(fold(write_line(name_fold(begin)), write_markdown(inside).strip()))
        else:
            raise ValueError(f"{line!r}: a notebook has no such directive; add it to {__file__}")
    return "\n".join(written)


def part_text(text: str) -> list[tuple[str, list[str]]]:
    """Return a text in parts, each begun by a heading, an answer or a guess, with its title.

    A part that isn't an answer, or that hides only the content of one, has the title "".
    """
    parts, title, lines, fence = [], None, [], ""
    rest = text.split("\n")
    while rest:
        line = rest.pop(0)
        begin = FENCE.fullmatch(line.rstrip())
        if fence:
            fence = "" if line.rstrip() == fence else fence
        elif begin and begin[2] in FOLDS and begin[2] != "dropdown":
            parts.append((title, lines))
            if begin[2] == "guess":  # what it asks for is of the site alone
                while rest[0].strip() and rest[0].rstrip() != begin[1]:
                    rest.pop(0)
            if rest[0].rstrip() == begin[1]:  # without content: what follows is the answer
                title, lines = name_fold(begin), []
                rest.pop(0)  # its end
                continue
            title, lines, fence = "", [], begin[1]
        elif begin:
            fence = begin[1]
        elif HEADING.match(line):
            parts.append((title, lines))
            title, lines = "", []
        lines.append(line)
    return [*parts, (title, lines)]


def make_cells(chapter: str, deeper: bool) -> list[NotebookNode]:
    """Return a chapter's cells, without outputs; ``deeper`` makes its title one of a section."""
    source = read_myst_markdown_notebook((LEARN / chapter).read_text(encoding="utf-8"))
    cells, answer, told = [], "", False
    for cell in source.cells:
        if cell.cell_type == "code":
            tags = cell.metadata.get("tags", [])
            if "remove-cell" in tags:
                continue
            if answer and not told:
                cells.append(new_markdown_cell(f"**{answer}** (The next cell has it, folded.)"))
                told = True
            hidden = [state for tag in tags for state in FOLDED[tag]]
            hidden = ["source_hidden", "outputs_hidden"] if answer else hidden
            metadata = {"jupyter": dict.fromkeys(hidden, True)} if hidden else {}
            cells.append(new_code_cell(cell.source.strip(), metadata=metadata))
            continue
        for title, lines in part_text(cell.source):
            if title is not None:  # None: what goes on after a code cell
                answer, told = title, False
            text = write_markdown(lines).strip()
            if deeper:
                text = re.sub(r"\A#", "##", text)
            if text and answer and not told:
                text, told = fold(answer, text), True
            if text:
                cells.append(new_markdown_cell(text))
    return cells


def make_notebook(name: str) -> NotebookNode:
    """Return a notebook that wasn't run."""
    chapters = CHAPTERS[name]
    several = len(chapters) > 1
    cells = [cell for chapter in chapters for cell in make_cells(chapter, several)]
    title = f"# {TITLES[name]}\n\n" if several else ""
    told = " and ".join(f"[chapter {int(c[:2])}](../docs/learn/{c})" for c in chapters)
    pages = PAGES if any("page(" in cell.source for cell in cells) else ""
    introduction = new_markdown_cell(title + INTRODUCTION.format(chapters=told) + pages)
    cells[0 if several else 1 : 0 if several else 1] = [introduction, new_code_cell(START)]
    taken: set[str] = set()
    for cell in cells:  # a cell keeps its id while others come and go
        key = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()
        cell.id = next(key[:n] for n in range(8, 65) if key[:n] not in taken)
        taken.add(cell.id)
    return with_metadata(new_notebook(cells=cells))


def with_metadata(notebook: NotebookNode) -> NotebookNode:
    """Say what any Jupyter understands, and nothing of this machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def run(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook, run in demos/ by a kernel of its own, as every machine has it."""
    with tempfile.TemporaryDirectory() as profile:
        os.environ |= {"IPYTHONDIR": profile, "MICROGRAD_NN_NATIVE": "0"}
        NotebookClient(
            notebook, timeout=300, kernel_name="python3", record_timing=False,
            resources={"metadata": {"path": str(DEMOS)}},
        ).execute()  # fmt: skip
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = keep_outputs(cell.outputs)
    return with_metadata(notebook)


def keep_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs without pages in frames or pictures in HTML, printed text in one piece."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                raise ValueError(f"a cell complains: {output.text}")
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
                continue
        elif re.search("<iframe|<img", output.data.get("text/html", "")):
            del output.data["text/html"]
        kept.append(output)
    return kept


if __name__ == "__main__":
    for name in sys.argv[1:] or CHAPTERS:
        path = DEMOS / f"{name}.ipynb"
        nbformat.write(run(make_notebook(name)), path)
        print(f"wrote {path} ({path.stat().st_size // 1000} kB)")
