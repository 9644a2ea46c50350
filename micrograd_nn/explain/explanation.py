"""``explain``: a gradient's facts as text, as markdown for a notebook, and as a formula."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from .._ground.colors import GRADIENT, WRONG
from .._ground.text import format_number, list_first, make_printable
from ..checks.differences import Comparison
from ..engine.backprop import Step
from ..engine.operation import Operation
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..graph.naming import find_named
from ..graph.paths import LONGEST_PATH, Path, elide_middle, format_count
from ..notation.formulas.formula import write_partial
from ..notation.formulas.latex import Latex
from ..notation.formulas.mathematics import Mathematics
from ..notation.formulas.plain import Plain
from ..notation.writing.notation import Text
from .finding import (
    SHOWN_PATHS,
    compare_with_difference,
    find_kinds,
    find_kinks,
    find_reused,
)

if TYPE_CHECKING:
    from rich.text import Text as RichText

MOST_USES = 60  # of a node, which are all told
SHOWN_USES = 25  # of more of them, at each end
MOST_REMARKS = 8  # kinks, or results used more than once, that are named
MOST_EDITED = 3  # of these, since a step of an optimizer edits all weights
HEADS = ("node", "upstream", "local derivative", "share", "sum")
MARKUP = re.compile(  # what markdown might take for its own
    r"[&<>\\`*_{}\[\]#|~$!^@]|:(?=//)|(?<=www)\."
)


def explain(root: Value | Graph, wrt: Value | str, names: Any = None) -> Explanation:
    """Explain the gradient of ``root`` by ``wrt``, a Value that it was made of, or its name.

    >>> x, w = Value(3.0, label="x"), Value(2.0, label="w")
    >>> n = w * x
    >>> from micrograd_nn.notation.formulas.plain import Plain
    >>> print(explain(n.tanh(), w).equation(Plain()))
    ∂v1/∂w
      = ∂v1/∂n · ∂n/∂w
      = (1 − tanh(n)²) · x
      = (1 − tanh(6)²) · 3
      = 7.373e−05

    ``names`` names the nodes that have no label: a model or a dictionary of Values, by itself the
    caller's variables, and ``{}`` for none. No backward pass is needed, and
    nothing in the graph changes. A Value that the root doesn't depend on is refused:

    >>> explain(x, w)
    Traceback (most recent call last):
    ValueError: explain(root, wrt) needs a wrt that root was made of; w isn't below x
    """
    graph = Graph.of(root, names, "explain")
    wrt = find_named(wrt, graph.names, "explain") if isinstance(wrt, str) else graph.own(wrt)
    needs = "explain(root, wrt) needs a wrt that root was made of; "
    if not isinstance(wrt, Value):
        raise ValueError(f"{needs}{make_printable(repr(wrt)):.60} isn't a Value")
    if isinstance(wrt, Constant):
        raise ValueError(
            f"{needs}{format_number(wrt.data)} is a Constant, which receives no gradient"
        )
    if wrt not in graph.places:
        called = [make_printable(node.label or repr(node)) for node in (wrt, graph.root)]
        raise ValueError(f"{needs}{called[0]} isn't below {called[1]}")
    return Explanation(graph, wrt)


class Explanation:
    """Where the gradient of a root by one node comes from; print it, or show it in a notebook.

    ``ledger`` has a ``Step`` for each use of the node, whose shares add up, in order, to the
    ``gradient``. ``paths`` are all of ``path_count`` paths, whose products add up to it, too, or
    of more than 8 those of the largest products. Where these go through what is repeated, as of
    the examples of a batch, ``kinds`` has each kind with its number and its sum, and ``paths`` the
    largest of each. ``difference`` compares it with finite
    differences, None in a graph too large for that. ``kinks`` are the nodes on the way that stand
    at a kink of their operation, ``reused`` the results on the way that are used more than once,
    ``edited`` those whose number was edited since the root was
    computed from it, and ``passes`` how many backward passes the node's ``grad`` adds up.

    >>> a = Value(3.0, label="a")
    >>> from micrograd_nn import explain
    >>> found = explain(a * a, a)
    >>> found, [step.share for step in found.ledger], found.path_count
    (<Explanation: The gradient of v1 by a is 6; print it for all of it>, [3.0, 3.0], 2)
    >>> found.difference.verdict, found.kinks, found.edited
    ('agrees', [], [])

    Of the root itself there is one path, of no steps.
    """

    def __init__(self, graph: Graph, wrt: Value) -> None:
        paths = graph.paths(wrt)
        kinds = find_kinds(graph, paths)
        self.root, self.wrt, self.names = graph.root, wrt, graph.short_names
        self.path = graph.names[wrt]  # the same, or its place in a model
        self.gradient: float = graph.gradients[wrt]
        self.ledger: Sequence[Step] = graph.list_steps_to(wrt)
        self.path_count = paths.count
        found = [kind.largest for kind in kinds] or paths.largest(SHOWN_PATHS)
        is_all = len(found) == paths.count
        self.paths = sorted(found, key=attrgetter("positions")) if is_all else found
        self.kinds = kinds
        self.places = graph.folding_of_use.places if kinds else {}  # which nodes stand for others
        self.difference: Comparison | None = compare_with_difference(graph, paths)
        self.kinks = find_kinks(paths)
        self.reused = find_reused(paths)
        self.edited = graph.find_edited()
        self.passes = wrt.passes if wrt.grad else 1
        self.beside = 0.0  # what the grad has that isn't of the latest pass, if that was from here
        if wrt.grad and wrt.passes <= 1 and graph.root.grad == 1.0:
            self.beside = wrt.grad - self.gradient

    def __repr__(self) -> str:
        return f"<Explanation: {self.describe_gradient()}; print it for all of it>"

    def __str__(self) -> str:
        parts = [f"{self.describe_gradient()}."]
        if self.ledger:
            rows = [HEADS, *self.list_steps()]
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            lines = [
                "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
                for row in rows
            ]
            parts.append("\n  ".join([self.describe_ledger(), *lines]))
            paths = [f"{path}: {product}" for path, product in self.list_paths()]
            parts.append("\n  ".join([self.describe_paths(), *paths]))
        parts += [self.equation(Plain()), "\n".join(self.list_remarks())]
        return "\n\n".join(parts)

    def __rich__(self) -> RichText:
        from rich.text import Text as RichText  # here, since the text alone needs no rich

        text = RichText(str(self))
        number = re.escape(format_number(self.gradient))  # marked as what a line comes to
        text.highlight_regex(rf"(?m)(?<= ){number}(?=\.?$)", f"bold {GRADIENT}")
        text.highlight_regex(r"(?m)^Finite difference: .*\bdisagrees\b.*$", WRONG)
        return text

    def _repr_markdown_(self) -> str:
        parts = [f"**{escape_markdown(self.describe_gradient())}.**"]
        if self.ledger:
            lines = [
                HEADS,
                ["---", *["---:"] * 4],
                *[map(escape_markdown, row) for row in self.list_steps()],
            ]
            parts.append(escape_markdown(self.describe_ledger()))
            parts.append("\n".join([f"| {' | '.join(line)} |" for line in lines]))
            parts.append(escape_markdown(self.describe_paths()))
            parts.append(
                "\n".join([f"- {escape_markdown(path)}: {end}" for path, end in self.list_paths()])
            )
        parts += [f"$${self.equation(Latex())}$$", *map(escape_markdown, self.list_remarks())]
        return "\n\n".join(parts) + "\n"

    def describe_gradient(self) -> str:
        """Say what the gradient is."""
        root, wrt = self.names[self.root], self.names[self.wrt]
        wrt += f" ({self.path})" * (self.path != wrt)
        return f"The gradient of {root} by {wrt} is {format_number(self.gradient + 0.0)}"

    def describe_ledger(self) -> str:
        """Say what the ledger is."""
        return (
            f"Each node that uses {self.names[self.wrt]} adds upstream × local derivative = share:"
        )

    def list_steps(self) -> list[list[str]]:
        """Return the ledger as texts, a row each; a node that takes it twice says which input."""
        uses = Counter(step.node for step in self.ledger)
        found = []
        for step in elide_middle(self.ledger, MOST_USES, SHOWN_USES):
            if step is None:
                found.append([f"… {len(self.ledger) - 2 * SHOWN_USES:,} more …", *[""] * 4])
                continue
            several = uses[step.node] > 1
            name = self.names[step.node] + f", input {step.position + 1}" * several
            numbers = step.upstream, step.partial, step.share, step.after
            found.append([name, *[format_number(number + 0.0) for number in numbers]])  # no −0
        return found

    def describe_paths(self) -> str:
        """Say how many paths there are, and how many of them are shown."""
        ends = f"from {self.names[self.wrt]} to {self.names[self.root]}"
        if self.path_count == 1:
            return f"The path {ends}, and the product of its local derivatives:"
        text = (
            f"{format_count(self.path_count)} paths {ends}; their products add up to the gradient"
        )
        rest = self.path_count - len(self.paths)
        if self.kinds:
            return f"{text} (the largest {'of each kind ' * (len(self.kinds) > 1)}is shown):"
        if rest:
            text += f" (the {len(self.paths)} largest are shown, {format_count(rest)} are not)"
        return f"{text}:"

    def list_paths(self) -> Iterator[tuple[str, str]]:
        """Yield each path shown and the product of its local derivatives, as texts."""
        plain = Plain()
        for at, (path, total) in enumerate(zip(self.paths, self.products, strict=True)):
            shown = self.list_shown(path, len(path.nodes), LONGEST_PATH + 1)
            names = []
            for i, before, after in zip(shown, [None, *shown], [*shown[1:], None], strict=False):
                if i is None and before is not None and after is not None:
                    names.append(f"… {after - before - 1:,} more …")
                elif i is not None:
                    names.append(self.name_on_path(path, i))
            partials = [
                None if i is None else plain.write_number(path.find_partial(i))
                for i in self.list_shown(path, len(path.positions), LONGEST_PATH)
            ]
            product, result = plain.write_product(partials).text, plain.write_number(total).text
            told = product if product == result else f"{product} = {result}"
            if self.kinds and self.kinds[at].times > 1:
                more, sum = self.kinds[at].times - 1, plain.write_number(self.kinds[at].total).text
                told += (
                    f"; with {format_count(more)} more like it in other repetitions, together {sum}"
                )
            yield " ← ".join(names), told

    def list_shown(self, path: Path, count: int, longest: int) -> list[int | None]:
        """Return which of a path's first nodes, or steps, are shown, None where some are not.

        What a loop goes through again and again is shown the first time and the last.
        """
        places = [self.places.get(node, node) for node in path.nodes]
        last = {place: i for i, place in enumerate(places)}
        first = {place: i for i, place in reversed([*enumerate(places)])}
        shown = [i if i in (first[places[i]], last[places[i]]) else None for i in range(count)]
        return join_gaps(elide_middle(join_gaps(shown), longest))

    def name_on_path(self, path: Path, i: int) -> str:
        """Return a node's name on a path, with the input that the path takes if it isn't clear."""
        node, name = path.nodes[i], self.names[path.nodes[i]]
        if i < len(path.positions) and node.inputs.count(path.nodes[i + 1]) > 1:
            return f"{name}, input {path.positions[i] + 1}"
        return name

    @cached_property
    def products(self) -> list[float]:
        """What each of the paths adds to the gradient."""
        return [path.product for path in self.paths]

    def equation(self, notation: Mathematics) -> str:
        """Return the derivative in a notation: by the chain rule, with symbols, with numbers."""
        names = {}
        for path in self.paths:
            for i in self.list_shown(path, len(path.positions), LONGEST_PATH):
                for node in path.nodes[i : i + 2] if i is not None else ():
                    names[node] = notation.write_name(self.names[node])
        ends = [notation.write_name(self.names[node]) for node in (self.root, self.wrt)]
        left = notation.write_derivative(*ends).text
        rest = [None] * (self.path_count > len(self.paths))
        pairs = zip(self.paths, self.products, strict=True)
        products = [self.write_product(path, x, names, notation) for path, x in pairs]
        stages = [notation.write_sum([*terms, *rest]) for terms in zip(*products, strict=True)]
        stages.append([notation.write_number(self.gradient).text])
        shown = [new for old, new in zip([[left], *stages], stages, strict=False) if new != old]
        return notation.write_equation(left, shown)

    def write_product(
        self, path: Path, product: float, names: Mapping[Value, Text], notation: Mathematics
    ) -> list[Text]:
        """Return a path's product: as derivatives, with symbols, with numbers, and its result."""
        factors: list[tuple[Text | None, ...]] = []
        for i in self.list_shown(path, len(path.positions), LONGEST_PATH):
            if i is None:
                factors.append((None, None, None))
            else:
                node, position = path.nodes[i], path.positions[i]
                derivative = notation.write_derivative(names[node], names[path.nodes[i + 1]])
                symbols, numbers = write_partial(node, position, self.names, notation)
                symbols = symbols or derivative
                numbers = numbers or notation.write_number(path.find_partial(i))
                factors.append((derivative, symbols, numbers))
        stages = list(zip(*factors, strict=True)) or [()]
        return [*map(notation.write_product, stages), notation.write_number(product)]

    def list_remarks(self) -> list[str]:
        """Return what the finite difference says, and what to know about the numbers."""
        if self.difference is None:
            said = ["Finite difference: left out, since too large a graph depends on it."]
        else:
            found = self.difference
            text = f"Finite difference: {found.verdict}"
            if found.verdict == "kink":  # the note has the two that there are
                text += f" ({format_number(found.analytic, 9)} by the rules)"
            elif not math.isnan(found.numeric):
                text = (
                    f"Finite difference: {format_number(found.numeric, 9)} "
                    f"± {format_number(found.error, 1)}, {found.verdict} "
                    f"({format_number(found.analytic, 9)} by the rules)"
                )
            said = [f"{text}; {found.note}" if found.note else text]
        if self.reused:
            listed = list_first(
                [self.names[x] for x in self.reused], MOST_REMARKS, " and {left:,} more"
            )
            said.append(f"Results that are used more than once, where paths part: {listed}.")
        for node in self.kinks[:MOST_REMARKS]:
            operation = cast(Operation, node.operation).name
            said.append(
                f"At a kink: {self.names[node]}, which is {operation} at "
                f"{format_number(node.numbers[0] + 0.0)}, where its derivative jumps."
            )
        if len(self.kinks) > MOST_REMARKS:
            said.append(f"At {len(self.kinks) - MOST_REMARKS:,} more kinks on the way.")
        if self.edited:
            listed = list_first(
                [self.names[x] for x in self.edited], MOST_EDITED, " and {left:,} more"
            )
            said.append(f"Edited since: {listed}; the gradient is that of the recorded pass.")
        if self.passes > 1:
            said.append(
                f"The grad of {self.names[self.wrt]} adds up {self.passes:,} backward passes; "
                "this explains one."
            )
        if abs(self.beside) > 0:  # and no nan
            said.append(
                f"The grad of {self.names[self.wrt]} differs from this by "
                f"{format_number(self.beside)}: somebody set it, before the pass or since, or a "
                "pass from another root left it there or added to it."
            )
        return said


def join_gaps(items: Sequence[int | None]) -> list[int | None]:
    """Return items with one None where several stand side by side."""
    return [x for i, x in enumerate(items) if x is not None or i == 0 or items[i - 1] is not None]


def escape_markdown(text: str) -> str:
    """Return a text that markdown shows as it is."""
    return MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", text)
