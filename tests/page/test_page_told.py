"""What a page tells at a moment that its address leads to: of steps, paths, mistakes and errors."""

from typing import NamedTuple

import pytest
from graph_page import build_reused, build_three_paths, press, settle

from micrograd_nn import Operation, Value, log, sqrt
from micrograd_nn.terminal.neurons import make_gated_neuron

FIRST, LAST = "\u2068שלום\u2069", "\u2068פלט\u2069"  # kept apart from the words around them
HARMLESS = "Nothing comes out wrong in this graph"
SHARED = "this mistake shows where a value is used more than once"
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


class Moment(NamedTuple):
    """A graph's page at an address, and its texts by their places; … stands for anything."""

    build: object
    hash: str
    told: dict
    pressed: tuple = ()  # before that


def remark(name):
    """Return the place of what stands below a node's box."""
    return f".view g.node:has(title:text-is('{name}')) .remark"


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
            ".view g.node:has(title:text-is('x')) .value": "1",
            "#inputs td:last-child": "−0.7724",
            "#paths-sum": "Together: −0.7724, the gradient of output by x.",
        },
    ),
    Moment(
        lambda: Value(1e20, "x") * 2.0, "",
        {"#nudged": "x is too large for a hundredth to change it."}, ("x −0.01",),
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
            "#inputs td:last-child": "15",
        },
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
    page = show(moment.build(), moment.hash)
    press(page, *moment.pressed)
    settle(page)
    for place, wanted in moment.told.items():
        text = page.locator(place).first.text_content()
        assert fits(text, wanted), (place, text)
