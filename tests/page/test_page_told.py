"""What a page tells at a moment that its address leads to: of steps, paths, mistakes and errors."""

import random
from typing import NamedTuple

import pytest
from graph_page import build_network, build_reused, build_three_paths, press, settle

from micrograd_nn import MLP, Operation, Value, log, sqrt
from micrograd_nn.terminal.neurons import make_gated_neuron

FIRST, LAST = "\u2068שלום\u2069", "\u2068פלט\u2069"  # kept apart from the words around them
HARMLESS = "Nothing comes out wrong in this graph"
SHARED = "this mistake shows where a value is used more than once"
NO_CHANGE = "the numbers can't be changed here"
NO_SLOPE = "the derivative of sqrt(x) needs x > 0; x = 0"


def build_product():
    return Value(2.0, "x") * Value(3.0, "w")


def build_square():
    x = Value(3.0, "x")
    return x * x


def build_doubled():
    y = Value(0.5, "x")
    for _ in range(100):
        y = y + y
    return y


def build_error(function):
    """Return a graph in which a function's result ``r`` is used further, and its input, too."""
    x = Value(0.5, "x")
    r = function(x)
    output = 3 * r + x
    r.label, output.label = "r", "output"
    return output


def build_from_right_to_left():
    x, w = Value(2.0, "שלום"), Value(-3.0, "w")
    y = x * w + x
    y.label = "פלט"
    return y


def build_unwritten():
    unwritten = Operation("unwritten", lambda x: 3 * x, [lambda out, x: 3.0])
    return unwritten(Value(2.0, "x")) * 5


def build_unknown_share():
    x = Value(1.0, "x")
    return 3 * x + sqrt(x)


def build_little():
    """Return a graph in which a share of a millionth comes first, and is lost by overwriting."""
    x = Value(3.0, "x")
    u = 2 * x
    u.label = "u"
    whole = u * 1.0
    return whole + u * 1e-6


def build_named_network():
    """Return a loss and the names of its nodes."""
    model, loss, _ = build_network()
    return loss, model


def build_neurons():
    model = MLP(2, [3, 1], "tanh", rng=random.Random(1))
    return model([Value(0.5, "x1"), Value(-0.1, "x2")]), model


def build_halved():
    halved = Operation("halved", lambda x: x / 2, [lambda out, x: 0.5], javascript="{0} / 2")
    return halved(Value(3.0, "x"))


class Moment(NamedTuple):
    """A graph's page at an address, and its texts by their places.

    … stands for anything, None for a place that there isn't. A graph may come with its names.
    """

    build: object
    hash: str
    told: dict
    pressed: tuple = ()  # before that


def box(name, part=".name", marks=""):
    """Return the place of a text of a node's box, if that has some marks."""
    return f".view g.node{marks}:has(title:text-is('{name}')) {part}"


def remark(name):
    """Return the place of what stands below a node's box."""
    return box(name, ".remark")


def edge(name):
    """Return the place of what stands on an edge."""
    return f".view .edge[aria-label='{name}']"


