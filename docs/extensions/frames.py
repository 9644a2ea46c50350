"""Pages that cells show in frames, each in a file of its own: a frame fetches it as it comes near.

Within a chapter, four of them would be a megabyte that comes before its first line.
"""

import hashlib
import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

PAGES = "_pages"
FRAME = re.compile(r"""(<iframe class="micrograd-nn-page"[^>]* )srcdoc='([^']*)'""")


class SetPagesApart(SphinxPostTransform):
    """Write the page of each frame into a file, which the frame then names."""

    default_priority = 6  # after cells got their outputs
    builders = ("html",)

    def run(self, **kwargs: object) -> None:
        """Look into what cells gave as HTML."""
        folder = Path(self.app.outdir, PAGES)
        above = "../" * self.env.docname.count("/")

        def set_apart(frame: re.Match[str]) -> str:
            text = html.unescape(frame[2])
            name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.html"
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
            return f'{frame[1]}src="{above}{PAGES}/{name}"'

        for raw in self.document.findall(nodes.raw):
            if "micrograd-nn-page" in raw.astext():
                raw[:] = [nodes.Text(FRAME.sub(set_apart, raw.astext()))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(SetPagesApart)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
