"""How long a chapter takes, under its title: its words read, its guesses made, its cells run."""

import math

from answers import answer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

WORDS = 200  # a minute, of a text that asks to be thought about
OF_GUESS = 1.0  # minutes
OF_CELL = 0.5
OF_EXERCISE = 3.0


class TellMinutes(SphinxPostTransform):
    """Put the minutes of a chapter under its title."""

    default_priority = 2  # when answers have what is theirs, before cells get their outputs

    def run(self, **kwargs: object) -> None:
        """Add a line to a chapter of the book, to no other page."""
        if self.env.docname.startswith(("learn/0", "learn/1")):
            title = next(self.document.findall(nodes.title))
            minutes = count_minutes(self.document)
            told = f'<p class="minutes">About {minutes} minutes</p>'
            title.parent.insert(1, nodes.raw("", told, format="html"))


def count_minutes(document: nodes.document) -> int:
    """Return how long a chapter takes, in steps of five minutes, without what goes beside it."""
    document = document.deepcopy()
    for fold in [place for place in document.findall(answer) if "track" in place]:
        fold.parent.remove(fold)
    words = sum(len(text.astext().split()) for text in document.findall(nodes.paragraph))
    guesses = sum("guess" in place for place in document.findall(answer))
    answers = sum("guess" not in place for place in document.findall(answer))
    cells = sum(
        "cell" in place["classes"] and "tag_remove-cell" not in place["classes"]
        for place in document.findall(nodes.container)
    )
    minutes = words / WORDS + guesses * OF_GUESS + cells * OF_CELL + answers * OF_EXERCISE
    return 5 * math.ceil(minutes / 5)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(TellMinutes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
