"""Lines and texts of a drawing as they are seen: apart, at their own, strong enough on any page."""

import base64
import math
import random
import re
from itertools import combinations
from pathlib import Path

import pytest
from added import draw_change

from micrograd_nn import Value
from micrograd_nn import sum as total
from micrograd_nn.draw import draw
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP

READ = """() => [...document.querySelectorAll("g.edge")].map((edge) => {
    const path = edge.querySelector("path"), length = path.getTotalLength();
    const points = [...edge.querySelector("polygon").points].map(({ x, y }) => [x, y]);
    const boxes = [...edge.querySelectorAll("text")].map((text) => text.getBBox());
    return {
        id: edge.id,
        width: Number(getComputedStyle(path).strokeWidth.replace("px", "")),
        isDotted: getComputedStyle(path).strokeDasharray !== "none",
        color: getComputedStyle(path).stroke,
        line: Array.from({ length: Math.floor(length) }, (_, i) => path.getPointAtLength(i)).map(
            ({ x, y }) => [x, y]),
        tip: points[1],
        label: boxes.length && [
            Math.min(...boxes.map((b) => b.x)), Math.min(...boxes.map((b) => b.y)),
            Math.max(...boxes.map((b) => b.x + b.width)),
            Math.max(...boxes.map((b) => b.y + b.height)),
        ],
    };
})"""


def gate():
    x, w, b = Value(1.2, "x"), Value(0.7, "w"), Value(0.1, "b")
    u = w * x + b
    u.label = "u"
    return u * u.sigmoid()