MOMENTS = [
    # A step in a line, in words and in formulas
    Moment(
        build_three_paths, "step=0",
        {
            "#headline": "The inputs have their numbers",
            "#sentence": "The inputs have their numbers. Press Next: first forward to output, then "
            "back for the gradients.",
            "#formula": "",
            "#pass": "",
        },
    ),
    Moment(
        build_three_paths, "step=2",
        {
            "#headline": "a is 0.4621, from x",
            "#sentence": "Forward: a is made from x by tanh; it is 0.4621.",
            "#formula": "a=tanh(x)0.4621=tanh(0.5)",
            "#pass": "forward pass",
        },
    ),
    Moment(
        build_three_paths, "step=5",
        {
            "#headline": "The gradient of output is 1",
            "#sentence": "Now back. The gradient of a node says by how much a small change of it "
            "is multiplied on its way to output. For output itself that is 1.",
            "#formula": "∂output∂output1where the chain rule begins",
            "#pass": "backward pass",
        },
    ),
    Moment(
        build_three_paths, "step=7",
        {
            "#headline": "x gets 1, from output",
            "#sentence": "Back from output to x: a small change of x is multiplied by 1 on its way "
            "into output (the local derivative), and by 1 from there to output (the gradient of "
            "output): by 1 × 1 = 1 in all. That is the gradient of x so far; 2 more shares are to "
            "come.",
        },
    ),
    Moment(
        build_three_paths, "step=9",
        {"#formula": "∂output∂a=∂output∂v1·∂v1∂a−0.75=1·(−0.75)completeupstreamlocalderivative"
         "local: ∂v1∂a=w*x=−0.75"},
    ),
    Moment(
        build_three_paths, "step=12",
        {
            "#headline": "x gets −0.6932 more, from w*x",
            "#sentence": "… the gradient of x is −0.283, complete.",
        },
    ),
    Moment(
        build_three_paths, "broken=overwrite&step=12",
        {"#headline": "x gets −0.6932, from w*x; the −0.5898 before is lost"},
    ),
    # The picture
    Moment(
        build_three_paths, "step=0",
        {box("x", marks=".known"): "x", box("a", marks=".known"): None, box("a", ".value"): ""},
    ),
    Moment(
        build_three_paths, "step=2",
        {
            box("a", ".value", ".known.current:not(.partly, .complete)"): "0.4621",
            box("a", ".gradient"): "",
            edge("from a to v1"): "",
        },
    ),
    Moment(
        build_three_paths, "step=7",
        {
            box("x", ".gradient", ".partly.current"): "1",
            ".edge.current text": "× 1",
            ".edge.current .share": "◂ 1",
            ".edge.flowed >> nth=2": None,
        },
    ),
    Moment(
        build_three_paths, "step=12",
        {
            box("x", ".value"): "0.5",
            box("x", ".gradient", ".complete.current"): "−0.283",
            edge("from a to v1"): "× −0.75◂ −0.75",
            edge("from x to a"): "× 0.7864◂ −0.5898",
        },
    ),
    # A path in the picture, which has its product so far
    Moment(
        build_three_paths, "step=3&path=3",
        {
            "#paths li >> nth=2": "output ← x: –",
            "#paths-sum": "…–, the gradient…",
            ".edge.path": "",
        },
    ),
    Moment(
        build_three_paths, "step=4&path=3",
        {
            ".edge.path": "× 1= 1",
            "#paths-told": "3 paths to output: each adds its product of local derivatives.",
            "#paths": "output ← v1 ← w*x ← x: 1 · 0.4621 · (−1.5) = −0.6932"
            "output ← v1 ← a ← x: 1 · (−0.75) · 0.7864 = −0.5898"
            "output ← x: 1 = 1",
            "#paths-sum": "Together: −0.283, the gradient of output by x.",
        },
    ),
    Moment(
        build_three_paths, "step=4&paths=w",
        {"#paths": "output ← v1 ← w*x ← w: 1 · 0.4621 · 0.5 = 0.2311"},
    ),
    Moment(build_three_paths, "step=3&path=2", {edge("from a to v1"): "× −0.75"}),
    *[
        Moment(
            build_three_paths, f"step={step}&path=2",
            {
                edge("from v1 to output"): "× 1= 1",
                edge("from a to v1"): "× −0.75= −0.75",
                edge("from x to a"): "× 0.7864= −0.5898",
            },
        )
        for step in (4, 12)
    ],
    Moment(build_three_paths, "path=2&quiz", {".edge.path": "", ".edge.path >> nth=2": ""}),
    Moment(
        build_named_network, "step=99&paths=x1&path=1",
        {".edge .product": "= 0", "#paths button": "…"},
    ),
    # The loop
    Moment(build_reused, "step=2", {"#forward .now .seen": "36", "#loop .now": None}),
    Moment(
        build_reused, "step=4",
        {"#loop .now .seen": "1", "#loop [data-seen=upstream]": "", "#forward .now": None},
    ),
    Moment(
        build_reused, "step=7",
        {
            "#loop .now .seen": "u: 1 → 7",
            "#loop [data-seen=node]": "p",
            "#loop [data-seen=upstream]": "1",
            "#loop [data-seen=partial]": "6",
        },
    ),
    Moment(build_reused, "step=0", {"#loop .now": None, "#loop [data-seen=node]": ""}),
    Moment(
        build_neurons, "step=4",
        {
            "#forward .line >> nth=5": None,
            "#forward .more": "1 more before",
            "#forward .more >> nth=1": "1 more after",
        },
    ),
    Moment(
        build_neurons, "view=layer", {"#loop .now": None, "#loop [data-seen=node]": ""}, ("Last",)
    ),
    # Networks
    Moment(build_named_network, "", {"#leaf option": "h1.w1", "#inputs th.name": "…"}),
    Moment(
        build_named_network, "view=layer&broken=unordered,unreset",
        {remark("layers.0"): "✗ in 16 nodes"},
    ),
    # Values that are used more than once
    Moment(
        build_reused, "step=1",
        {"#sentence": "Forward: u is made from 2 and x by ×; it is 6. It is used more than once: "
         "its gradient will be the sum of 3 shares."},
    ),
    Moment(build_reused, "step=2", {"#sentence": "Forward: p is made from u by ×; it is 36."}),
    Moment(
        build_reused, "broken=overwrite&step=1",
        {"#sentence": "Forward: u is made from 2 and x by ×; it is 6."},
    ),
    Moment(
        build_square, "step=3",
        {"#sentence": "Back from v1 to x (input 1): … That is the gradient of x so far; 1 more "
         "share is to come."},
    ),
    Moment(
        build_square, "step=4",
        {
            "#sentence": "… by 1 × 3 = 3 in all. Added to the 3 so far, the gradient of x is 6, "
            "complete.",
            "#headline": "x gets 3 more, from v1 (input 2)",
            "#formula": "∂v1∂x=so far+∂v1∂v1·∂v1∂x6=3+1·3completeupstreamlocal derivative…",
        },
    ),
    # Numbers, once they are reached
    Moment(make_gated_neuron, "step=0", {"#result": "output = –", "#inputs td:last-child": "–"}),
    Moment(make_gated_neuron, "step=4", {"#result": "output = 0.7311"}),
    Moment(
        build_three_paths, "x=1&step=12",
        {
            "#result": "output = −0.1424",
            box("x", ".value"): "1",
            "#inputs td:last-child": "−0.7724",
            "#paths-sum": "Together: −0.7724, the gradient of output by x.",
        },
    ),
    Moment(
        lambda: Value(1e20, "x") * 2.0, "",
        {"#nudged": "x is too large for a hundredth to change it."}, ("x −0.01",),
    ),
    # Nudges
    Moment(
        build_three_paths, "step=12",
        {"#nudged": "x +0.01: output −0.00292; predicted 0.01 × (−0.283) = −0.00283. On the way: "
         "w*x −0.015, a +0.007828, v1 −0.01292."},
        ("x +0.01",),
    ),
    Moment(
        build_three_paths, "step=9&quiz",
        {"#nudged": "x +0.01: output −0.00292. On the way: w*x −0.015, a +0.007828, v1 −0.01292."},
        ("x +0.01",),
    ),
    # A broken engine
    Moment(
        build_reused, "broken=overwrite",
        {
            "#wrong": "A share … Wrong gradients: u is 6 and should be 13; x is 12 and should be "
            "26.",
            remark("u"): "✗ lost 7",
            remark("x"): "✗ ≠ 26",
        },
    ),
    Moment(
        build_reused, "broken=overwrite",
        {"#wrong": "A share …", remark("u"): "", remark("x"): ""}, ("Back",),
    ),
    Moment(
        build_reused, "broken=unordered",
        {"#wrong": "A node … Wrong gradients: x is 2 and should be 26.", remark("x"): "✗ lost 24"},
    ),
    Moment(
        build_reused, "broken=unreset",
        {
            "#wrong": "What the first … Wrong gradients: p is 2 and should be 1; u is 38 and "
            "should be 13; x is 102 and should be 26.",
            remark("p"): "✗ 1 too much",
            remark("u"): "✗ ≠ 13",
        },
    ),
    Moment(
        build_little, "broken=overwrite",
        {
            "#wrong": "… x is 2 and should be 2.000002.",
            remark("u"): "✗ lost 1e−06",
            remark("x"): "✗ ≠ 2.000002",
        },
    ),
    Moment(
        build_reused, "broken=overwrite&step=8",
        {"#sentence": "… It overwrites the 6: the gradient of u is 6.…", "#formula": "∂output∂u=…"},
    ),
    Moment(
        build_reused, "broken=unreset&step=9",
        {
            "#count": "15",
            "#sentence": "… local derivative, 13 × 2 = 26. The gradient of x is 26 now.",
        },
    ),
    Moment(
        build_reused, "broken=unreset&step=10",
        {
            "#pass": "second backward pass",
            "#sentence": "A second pass begins, and the gradients of the first are still there. "
            "That of output is 1.",
        },
    ),
    *[
        Moment(build_product, f"broken={mistake}", {"#wrong": f"{HARMLESS}: {SHARED}."})
        for mistake in ("overwrite", "unordered")
    ],
    Moment(
        build_product, "broken=unreset",
        {"#wrong": "… Wrong gradients: w is 4 and should be 2; x is 6 and should be 3."},
    ),
    Moment(lambda: Value(2.0, "x"), "broken=unreset", {"#wrong": f"{HARMLESS}."}),
    Moment(
        lambda: sqrt(Value(2.0, "x")), "x=-1&broken=overwrite",
        {"#wrong": "Not everything can be computed, so what this mistake does can't be told."},
    ),
    Moment(
        lambda: Value(3.0, "x").tanh() * Value(2.0, "w"), "",
        {
            "#loop select[data-local]": "1 − v1²1 − x²1 − v1…",
            "#formula": "… local: ∂v1∂x=1−v12=…",
        },
        ("Last",),
    ),
    Moment(
        lambda: Value(3.0, "x").tanh() * Value(2.0, "w"), "broken=tanh-0-input-for-output",
        {
            "#loop [data-seen=partial]": "−8",
            "#formula": "… local: ∂v1∂x=1−x²=−8",
            "#wrong": "tanh: the input in place of the output. Wrong gradients: x is −16 and "
            "should be 0.01973.",
        },
    ),
    Moment(
        build_reused, "step=7&broken=overwrite&quiz",
        {"#wrong": "", "#loop [data-seen=upstream]": "", "#loop [data-seen=total]": ""},
    ),
    # What can't be computed
    Moment(
        lambda: build_error(log), "x=-1&step=1",
        {
            "#sentence": "r can't be computed: log(x) needs x > 0; x = −1.",
            "#result": "r: log(x) needs x > 0; x = −1.",
            ".view .error .name": "r",
        },
    ),
    Moment(
        lambda: build_error(log), "x=-1&step=2",
        {"#sentence": "v1 isn't known, since what it is made from isn't."},
    ),
    Moment(
        lambda: build_error(sqrt), "x=0&step=8",
        {
            "#sentence": f"r can't pass a gradient on to x: {NO_SLOPE}.",
            "#result": f"r: {NO_SLOPE}.",
            "#inputs td:last-child": "–",
        },
    ),
    Moment(
        build_unknown_share, "x=0&step=8",
        {
            "#sentence": "… The gradient of x isn't known all the same, for a share before this "
            "one isn't.",
            ".view .leaf .gradient": "",
            "#inputs td:last-child": "–",
        },
    ),
    Moment(
        build_unwritten, "step=5",
        {
            "#fixed": "The numbers can't be changed here: unwritten isn't in the table: …",
            "#reset:disabled": "Reset",
            "#inputs input[type=text]:disabled": "",
            "#operated:disabled": "",
            "#inputs td:last-child": "15",
        },
    ),
    Moment(
        build_halved, "x=7&step=3", {"#result": "v1 = 3.5", "#inputs td:last-child": "0.5"}
    ),
    Moment(
        build_unwritten, "x=3&surgery=pin/x/3&step=1",
        {"#link-told": f"…: x=3 ({NO_CHANGE}); surgery=pin/x/3 ({NO_CHANGE}).", "#position": "1"},
    ),
    Moment(
        lambda: Value(2.0, "step") * Value(3.0, "a & b#"), ".step=0.5&a%20%26%20b%23=nan&step=2",
        {"#result": "v1 = nan", "#position": "2", box("step", ".value"): "0.5"},
    ),
    # Paths
    Moment(
        build_product, "",
        {"#paths-told": "One path to v1: its product of local derivatives is the gradient."},
    ),
    Moment(
        lambda: Value(2.0, "x"), "",
        {"#paths-told": "x is where all paths end: its gradient is 1.", "#paths": ""},
    ),
    Moment(
        build_doubled, "step=301",
        {
            "#paths-told": "about 10^30 paths to v100: each adds its product of local derivatives; "
            "the first 50 are listed.",
            "#paths-sum": "The listed ones add up to 50; with the rest it is 1.268e+30, the "
            "gradient of v100 by x.",
        },
    ),
    Moment(
        build_from_right_to_left, "step=5",
        {
            "#sentence": f"Back from {LAST} to {FIRST}: a small change of {FIRST} …",
            "#result": f"{LAST} = −4",
            "#paths": f"{LAST} ← v1 ← {FIRST}: 1 · (−3) = −3{LAST} ← {FIRST}: 1 = 1",
            f".edge[aria-label='from {FIRST} to v1'] .local": "× −3",
        },
    ),
]  # fmt: skip


def fits(text, wanted):
    """Tell whether a text is what is wanted, but for white space."""
    *begin, end = ["".join(part.split()) for part in wanted.split("…")]
    text = "".join(text.split())
    if not begin:
        return text == end
    return text.startswith(begin[0]) and text.endswith(end) and all(x in text for x in begin)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.hash)
def test_a_page_tells_what_is_so_at_its_moment(show, moment):
    built = moment.build()
    root, names = built if isinstance(built, tuple) else (built, None)
    page = show(root, moment.hash, names=names)
    press(page, *moment.pressed)
    settle(page)
    for place, wanted in moment.told.items():
        texts = page.locator(place).all_text_contents()
        assert texts == [] if wanted is None else fits(texts[0], wanted), (place, texts)
