"""What the commands on graphs do with an expression or a script's value: step, graph, page, …."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

from rich.console import Console

from .._ground.colors import GRADIENT, WRONG
from .._ground.ruled import Grid, escape_text, print_lines
from .._ground.text import InputError, format_number, show_path
from ..checks.gradcheck import GradCheck, Terms, compare_derivatives, measure_terms
from ..engine.value import Value
from ..graph.graph import Graph, recompute
from .subjects import SCRIPT, check_apart, find_node, read_graph


def run_step(words: Sequence[str], console: Console) -> None:
    """Step through the backward pass by keys, or print all of it."""
    from .stepper import run_stepper

    graph = read_graph(words)
    if not console.quiet:  # which would wait for keys unseen
        run_stepper(graph, console=console)
    tell_mistakes(graph, console)


def run_graph(
    words: Sequence[str],
    console: Console,
    output: str | None = None,
    animate: bool = False,
    **look: Any,
) -> None:
    """Draw the graph into a file, or print it as a tree."""
    from ..draw.drawing import find_format
    from ..draw.picture import draw
    from ..explain.tree import tree

    asked = [f"--{name.replace('_', '-')}" for name in look] + ["--animate"] * animate
    if output is not None:
        find_format(output)  # which is refused before a script is run
        check_apart(output, words)
    elif asked:
        raise InputError(f"{', '.join(asked)}: for a picture alone, so add -o FILE")
    if "radius" in look and "around" not in look:
        raise InputError("--radius is for the part around a node: add --around NAME")
    drawn = read_graph(words)
    if drawn.root.grad is None:  # else the script's own pass is shown, as it was
        for node in drawn.nodes:
            node.grad = None
        if not drawn.root.is_constant:
            drawn.root.backward()
    if output is None:
        shown = tree(drawn)
        console.print(shown.fold(console.width) if console.is_terminal else shown, soft_wrap=True)
    else:
        for name in ("paths_from", "around"):
            if name in look:
                look[name] = find_node(look[name], drawn)
        for name, meaning in (("collapse", {"none": None}), ("fold", {"yes": True, "no": False})):
            if name in look:
                look[name] = meaning.get(look[name], look[name])
        try:
            draw(drawn, **look).save(output, animate=animate)
        except ValueError as error:  # options that don't fit one another, or this graph
            raise InputError(str(error)) from None
        console.out(f"Graph: {show_path(output)}", highlight=False)
    tell_mistakes(drawn, console)


def run_page(
    words: Sequence[str],
    console: Console,
    output: str,
    title: str = "",
    notes: str = "",
    quiz: bool = False,
) -> None:
    """Write a page of the graph."""
    from ..page.writer import page

    check_apart(output, words)
    graph = read_graph(words)
    if not SCRIPT.fullmatch(words[0]):
        title = title or words[0]
    page(graph, output, title=title, notes=notes, quiz=quiz)
    console.out(
        f"Page: {show_path(output)}. Open it in a browser: it needs no network and no other file.",
        highlight=False,
    )


def run_dap(words: Sequence[str], console: Console, editor: str) -> None:
    """Set up an editor, so that it steps through any script that is open in it, such as FILE.py.

    >>> run_dap(["a.py", "b.py"], Console(quiet=True), editor="vscode")
    Traceback (most recent call last):
    micrograd_nn.InputError: --vscode sets up the editor for any script: name one to open at most
    """
    from ..debugger.adapter.editors import set_up_editor

    if words[1:]:
        raise InputError(f"--{editor} sets up the editor for any script: name one to open at most")
    console.out(set_up_editor(editor, *words), highlight=False)


def run_explain(words: Sequence[str], console: Console, wrt: str) -> None:
    """Print where the gradient by one node comes from."""
    from ..explain import explain

    graph = read_graph(words)
    print_lines(console, explain(graph, find_node(wrt, graph)).__rich__())
    tell_mistakes(graph, console)


def tell_mistakes(graph: Graph, console: Console) -> None:
    """Print what is wrong with the engine that recorded a graph, where that is another one."""
    for told in graph.adoption.notes if graph.adoption else ():
        console.out(told, highlight=False)


def run_check(words: Sequence[str], console: Console) -> bool:
    """Compare the gradient by each leaf with finite differences; say whether all agree."""
    found = check_gradients(read_graph(words))
    if not found.comparisons:
        raise InputError("there is nothing to check: the value was made of constants alone")
    grid = Grid()
    for heading in ("by", "gradient", "differences", "±", "verdict"):
        left = heading in ("by", "verdict")
        style = GRADIENT if heading == "gradient" else ""
        grid.add_column(heading, justify="left" if left else "right", overflow="fold", style=style)
    for one in found.comparisons:
        verdict = escape_text(f"{one.verdict}; {one.note}" if one.note else one.verdict)
        is_one = one.verdict != "kink" and not isnan(one.numeric)  # at a kink there are two
        numeric, error = (one.numeric, one.error) if is_one else (None, None)
        numbers = [
            format_number(x, digits) for x, digits in ((one.analytic, 9), (numeric, 9), (error, 1))
        ]
        wrong = f"bold {WRONG}" if one.verdict == "disagrees" else None
        grid.add_row(escape_text(one.name), *numbers, verdict, style=wrong)
    console.print(grid)
    console.out(str(found).partition("\n")[0], highlight=False)
    return found.ok


def check_gradients(root: Value | Graph) -> GradCheck:
    """Compare the gradient that was recorded with differences of the recorded operations.

    A value that was made of constants alone has none to compare.
    """
    graph = Graph.of(root, None, "check")
    leaves = graph.leaves
    if not leaves:
        return GradCheck([])

    def value(numbers: list[float]) -> list[float]:
        return [recompute(graph.nodes, dict(zip(leaves, numbers, strict=True)))]

    def gradient(numbers: list[float]) -> list[list[float]]:
        return [[graph.gradients[leaf] for leaf in leaves]]

    def measure(numbers: list[float]) -> list[Terms]:
        return [measure_terms(graph.root, leaves)]

    recorded, names = [graph.numbers[leaf] for leaf in leaves], [[graph.names[x] for x in leaves]]
    return GradCheck(compare_derivatives(value, gradient, measure, recorded, names))