def neuron():
    x1, x2, w1, w2 = Value(2.0, "x1"), Value(0.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    return (w1 * x1 + w2 * x2 + Value(6.88, "b")).tanh()


def square():
    x = Value(1.5, "x")
    return x * x


def many_squares():
    """Return the root of a graph that has straight arrows, being large."""
    x = Value(1.1, "x")
    for i in range(90):
        x = x * x if i % 30 == 0 else x.tanh()
    return x


def network(rows):
    model = MLP(2, [8, 8, 1], rng=random.Random(0))
    loss = total([(model([0.5, -row - 0.1]) - 1) ** 2 for row in range(rows)])
    loss.backward()
    return model, loss


def find_distance(point, box):
    """Return how far a point is from a box."""
    left, top, right, bottom = box
    return math.hypot(
        max(left - point[0], 0, point[0] - right), max(top - point[1], 0, point[1] - bottom)
    )


@pytest.fixture
def seen(visit, folder):
    """Return what is seen of a drawing's edges, by their ids."""

    def look(drawing):
        drawing.save("graph.svg")
        return {edge["id"]: edge for edge in visit("graph.svg").evaluate(READ)}

    return look


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("make", [gate, neuron, square])
def test_each_share_arrives_at_a_point_of_its_own_with_its_label_beside_it(seen, make, direction):
    root = make()
    root.backward()
    edges = seen(draw(root, direction, names={})).values()
    for one, other in combinations(edges, 2):
        assert math.dist(one["tip"], other["tip"]) > 14
    for edge in edges:
        near = {
            other["id"]: min(find_distance(point, edge["label"]) for point in other["line"])
            for other in edges
        }
        own = near.pop(edge["id"])
        assert own > 1.5, "the line leaves the text free"
        assert all(distance > own + 3 for distance in near.values()), "and no other is as near"


def test_straight_arrows_of_one_value_arrive_at_points_of_their_own(seen):
    root = many_squares()
    root.backward()
    edges = seen(draw(root, names={}, fold=False))
    pairs = [(edge, edges[id[:-1] + "1"]) for id, edge in edges.items() if id[:-1] + "1" in edges]
    apart = [math.dist(one["tip"], other["tip"]) for one, other in pairs if one is not other]
    assert len(apart) == 3
    assert min(apart) > 20


def test_of_a_network_a_wide_arrow_has_a_large_share_and_a_dotted_one_none(seen):
    model, loss = network(1)
    edges = seen(draw(loss, names=model, collapse="neuron"))
    shares = {}
    second = model.layers[1].neurons
    for i, unit in enumerate(second):
        for j, weight in enumerate(unit.w):
            upstream = unit.b.grad  # what flows into the sum
            shares[f"g{j}-g{8 + i}-0"] = abs(upstream * weight.data)
    for (id, share), (other, less) in combinations(shares.items(), 2):
        assert edges[id]["isDotted"] == (share == 0)
        if 0 < less < share * 0.8:
            assert edges[id]["width"] > edges[other]["width"]
    tips = [edges[f"g0-g{8 + i}-0"]["tip"] for i in range(8)]
    assert min(math.dist(*pair) for pair in combinations(tips, 2)) > 5
    width = re.search(r'<svg [^>]*width="([\d.]+)pt"', Path("graph.svg").read_text("utf-8"))
    assert float(width[1]) < 1800


@pytest.mark.parametrize("collapse", ["layer", "neuron"])
@pytest.mark.parametrize("rows", [1, 100])
def test_what_gets_a_share_has_its_arrow_turned(seen, rows, collapse):
    model, loss = network(rows)
    drawing = draw(loss, names=model, collapse=collapse)
    edges = seen(drawing)
    constants = {box.id for box in drawing.sketch.diagram.boxes if box.kind == "constant"}
    for id, edge in edges.items():
        is_grey = edge["color"] == "rgb(87, 96, 106)"
        assert is_grey == (id.split("-")[0] in constants), id
        end = edge["line"][0] if not is_grey else edge["line"][-1]
        assert math.dist(edge["tip"], end) < 12, "the head is at the input that a share goes to"


def test_paths_are_ink_and_what_lies_beside_them_is_faint(visit, folder):
    root = gate()
    root.backward()
    (w,) = [node for node in Graph(root).nodes if node.label == "w"]
    draw(root, paths_from=w, names={}).save("graph.svg")
    page = visit("graph.svg")
    seen = page.evaluate("""() => [...document.querySelectorAll(".edge")].map((edge) => [
        getComputedStyle(edge.querySelector("path")).stroke, getComputedStyle(edge).opacity,
        getComputedStyle(edge.querySelector("path")).strokeWidth,
    ])""")
    ink, gradient = "rgb(31, 35, 40)", "rgb(179, 71, 0)"
    assert sorted(seen) == [[gradient, "0.25", "1.5px"]] * 2 + [[ink, "1", "4px"]] * 5


# Colours, measured in the picture that is on the screen

FIND = """() => ({
    text: [...document.querySelectorAll("text")]
        .filter((text) => text.textContent.trim() && text.checkVisibility({ opacityProperty: true,
            visibilityProperty: true }))
        .filter((text) => !text.closest(".faint"))
        .map((text) => text.getBoundingClientRect()),
    line: [
        ...document.querySelectorAll(":is(.node, .edge, .cluster):not(.faint) path"),
    ].map((path) => {
        const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.4)
            .matrixTransform(path.getScreenCTM());
        return { x: x - 4, y: y - 4, width: 8, height: 8 };
    }),
})"""
MEASURE = """async ([picture, boxes, scale]) => {
    const image = new Image();
    image.src = picture;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.width, height: image.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const linear = (c) => (c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return boxes.map(({ x, y, width, height }) => {
        const { data } = context.getImageData(...[x, y, width, height].map((n) => n * scale));
        const counts = new Map();
        for (let i = 0; i < data.length; i += 4) {
            const [red, green, blue] = [0, 1, 2].map((j) => linear(data[i + j]));
            const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            counts.set(light, (counts.get(light) ?? 0) + 1);
        }
        const [behind] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
        const ends = [Math.min(...counts.keys()), Math.max(...counts.keys())];
        return Math.max((behind + 0.05) / (ends[0] + 0.05), (ends[1] + 0.05) / (behind + 0.05));
    });
}"""
ENOUGH = {"text": 4.5, "line": 3.0}  # of contrast, by WCAG


def draw_kinds():
    """Return drawings that between them have all colours."""
    x, w = Value(1.2, "x"), Value(0.7, "w")
    root = w * x * 3 + x.tanh()
    root.backward()
    model, loss = network(100)
    return {
        "plain": draw(root), "shaded": draw(root, color_by_gradient=True),
        "paths": draw(root, paths_from=x), "folded": draw(loss, names=model),
        "change": draw_change(w * x, Value(0.8, "w") * x),
    }  # fmt: skip


def measure_contrasts(visit, path, scheme, as_image):
    """Return the contrasts of an SVG's texts and lines, opened by itself or in a page."""
    options = {"color_scheme": scheme, "device_scale_factor": 2}
    options["viewport"] = {"width": 3000, "height": 900}
    page = visit(path, **options)
    found = page.evaluate(FIND)
    source = base64.b64encode(Path(path).read_bytes()).decode()
    colour = {"light": "#ffffff", "dark": "#0d1117"}[scheme]
    style = f"margin: 0; background: {colour}; color-scheme: {scheme}"
    image = f'<img style="display: block" src="data:image/svg+xml;base64,{source}">'
    Path("host.html").write_text(f'<body style="{style}">{image}', encoding="utf-8")
    host = visit("host.html", **options)
    shot = base64.b64encode((host if as_image else page).screenshot()).decode()
    picture = f"data:image/png;base64,{shot}"
    return {kind: host.evaluate(MEASURE, [picture, found[kind], 2]) for kind in found}


@pytest.mark.parametrize("as_image", [False, True], ids=["alone", "img"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["plain", "shaded", "paths", "folded", "change"])
def test_texts_and_lines_stand_out_from_what_is_behind_them(visit, folder, kind, scheme, as_image):
    draw_kinds()[kind].save("graph.svg")
    for what, contrasts in measure_contrasts(visit, "graph.svg", scheme, as_image).items():
        assert contrasts
        assert min(contrasts) >= ENOUGH[what], what
