"""Answers that are hidden until they are asked for, cells and all.

A code cell can't stand inside another directive. So an ``answer`` without content is only begun; it
ends where its section does, or where the next ``answer`` begins. One with content hides that alone.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


class answer(nodes.Element):  # noqa: N801 (a node is named as it is written)
    """A place where an answer begins; later the answer itself."""


class Answer(SphinxDirective):
    """``answer``: its content, or else what follows it in its section, is hidden.

    Its argument is what one clicks on.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the answer, or the place where it begins."""
        title = self.arguments[0] if self.arguments else "Answer"
        return [answer("", *self.parse_content_to_nodes(), title=title)]


class GatherAnswers(SphinxPostTransform):
    """Put into each answer what follows it, before cells get their outputs."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Move the nodes between two places into the first of them."""
        for begin in [place for place in self.document.findall(answer) if not place.children]:
            parent = begin.parent
            after = parent.children[parent.index(begin) + 1 :]
            for node in after:
                if isinstance(node, (answer, nodes.section)):
                    break
                parent.remove(node)
                begin.append(node)


def visit_answer(translator: HTML5Translator, node: answer) -> None:
    """Begin what a browser hides until its summary is clicked."""
    title = translator.encode(node["title"])
    translator.body.append(f'<details class="answer"><summary>{title}</summary>\n')


def depart_answer(translator: HTML5Translator, node: answer) -> None:
    """End it."""
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and its node."""
    app.add_node(answer, html=(visit_answer, depart_answer))
    app.add_directive("answer", Answer)
    app.add_post_transform(GatherAnswers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
