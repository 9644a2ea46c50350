"""Of which extra a page speaks, under its title; pages of the core have no such line."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from micrograd_nn._ground.extras import read_extras

PAGES = {page: name for name, extra in read_extras().items() for page in extra.get("docs", [])}


class TellExtra(SphinxPostTransform):
    """Put the extra of a page under its title."""

    default_priority = 2

    def run(self, **kwargs: object) -> None:
        """Add a line to a page of an extra."""
        if name := PAGES.get(self.env.docname):
            title = next(self.document.findall(nodes.title))
            others = [f"<code>{other}</code>" for other in read_extras()[name]["stands_on"]]
            needs = f", which needs {', '.join(others)}" if others else ""
            told = f'<p class="minutes">Part of the extra <code>{name}</code>{needs}</p>'
            title.parent.insert(1, nodes.raw("", told, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(TellExtra)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
