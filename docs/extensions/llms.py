"""``llms.txt``: the site's pages as a list with a sentence each, for programs that read it.

Its form is that of llmstxt.org: a title, a summary, and links under headings, here those of the
table of contents. A link leads to the page's Markdown source.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

SHORTEST = 30  # letters of a summary that says something


def write_llms(app: Sphinx, error: Exception | None) -> None:
    """Write the list beside the built pages."""
    if error is None and app.builder.format == "html":
        text = "\n".join(list_pages(app.env)) + "\n"
        Path(app.outdir, "llms.txt").write_text(text, encoding="utf-8")


def list_pages(env: BuildEnvironment) -> Iterator[str]:
    """Yield the lines: first the site's own title and summary, then each part's pages."""
    root = env.config.root_doc
    contents = env.get_doctree(root)
    yield from (f"# {env.titles[root].astext()}", "", f"> {summarise(contents)}")
    for part in contents.findall(addnodes.toctree):
        if part["includefiles"] and part["caption"]:
            yield from ("", f"## {part['caption']}", "")
        for name in part["includefiles"]:
            source = env.doc2path(name, base=False)
            title, summary = env.titles[name].astext(), summarise(env.get_doctree(name))
            yield f"- [{title}](_sources/{source}.txt): {summary}"


def summarise(page: nodes.document) -> str:
    """Return the first sentence of a page's first paragraph, or as many as say something."""
    first = next(iter(page.findall(nodes.paragraph)), None)
    text = " ".join(first.astext().split()) if first else ""
    ends = (end.end() - 1 for end in re.finditer(r"[.?!] ", text))
    return text[: next((end for end in ends if end >= SHORTEST), None)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the list whenever the site was built."""
    app.connect("build-finished", write_llms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
