"""The pictures of chapters 4 and 5: two roads to one result, and a backward pass in three.

Every number is computed by the engine; only where a box stands is written here.
"""

from collections.abc import Iterable, Mapping

from demos.umbrella import make_neuron
from micrograd_nn import Value
from micrograd_nn._ground.colors import write_style
from micrograd_nn._ground.text import format_number
from micrograd_nn.stepping import Backprop

WIDTH, HEIGHT = 56, 50  # of a box
FORWARD = 7  # steps of the neuron's page before the seed
MOMENTS = (8, 12, 20)  # steps of its page: the seed, halfway, the end
STYLE = write_style("""
text { fill: $ink; }
text { font: 13px system-ui, sans-serif; text-anchor: middle; }
.name { font-weight: 600; } .big { font-size: 14px; }
.left { text-anchor: start; } .right { text-anchor: end; }
.value { fill: $value; } .gradient { fill: $gradient; } .a { fill: $plus; } .c { fill: $minus; }
.times { fill: $quiet; font-size: 12px; paint-order: stroke; stroke: $paper; stroke-width: 4px; }
.made { fill: $quiet; font-size: 12px; } .paper { fill: $paper; }
rect { fill: $panel; stroke: $line; stroke-width: 1.25; }
rect.known { stroke: $gradient; stroke-width: 2; } rect.paper { stroke: none; }
path { fill: none; stroke: $quiet; stroke-width: 1.5; } path.gradient { stroke: $gradient; }
path.a { stroke: $plus; } path.c { stroke: $minus; stroke-dasharray: 7 4; }
path.gradient, path.a, path.c { fill: none; stroke-width: 2.5; }
marker path { stroke: none; fill: $quiet; } marker path.gradient { fill: $gradient; }
marker path.a { fill: $plus; } marker path.c { fill: $minus; }
""")

Place = tuple[float, float]  # of the middle of a box


def write_picture(width: int, height: int, words: str, parts: Iterable[str]) -> str:
    """Return an SVG with its description, on paper of its own so that it is legible anywhere."""
    heads = "".join(
        f'<marker id="{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" '
        f'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path class="{kind}" d="M0 1 L10 5 L0 9 z"/></marker>'
        for kind in ("plain", "gradient", "a", "c")
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img">',
            f"<title>{words}</title><style>{STYLE}</style><defs>{heads}</defs>",
            f'<rect class="paper" width="{width}" height="{height}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def write_box(place: Place, lines: Iterable[tuple[str, str]], kind: str = "") -> str:
    """Return a box with lines of text, each with its class."""
    x, y = place
    texts = [
        f'<text class="{look}" x="{x}" y="{y - HEIGHT / 2 + 15 + 15 * i}">{text}</text>'
        for i, (look, text) in enumerate(lines)
        if text
    ]
    corner = f'x="{x - WIDTH / 2}" y="{y - HEIGHT / 2}"'
    box = f'<rect class="{kind}" {corner} width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    return box + "".join(texts)


def write_arrow(tail: Place, head: Place, kind: str, label: str, side: str = "") -> str:
    """Return an arrow with its local derivative: on it, or on its left or right."""
    (x1, y1), (x2, y2) = tail, head
    x, y = (x1 + x2) / 2, (y1 + y2) / 2 + 4
    if side:
        is_flat = abs(x2 - x1) > 1.5 * abs(y2 - y1)
        x += {"left": 8, "right": -8}[side] * (0.5 if is_flat else 1)
        y += 8 if is_flat else 0
    return (
        f'<path class="{kind}" d="M{x1} {y1} L{x2} {y2}" marker-end="url(#{kind})"/>'
        f'<text class="times {side}" x="{x}" y="{y}">{label}</text>'
    )


NEURON: Mapping[str, tuple[float, int]] = {  # where a node stands across, and in which row
    "w1": (34, 0), "x1": (96, 0), "w2": (158, 0), "x2": (220, 0),
    "p1": (65, 1), "p2": (189, 1), "s": (127, 2), "b": (220, 2), "z": (127, 3),
    "ŷ": (127, 4), "y": (220, 4), "e": (127, 5), "L": (127, 6),
}  # fmt: skip


def draw_moment(step: int) -> str:
    """Draw what is known of the umbrella's neuron at a step of its page."""
    n = make_neuron()
    names = {node: name for name, node in vars(n).items()}
    cursor = Backprop(n.L)
    flowed = set()
    for _ in range(step - FORWARD - 1):
        share = cursor.step()
        assert share is not None
        flowed.add((share.node, share.position))
    gradients = {node: number for node, number in cursor.state.items() if number is not None}
    parts = []
    for node, name in names.items():
        x, row = NEURON[name]
        y = 30 + row * 74
        for position, (input, partial) in enumerate(zip(node.inputs, node.partials, strict=True)):
            if input.is_constant:
                continue
            across, above = NEURON[names[input]]
            tail, head = (across, 30 + above * 74 + 26), (x + (across - x) * 0.25, y - 26)
            kind = "plain"
            if (node, position) in flowed:
                tail, head, kind = head, tail, "gradient"
            side = "left" if across >= x else "right"  # where the label begins or ends
            label = f"×{format_number(partial, 4)}"
            parts.append(write_arrow(tail, head, kind, label, side))
    for node, name in names.items():
        x, row = NEURON[name]
        known = node in gradients
        gradient = format_number(gradients[node] + 0.0, 4) if known else ""
        lines = [("name", name), ("value big", format_number(node.data, 4)),
                 ("gradient big", gradient)]  # fmt: skip
        parts.append(write_box((x, 30 + row * 74), lines, "known" if known else ""))
    words = f"The neuron after step {step}: {len(gradients)} of {len(names)} gradients are known"
    return write_picture(254, 504, words, parts)


def draw_roads() -> str:
    """Draw (x + 1) · 2x at 3: two roads from x, the product of each at its end."""
    x = Value(3.0)
    a, c = x + 1, 2 * x
    f = a * c
    f.backward()
    places = {"x": (34, 90), "a": (150, 36), "c": (150, 144), "f": (266, 90)}
    by_a, by_c = f.partials
    (to_a, _), (_, to_c) = a.partials, c.partials
    assert None not in (by_a, by_c, to_a, to_c)
    parts = []
    for kind, dy, first, second in (("a", -1, to_a, by_a), ("c", 1, to_c, by_c)):
        out, back = places[kind]
        for tail, head, times in (
            ((64, 90 + dy * 8), (out - 31, back), first),
            ((out + 30, back), (235, 90 + dy * 8), second),
        ):
            parts.append(write_arrow(tail, head, kind, f"×{format_number(times, 4)}"))
        product = f"{first:g} · {second:g} = {first * second:g}"
        parts.append(f'<text class="{kind} big left" x="236" y="{94 + dy * 50}">{product}</text>')
    for name, node, made in (("x", x, ""), ("a", a, "x + 1"), ("c", c, "2 · x"), ("f", f, "a · c")):
        lines = [("name", name), ("value big", format_number(node.data, 4)), ("made", made)]
        parts.append(write_box(places[name], lines))
    parts.append(
        f'<text class="gradient big left name" x="302" y="95">{to_a * by_a:g} + {to_c * by_c:g} '
        f"= {x.grad:g}</text>"
    )
    words = "Two roads lead from x to f, via a and via c; their products 6 and 8 add up to 14"
    return write_picture(390, 180, words, parts)


def draw_pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    moments = {f"moment-{step}.svg": draw_moment(step) for step in MOMENTS}
    return {"roads.svg": draw_roads(), **moments}
