"""The command line as its own parser knows it: ``commands`` writes a section a command."""

import argparse
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from micrograd_nn.terminal.arguments import build_parser

WIDTH = 78  # columns of a usage, which fit a narrow column of text


class Commands(SphinxDirective):
    """``commands``: every command of the program, with its usage and its options."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each command, in the order of ``micrograd-nn --help``."""
        choices = next(
            a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)
        )
        purposes = {action.dest: action.help or "" for action in choices._choices_actions}
        return [
            self.describe_command(name, purposes[name], parser)
            for name, parser in choices.choices.items()
        ]

    def describe_command(
        self, name: str, purpose: str, parser: argparse.ArgumentParser
    ) -> nodes.section:
        """Return what a command is for, how it is typed and what it takes."""
        if fill := getattr(parser, "fill", None):
            fill(parser)
            parser.fill = None  # type: ignore[attr-defined]
        parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=WIDTH)
        section = nodes.section(ids=[f"micrograd-nn-{name}"])
        title = f"micrograd-nn {name}"
        section += nodes.title(title, "", nodes.literal(title, title))
        section += nodes.paragraph(text=f"{purpose[0].upper()}{purpose[1:]}.")
        usage = parser.format_usage().removeprefix("usage: ")
        section += nodes.literal_block(usage, usage, language="text")
        if parser.description:
            section += nodes.paragraph(text=parser.description)
        items = list(describe_arguments(parser))
        if items:
            section += nodes.definition_list("", *items)
        self.state.document.note_explicit_target(section)
        return section


def describe_arguments(parser: argparse.ArgumentParser) -> Iterator[nodes.Node]:
    """Yield each argument and option that has something to say, with what it says."""
    formatter = parser.formatter_class(parser.prog)
    for action in parser._actions:
        if not action.help or action.dest in ("help", "quiet") or action.help == argparse.SUPPRESS:
            continue
        if action.option_strings:
            value = formatter._format_args(action, action.dest.upper()) if action.nargs != 0 else ""
            names = [f"{option} {value}".strip() for option in action.option_strings]
        else:
            names = [str(action.metavar or action.dest)]
        term = nodes.term("", "")
        for i, name in enumerate(names):
            term += [nodes.Text(", ")] * (i > 0)
            term += nodes.literal(name, name)
        told = formatter._expand_help(action)
        yield nodes.definition_list_item(
            "", term, nodes.definition("", nodes.paragraph(text=f"{told[0].upper()}{told[1:]}."))
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
