"""How Sphinx builds the site; ``python docs/build.py`` runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "web" / "python"))
sys.path.insert(0, str(Path(__file__).parent / "extensions"))
sys.path.insert(0, str(Path(__file__).parents[1]))  # for demos

from micrograd_nn import __version__

project = "micrograd_nn"
author = "The micrograd_nn authors"
copyright = "the micrograd_nn authors"
release = version = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "answers",
    "commands",
    "extras",
    "folded",
    "formulas",
    "frames",
    "llms",
    "minutes",
    "moving",
    "offline",
    "pictures",
    "tables",
]
exclude_patterns = ["_build", "extensions", "templates", "web", "**/node_modules"]
templates_path = ["templates"]

html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
html_title = "micrograd_nn"
html_math_renderer = "mathml"
html_static_path = [
    "web/site.css",
    "web/sheets.css",
    "web/playground.css",
    "web/networks/networks.css",
    "../micrograd_nn/extras/train/pages/web/plots.css",
    "_build/assets",
]
html_css_files = ["site.css", "sheets.css"]
OWN_CSS = {  # of some pages alone
    "playground": ["playground.css"],
    "network-playground": ["playground.css", "plots.css", "networks.css"],
}
html_js_files = [("live/page.js", {"type": "module"})]
html_show_sphinx = False
html_show_copyright = False

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_timeout = 1200  # seconds of a cell, on a machine that is busy with other things, too
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
nb_render_markdown_format = "myst"  # with tables and formulas, as explain() writes them
nb_mime_priority_overrides = [("html", "text/html", 0), ("html", "image/svg+xml", 1)]
default_role = "code"
smartquotes_action = "q"  # a dash may be a minus or an option's
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
copybutton_selector = "div:not(.output) > div.highlight > pre"  # what cells print has none
copybutton_exclude = ".linenos, .gp, .go"


def shorten_signature(app, what, name, obj, options, signature, returns):
    """Leave out the arguments that a function only takes to refuse them."""
    return signature and signature.replace("*given: NoReturn, **named: NoReturn", ""), returns


def add_own_css(app, pagename, templatename, context, doctree):
    """Let a page load the style sheets that it alone has a use for."""
    for name in OWN_CSS.get(pagename, []):
        app.add_css_file(name)


def setup(app):
    """Register both."""
    app.connect("html-page-context", add_own_css)
    app.connect("autodoc-process-signature", shorten_signature)
