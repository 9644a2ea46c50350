"""The options of the commands on graphs: graph, explain, page and dap."""

from __future__ import annotations

from .parser import Parser

EDITORS = {
    "vscode": "write .vscode/ here, so that F5 steps back through the file that is open, "
    "and say how to open FILE.py",
    "nvim": "print what Neovim's init.lua needs for the same",
    "emacs": "print what Emacs's init.el needs",
    "vim": "write .vimspector.json for Vim",
    "helix": "write .helix/languages.toml",
}


def add_picture_options(graph: Parser) -> None:
    """Add what ``graph`` takes: where to draw, and how."""
    from ..draw.drawing import ENDINGS

    graph.add_argument(
        "-o", "--output", metavar="OUT.svg",
        help=f"draw it there; the ending: {', '.join(ENDINGS)}",
    )  # fmt: skip
    graph.add_argument(
        "--direction", choices=("LR", "TB", "RL", "BT"),
        help="left to right (default), top to bottom, right to left, bottom to top",
    )  # fmt: skip
    graph.add_argument(
        "--collapse", metavar="WHAT",
        help="a box a layer, a neuron or, with FILE.py:FUNCTION, a call of that name; "
        "none: each node (default: by its size)",
    )  # fmt: skip
    graph.add_argument("--paths-from", metavar="NAME", help="mark the paths from there to the root")
    graph.add_rare(
        "--fold", choices=("auto", "yes", "no"),
        help="draw once what is repeated, with how often (default: by the graph's size)",
    )  # fmt: skip
    graph.add_argument("--around", metavar="NAME", help="the part around a node alone")
    graph.add_rare(
        "--radius", metavar="N", type=int, help="edges from there that are drawn (default: 3)"
    )
    graph.add_rare(
        "--animate", action="store_true", help="an SVG that plays the steps of both passes"
    )


def add_wrt(explain: Parser) -> None:
    """Add what ``explain`` takes: the name of a leaf."""
    explain.add_argument(
        "--wrt", metavar="NAME", required=True, help="variable to differentiate by"
    )


def add_page_options(page: Parser) -> None:
    """Add what ``page`` takes: where to write, and what stands above the graph."""
    page.add_argument("-o", "--output", metavar="OUT.html", required=True, help="write it there")
    page.add_argument("--title", metavar="TEXT", help="the page's heading")
    page.add_argument("--notes", metavar="TEXT", help="what stands above the graph")
    page.add_argument(
        "--quiz", action="store_true", help="ask for each step back before it is shown"
    )


def add_server_options(dap: Parser) -> None:
    """Add what ``dap`` takes: where editors connect, or which one is set up for any script."""
    editor = dap.add_mutually_exclusive_group()
    for name, does in EDITORS.items():
        editor.add_argument(f"--{name}", dest="editor", action="store_const", const=name, help=does)
    dap.add_argument(
        "--port", metavar="N", type=int, help="listen there, on this machine (default: a free one)"
    )
    dap.add_argument(
        "--stdio", action="store_true",
        help="talk by standard input and output, for an editor that starts the command itself",
    )  # fmt: skip
