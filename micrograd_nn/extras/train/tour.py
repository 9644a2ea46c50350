"""The tour: a neuron's backpropagation in steps, a network that learns, and a page to play with."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ..._ground.colors import GRADIENT, VALUE
from ..._ground.files import check_writable, explain_error
from ..._ground.ruled import Grid, escape_text, print_lines
from ..._ground.text import InputError, format_number, show_path
from ...draw.drawing import Drawing
from ...draw.picture import draw
from ...engine.value import Value
from ...graph.graph import Graph
from ...nn import MLP
from ...nn.seeding import numpy_weights
from ...page.writer import page
from ...terminal.neurons import make_gated_neuron, make_neuron
from ...terminal.parser import Settings
from ..compile.compiler.functions import compile

OPTIONS: Settings = {
    "--folder": {"default": "micrograd-nn-demo", "help": "where to draw (default: %(default)s)"},
}
ITERATIONS = 60_000
NARROW, WIDEST = 60, 80  # columns of a narrow terminal, and of a text

TITLE = "How a neuron learns what to change"
NOTES = """
This neuron multiplies its input x by a weight w and adds a bias b. A gate between 0 and 1 then
says how much of the sum u comes out: output = u · gate. Press Next, or the right arrow key: the
numbers flow forward, from left to right.

Then the question of all learning: if w grows by a little, by how many times as much does the
output grow? That is the gradient of output by w, and it is found backwards. Each node passes on
its own gradient × the local derivative on the edge: that is the chain rule. Where a value is used
twice, as u is, what arrives is added up.

Try it: move w by 0.01 and see the output move by 0.01 times the gradient. See the two paths that
lead back to w. Then break the engine below, and see which gradients come out wrong, and why.
"""


def show_tour(console: Console, folder: str = "micrograd-nn-demo") -> None:
    """Show one neuron, train a network and draw it, and write a lesson, into a folder."""
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = explain_error(error, missing="folder")
        raise InputError(f"can't make the folder {show_path(folder)}: {why}") from None
    picture = path / "network.svg"
    lesson = path / "lesson.html"
    for file in (picture, lesson):
        check_writable(file)
    output = make_neuron()
    console.rule("1. One neuron: output = tanh(w1*x1 + w2*x2 + b)")
    print_steps(console, output)
    console.rule("2. A network learns a table")
    model = learn_rows(console)
    console.rule("3. See it")
    draw_network(model).save(picture)
    print_lines(
        console,
        "The network that has learned, with the gradient of its answer to [1, 0, 1]:\n"
        f"  {escape_text(str(picture))}",
    )
    page(make_gated_neuron(), lesson, title=TITLE, notes=NOTES)
    print_lines(
        console,
        "Another neuron's page to step through, with inputs to move:\n"
        f"  {escape_text(str(lesson))}",
    )
    console.print("Open them in a browser: double-click the file, or")
    console.print(
        f"  python -m webbrowser {escape_text(lesson.resolve().as_uri())}", soft_wrap=True
    )


def print_steps(console: Console, root: Value) -> None:
    """Print a backward pass as a table, one use of the chain rule a row."""
    graph = Graph(root)
    names = graph.names
    console.print(
        f"{names[root]} = [{VALUE}]{format_number(root.data)}[/]. Its gradient by itself is "
        f"[{GRADIENT}]1[/]; then, from the output back to the inputs, each input of an operation "
        "receives the gradient above × the local derivative = its share:",
        width=min(console.width, WIDEST),
    )
    is_wide = console.width >= WIDEST
    grid = Grid(pad_edge=is_wide)
    heads = ["step", "node", "upstream × local = share", "to", "gradient"]
    if is_wide:
        heads[1], heads[-1] = "operation", "gradient so far"
    for heading in heads:
        style = GRADIENT if heading.startswith(("upstream", "gradient")) else ""
        grid.add_column(heading, justify="right" if heading == "step" else "left", style=style)
    for i, step in enumerate(graph.steps, start=1):
        symbol = step.node.operation.symbol if step.node.operation else ""
        factors = f"{format_number(step.upstream)} × {format_number(step.partial)}"
        product = f"{factors} = {format_number(step.share)}"
        change = f"{format_number(step.before)} → {format_number(step.after)}"
        grid.add_row(
            str(i),
            names[step.node] + f" ({symbol})" * is_wide,
            product,
            names[step.input] + " (edited)" * step.edited,
            change,
        )
    if console.width >= NARROW:
        for column in grid.columns:  # whose heads are broken rather than numbers
            column.min_width = max(map(len, map(str, column.cells)))
    console.print(grid)
    root.backward()


def learn_rows(console: Console) -> MLP:
    """Return a network of 3-4-1 sigmoid neurons that learned four rows; print how it did."""
    inputs: list[list[float]] = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
    targets = [0, 1, 1, 0]
    rows = [[*x, y] for x, y in zip(inputs, targets, strict=True)]
    model = MLP(3, [4, 1], ["sigmoid", "sigmoid"], bias=False)
    numpy_weights(model, seed=1)
    x, y = [Value(0.0) for _ in range(3)], Value(0.0)
    output = model(x)
    loss = compile(0.5 * (y - output) ** 2, inputs=[*x, y], parameters=model.parameters())
    predict = compile(output, inputs=x, parameters=model.parameters())
    console.print(f"{model!r}, {ITERATIONS:,} steps of gradient descent on four rows")
    errors_on_the_way = Grid("iteration", "mean absolute error")
    errors_on_the_way.columns[0].justify = "right"
    weights = [parameter.data for parameter in model.parameters()]
    for iteration in range(ITERATIONS):
        if iteration % 10_000 == 0:
            outputs = predict.predictions(weights, inputs)
            mean = sum(abs(y - out) for y, out in zip(targets, outputs, strict=True)) / 4
            errors_on_the_way.add_row(f"{iteration:,}", f"{mean:.4f}")
        _, gradient = loss(weights, rows)
        weights = [w - slope for w, slope in zip(weights, gradient, strict=True)]
    console.print(errors_on_the_way)
    predictions = Grid("inputs", "prediction", "target")
    predictions.columns[1].style = VALUE
    for row, out, target in zip(inputs, predict.predictions(weights, inputs), targets, strict=True):
        predictions.add_row(str(row), f"{out:.4f}", str(target))
    console.print(predictions)
    for parameter, number in zip(model.parameters(), weights, strict=True):
        parameter.data = number
    return model


def draw_network(model: MLP) -> Drawing:
    """Return a picture of a network's answer to one row, and of how that depends on each input."""
    x = [Value(number, f"x{i}") for i, number in enumerate([1.0, 0.0, 1.0], 1)]
    output = model(x)
    output.label = "output"
    output.backward()
    return draw(output, names=model, collapse="neuron")
