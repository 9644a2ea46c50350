"""SVG pictures in the box that ``docs/web/python/picture.py`` writes of those in the page."""

from pathlib import Path

from docutils import nodes
from picture import begin_box, find_narrowest, find_words
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator


class picture(nodes.Element):  # noqa: N801 (a node is named as it is written)
    """The box around an image; ``narrowest`` is the width in pixels at which it can be read."""


class BoxPictures(SphinxPostTransform):
    """Put each SVG picture into a box, after cells got their outputs."""

    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Look into each picture's file."""
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir, image["uri"].lstrip("/"))
            if path.suffix != ".svg" or not path.is_file():
                continue
            svg = path.read_text(encoding="utf-8")
            if image.get("alt", "").startswith("_build") or not image.get("alt"):
                image["alt"] = find_words(svg)
            box = picture(narrowest=find_narrowest(svg))
            image.replace_self(box)
            box.append(image)


def visit_picture(translator: HTML5Translator, node: picture) -> None:
    """Begin the box."""
    translator.body.append(begin_box(node["narrowest"]))


def depart_picture(translator: HTML5Translator, node: picture) -> None:
    """End it."""
    translator.body.append("</span>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the box."""
    app.add_node(picture, html=(visit_picture, depart_picture))
    app.add_post_transform(BoxPictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
