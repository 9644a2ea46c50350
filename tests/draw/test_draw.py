"""Pictures of graphs: what the DOT text says, and that a label arrives as text in the SVG."""

import math
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from added import draw_change
from golden import assert_stands
from hypothesis import given
from hypothesis import strategies as st
from labels import shown
from places import GOLDEN
from strategies import graphs, searching
from test_layout import HOSTILE

from micrograd_nn import Value, nodes, steps
from micrograd_nn._ground.text import InputError
from micrograd_nn.draw import draw
from micrograd_nn.draw.dot import QUIET, SHADES
from micrograd_nn.draw.layout import LayoutError, find_dot, layout
from micrograd_nn.engine import table as op
from micrograd_nn.explain.tree import tree

SVG = "{http://www.w3.org/2000/svg}"


def drawn_nodes(root, **options):
    """Return the attributes of each node in the DOT text, by its id."""
    found = re.findall(r"^\t(n\d+) \[(.*)\]$", draw(root, **options).source, re.MULTILINE)
    return dict(found)


def shown_nodes(root, **options):
    """Return what each box says, by its id."""
    return {id: shown(label) for id, label in drawn_nodes(root, **options).items()}


def drawn_edges(root, **options):
    """Return (from, to, texts) of each edge in the DOT text."""
    line = re.compile(r"^\t(n\d+) -> (n\d+) \[label=(.*) id=", re.MULTILINE)
    found = line.findall(draw(root, **options).source)
    return [(tail, head, shown(label)) for tail, head, label in found]


def groups(root, kind):
    """Return the texts in each node or edge of the SVG, by its id."""
    svg = ET.fromstring(draw(root).render())
    return {
        group.get("id"): [text.text for text in group.iter(f"{SVG}text")]
        for group in svg.iter(f"{SVG}g")
        if kind in group.get("class", "").split()
    }


def classes(root):
    svg = ET.fromstring(draw(root).render())
    return {group.get("id"): group.get("class") for group in svg.iter(f"{SVG}g")}


# The DOT text


def test_before_backward_there_is_no_gradient_and_an_edge_shows_the_local_derivative_alone():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    root = x * y
    found = shown_nodes(root)
    assert found["n0"] == ["x", "3"]
    assert found["n2"] == ["root", "×", "12"]
    assert drawn_edges(root) == [("n0", "n2", ["× 4"]), ("n1", "n2", ["× 3"])]
    assert "the share back" not in draw(root).source


def test_after_backward_nodes_show_gradients_and_edges_what_flowed():
    x = Value(2.0, "x")
    y = x * x
    root = y * 10
    root.backward()
    found = shown_nodes(root)
    assert found["n0"] == ["x", "2", "40"]
    assert found["n1"] == ["v1", "×", "4", "10"]
    assert found["n3"] == ["root", "×", "40", "1"]
    assert drawn_edges(root) == [
        ("n0", "n1", ["× 2", "◂ 20"]),
        ("n0", "n1", ["× 2", "◂ 20"]),
        ("n1", "n3", ["× 10", "◂ 10"]),
        ("n2", "n3", []),
    ]
    assert "the share back" in draw(root).source
    assert groups(root, "edge") == {
        "n0-n1-0": ["× 2", "◂ 20"],
        "n0-n1-1": ["× 2", "◂ 20"],
        "n1-n3-0": ["× 10", "◂ 10"],
        "n2-n3-1": [],
    }


def test_a_picture_of_a_part_shows_what_flowed_through_it_from_the_whole():
    x = Value(2.0, "x")
    part = x * x
    (part * 3).backward()
    assert shown_nodes(part)["n1"] == ["root", "×", "4", "3"]
    assert drawn_edges(part) == [("n0", "n1", ["× 2", "◂ 6"]), ("n0", "n1", ["× 2", "◂ 6"])]


def test_a_zero_is_shown_and_has_no_sign():
    x = Value(-2.0, "x")
    root = -1.0 * op.relu(x)
    root.backward()
    assert shown_nodes(root)["n0"] == ["x", "−2", "0"]
    assert drawn_edges(root)[0] == ("n0", "n1", ["× 0", "◂ 0"])


def test_root_leaf_inner_node_and_constant_have_looks_of_their_own():
    x = Value(3.0, "x")
    root = (x * 2).exp()
    kinds = [re.search(r"class=(\w+)", text)[1] for text in drawn_nodes(root).values()]
    assert kinds == ["leaf", "constant", "inner", "root"]
    assert [classes(root)[f"n{i}"] for i in range(4)] == [f"node {kind}" for kind in kinds]
    looks = [
        re.findall(r'fillcolor="(\S+)"|(peripheries=2)|(plaintext)', text)
        for text in drawn_nodes(root).values()
    ]
    assert len(set(map(str, looks))) == 4


@searching
@given(graph=graphs(max_size=40), passed=st.booleans())
def test_every_node_and_every_edge_is_drawn_once(graph, passed):
    root = graph([Value(x) for x in graph.leaves])
    if passed:
        root.backward()
    graph_nodes = nodes(root)
    assert list(drawn_nodes(root)) == [f"n{i}" for i in range(len(graph_nodes))]
    place = {node: f"n{i}" for i, node in enumerate(graph_nodes)}
    expected = [(place[i], place[node]) for node in graph_nodes for i in node.inputs]
    assert [edge[:2] for edge in drawn_edges(root)] == expected
    assert "shares:" not in draw(root).source


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_the_direction_is_graphviz_rankdir(direction):
    assert f"rankdir={direction}" in draw(Value(1.0), direction).source
    assert "rankdir=LR" in draw(Value(1.0)).source


@pytest.mark.parametrize(
    ("option", "given", "told"),
    [
        *[("direction", x, f"one of LR, TB, RL, BT, not {x!r}") for x in ("lr", "", "XX", None)],
        ("direction", {"x": 1.0}, r"not this dict: give names as names=$"),
        ("show", "all", "show is one of .*, not 'all'"),
        ("collapse", "all", "collapse is one of .*, not 'all'"),
        ("fold", "all", "fold is one of 'auto', True, False, not 'all'"),
        ("radius", -1, "radius is a number of edges from 0 on, not -1"),
        *[("limit", x, "limit is at least 1 box") for x in (0, -1, None)],
        *[("precision", x, f"a number of digits, such as 4, not {x!r}$") for x in (0, -1, True)],
    ],
)
def test_an_option_that_cannot_be_is_refused(option, given, told):
    with pytest.raises(ValueError, match=told):
        draw(Value(1.0), **{option: given})


# The picture


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_label_arrives_as_text(label):
    x = Value(3.0, label)
    root = x * x
    root.label = label + label
    root.backward()
    found = groups(root, "node")
    assert found["n0"] == [label, "3", "6"]
    assert found["n1"] == [f"{label}{label}", "×", "9", "1"]


def test_graphviz_knows_how_wide_the_letters_are():
    done = subprocess.run([find_dot(), "-Tsvg"], input=draw(Value(1.0, "x") * 2).source.encode(),
                          capture_output=True, check=True)  # fmt: skip
    assert b"metrics" not in done.stderr


# Widths in DejaVu, which stands for Helvetica where there is no such font, in points.


@pytest.mark.parametrize(
    ("title", "precision", "width"),
    [("output = tanh", 4, 110.5), ("w1*x1 = tanh", 4, 110.6), ("y = tanh", 8, 122)],
)
def test_a_text_is_within_its_box_in_a_wider_font(title, precision, width):
    x = Value(math.atanh(4.3485417e-06) if precision == 8 else 1.0)
    y = x.tanh()
    y.label = title.removesuffix(" = tanh")
    svg = draw(y, precision=precision).render().decode("utf-8")
    outline = re.search(r'class="node root">.*?<path [^>]* d="([^"]*)"', svg, re.DOTALL)[1]
    across = [float(x) for x in re.findall(r"(-?[\d.]+),", outline)]
    assert max(across) - min(across) > width + 6


def test_a_caption_is_within_its_picture_in_a_wider_font():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    svg = draw(y).render().decode("utf-8")
    assert "On an edge: × the local derivative, ◂ the share back" in svg
    assert float(re.search(r'viewBox="\S+ \S+ (\S+)', svg)[1]) > 320


@pytest.mark.parametrize("name", ["graph.bmp", "graph", "graph.", "svg", ".svg", "graph.svg.txt"])
def test_another_ending_is_a_value_error_that_lists_them_and_no_file_is_written(tmp_path, name):
    with pytest.raises(InputError, match=r"the ending says the format, one of \.svg, \.png, \.dot"):
        draw(Value(1.0)).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_takes_too_long_is_an_error_and_no_file_is_written(tmp_path):
    drawing = draw(Value(1.0), timeout=0.0)
    with pytest.raises(LayoutError, match="stopped after 0 seconds"):
        drawing.render("svg")
    with pytest.raises(LayoutError, match="stopped after 0 seconds"):
        drawing.save(tmp_path / "graph.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: draw(Value(1.0, "x") * 2),
        lambda: draw_change(Value(1.0, "x"), Value(2.0, "x")),
    ],
    ids=["draw", "draw_change"],
)
def test_a_png_is_the_picture_on_white_with_a_sign_that_fonts_have(make):
    drawing = make()
    assert 'bgcolor="#ffffff"' in drawing.source
    assert drawing.paper == drawing.source.replace("◂", "◄")
    assert drawing.render("png") == layout(drawing.paper, "png")


PAPERS = {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}


@pytest.mark.parametrize("scheme", PAPERS)
@pytest.mark.parametrize("animate", [False, True], ids=["still", "animated"])
def test_a_picture_has_its_own_paper_on_a_page_of_any_colour(visit, folder, animate, scheme):
    draw(Value(1.0, "x") * 2).save("graph.svg", animate=animate)
    svg = Path("graph.svg").read_text(encoding="utf-8")
    other = '<svg id="other"><rect fill="#ffffff"/></svg>'
    page = f'<body style="background: #777">{svg[svg.index("<svg") :]}{other}'
    Path("page.html").write_text(page, encoding="utf-8")
    read = """() => {
        const paper = document.querySelector(".graph > polygon"), picture = paper.ownerSVGElement;
        const [a, b] = [paper, picture].map((element) => element.getBoundingClientRect());
        const sides = ["left", "top", "right", "bottom"];
        const covers = sides.every((side) => Math.abs(a[side] - b[side]) < 1);
        const schemes = getComputedStyle(document.documentElement).colorScheme;
        return [getComputedStyle(paper).fill, covers, schemes];
    }"""
    for path, schemes in (("graph.svg", "light dark"), ("page.html", "normal")):
        shown = visit(path, color_scheme=scheme)
        assert shown.evaluate(read) == [PAPERS[scheme], True, schemes]
    assert shown.evaluate("getComputedStyle(other.firstChild).fill") == PAPERS["light"]


def test_a_number_that_was_edited_since_is_marked():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    root = x * y
    x.data = 4.0
    source = draw(root).source
    assert shown_nodes(root)["n0"] == ["x", "4", "edited"]
    assert source.count("edited") == 1


# What is chosen to be shown


def test_names_and_precision_are_the_readers_own():
    x, y = Value(1 / 3), Value(2.0)
    found = shown_nodes(x * y, names={"x": x, "rows": [y]}, precision=2)
    assert (found["n0"], found["n1"]) == (["x", "0.33"], ["rows.0", "2"])


def test_data_alone_has_no_gradients_and_gradients_alone_no_data():
    x = Value(3.0, "x")
    root = x * x
    root.backward()
    forward, gradients = [shown_nodes(root, show=show) for show in ("data", "grad")]
    assert forward == {"n0": ["x", "3"], "n1": ["root", "×", "9"]}
    assert gradients == {"n0": ["x", "6"], "n1": ["root", "×", "1"]}
    assert drawn_edges(root, show="data")[0] == ("n0", "n1", [])
    assert drawn_edges(root, show="grad")[0] == ("n0", "n1", ["× 3", "◂ 3"])
    assert "orange" not in draw(root, show="data").source


@pytest.mark.parametrize("precision", ["a", 4.0, None])
def test_a_precision_that_is_no_number_is_refused(precision):
    with pytest.raises(TypeError, match=f"a number of digits, such as 4, not {precision!r}$"):
        draw(Value(1.0), precision=precision)


def test_gradients_of_several_passes_are_said():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    root = x * y
    root.backward()
    assert "passes" not in draw(root).source
    root.backward()
    assert "grad of x, y add up 2 passes" in draw(root).source
    assert "passes" not in draw(root, show="data").source
    (x * 2).backward()
    assert "grad of x, y add up at most 3 passes" in draw(root).source
    y.grad = None
    assert "grad of x adds up 3 passes" in draw(root).source
    many = op.sum([Value(1.0, f"x{i}") for i in range(5)])
    many.backward()
    many.backward()
    assert "grad of x0, x1, x2 and 2 more add up 2 passes" in draw(many).source


def test_gradients_that_are_not_the_sum_of_their_shares_are_said():
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    d = a * b
    e = d + c
    root = e * f
    for node, label in ((d, "d"), (e, "e"), (root, "root")):
        node.label = label
    root.grad, e.grad, d.grad = 1.0, -2.0, 3.0  # by hand, the last one wrong
    said = "grad of d isn't the sum of its shares: set by hand, or of more passes"
    assert said in draw(root).source
    assert "shares:" not in draw(root, show="data").source
    d.grad, a.grad = -2.0, 5.999  # rounded
    assert "shares:" not in draw(root).source
    root.backward()  # which adds its own
    assert "grad of a isn't the sum" in draw(root).source
    b.grad = 1.0
    assert "grad of a, b aren't the sums of their shares" in draw(root).source
    a.grad, b.grad = None, 0.0  # to start over
    assert "shares:" not in draw(root).source
    b.backward()
    assert "shares:" not in draw(d * 2).source  # of which no pass began


def test_a_step_is_highlighted_with_its_one_edge_and_told():
    x = Value(3.0, "x")
    second = list(steps(x * x))[1]
    source = draw(second.node, highlight=second).source
    assert re.findall(r'class=marked .* id="(\S+)"', source) == ["n0-n1-1"]
    assert len(re.findall(r'class="\w+ marked"', source)) == 2
    assert "Marked: v1 passes 1 × 3 = 3 to x" in source


def test_captions_and_constants_have_the_readers_precision():
    x = Value(2 / 3, "x")
    root = x * (1 / 3)
    root.backward()
    for digits, third in ((2, "0.33"), (7, "0.3333333")):
        options = {"precision": digits, "highlight": next(steps(root)), "color_by_gradient": True}
        source = draw(root, **options).source
        assert f"Marked: root passes 1 × {third} = {third} to x" in source
        assert "faint (0) to orange (1)" in source
        assert f"label={third} class=constant" in source
        assert f"label={third} class=constant" in draw_change(root, root, precision=digits).source
    part = draw(x, precision=7, color_by_gradient=True).source
    assert "orange (0.3333333)" in part


def test_the_paths_of_a_leaf_are_marked_and_counted():
    x, w = Value(0.5, "x"), Value(2.0, "w")
    root = x * w * x.tanh() + x
    source = draw(root, paths_from=x).source
    assert "Marked: 3 paths from x to root" in source
    assert source.count("class=marked") == 6
    assert 'class="leaf marked"' in source
    assert source.count('class="leaf faint"') == 1


def test_paths_beyond_count_are_not_spelled_out():
    x = root = Value(1.0, "x")
    for _ in range(100):
        root = root + root
    assert "Marked: over 1e9 paths" in draw(root, paths_from=x).source


@pytest.mark.parametrize("what", ["highlight", "paths_from", "around"])
def test_a_mark_that_cannot_be_is_refused(what):
    with pytest.raises(ValueError, match=f"{what} is Value.* isn't in this graph"):
        draw(Value(1.0), **{what: Value(2.0, "far")})
    with pytest.raises(TypeError, match=f"{what} is a Value.*, not an int"):
        draw(Value(1.0), **{what: 3})
    y = Value(3.0) * 2
    with pytest.raises(TypeError, match="paths_from is a Value, not a Step"):
        draw(y, paths_from=next(steps(y)))
    with pytest.raises(ValueError, match=r"paths_from is Constant\(2.0\), which no gradient flow"):
        draw(y, paths_from=y.inputs[1])


def test_nodes_are_filled_by_the_size_of_their_gradient():
    x, y = Value(3.0, "x"), Value(0.0, "y")
    root = x * y
    root.backward()
    source = draw(root, color_by_gradient=True).source
    assert re.findall(r"shade(\d)", source) == ["0", "4", "1"]
    assert "Fill: the size of the gradient, from faint (0) to orange (3)" in source


@pytest.mark.parametrize("grad", [None, 0.0, float("inf"), float("nan"), -5e-324, 1e308])
def test_any_gradient_has_a_fill(grad):
    x = Value(3.0, "x")
    x.grad = grad
    assert "Fill: " in draw(x, color_by_gradient=True).source


def test_a_mark_a_cluster_and_a_fill_have_both_themes():
    style = ET.fromstring(draw(Value(1.0)).render()).find(f"{SVG}style").text
    for colour in [QUIET, *SHADES]:
        assert f'[fill="{colour}"]' in style.partition("dark")[2]


# Two states


def step_of(w, b):
    return w * 2 + b


def test_a_change_shows_old_and_new_numbers_and_marks_the_leaves():
    w, b = Value(3.0, "w"), Value(1.0, "b")
    before = step_of(w, b)
    w.data = 2.5
    source = draw_change(before, step_of(w, b)).source
    text = " ".join(shown(source))
    for box in ("w 3 → 2.5 2", "before + 7 → 6 1", "b 1 1"):
        assert box in text
    assert source.count('class="leaf marked"') == 1
    assert "Marked: the 1 input that changed" in source
    assert w.grad is None
    assert "Nothing changed" in draw_change(w * w, w * w).source
    assert_stands(source, GOLDEN / "draw_change.dot")


def test_a_constant_that_stays_is_called_as_in_one_graph():
    def root(x):
        return Value(x, "x") + -0.0

    for source in (draw(root(1.0)).source, draw_change(root(1.0), root(2.0)).source):
        assert 'label="−0" class=constant' in source or "label=−0 class=constant" in source


def test_leaves_may_be_made_anew_and_not_a_number_is_itself():
    def root(x):
        return Value(x, "x") * Value(float("nan"), "y") + x

    source = draw_change(root(1.0), root(2.0)).source
    assert "x 1 → 2" in " ".join(shown(source))
    assert "◂" not in source
    assert "Marked: the 2 inputs" in source


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (lambda w, b: w + b, "v1 is made by mul before, by add after"),
        (lambda w, b: w, "v1 is made by mul before, not computed after"),
        (lambda w, b: w * w, "v1 has other inputs"),
        (lambda w, b: w * 2, "v1 has other inputs"),
    ],
)
def test_graphs_of_another_form_are_refused(after, told):
    w, b = Value(3.0, "w"), Value(1.0, "b")
    with pytest.raises(ValueError, match=f"needs two graphs of one form: {told}"):
        draw_change(w * b, after(w, b))
    with pytest.raises(ValueError, match="v1 has 1 inputs before, 2 after"):
        draw_change(op.sum([w]), op.sum([w, w]), names={"w": w})


def test_a_change_takes_values_and_a_direction():
    with pytest.raises(TypeError, match="draw_change takes one Value"):
        draw_change(Value(1.0), 2.0)
    with pytest.raises(ValueError, match="direction is one of"):
        draw_change(Value(1.0), Value(2.0), "up")


# Large graphs


def chain(length):
    x = Value(0.0)
    for _ in range(length):
        x = -x
    return x


def test_of_a_large_graph_the_part_nearest_the_root_is_drawn_and_the_rest_counted():
    drawing = draw(chain(20_000), fold=False)
    assert drawing.source.count("->") == 399
    assert "The 400 boxes nearest to the root; 19,601 more are left out (limit=400)" in (
        drawing.source
    )
    assert b"19,601 more are left out" in drawing.render()
    assert drawing.source.count("+ 1 input<") == 1
    assert "nslimit=2" in drawing.source, "a rough layout, which takes its time"


@pytest.mark.slow
def test_the_limit_is_the_readers():
    assert draw(chain(3_000), limit=10_000, fold=False).source.count("->") == 3_000
    assert "1 more is left out (limit=1)" in draw(chain(1), limit=1).source


# Notebooks


def test_a_notebook_gets_the_picture_and_the_text():
    root = Value(3.0, "x") * 2
    shown = draw(root)._repr_mimebundle_()
    assert shown["image/svg+xml"].encode() == draw(root).render()
    assert shown["text/plain"] == str(tree(root))


def test_a_high_picture_scrolls_in_a_frame_of_a_notebook(visit, folder):
    drawing = draw(sum([Value(1.0, f"x{i}") for i in range(40)]), fold=False)
    shown = drawing._repr_mimebundle_()
    assert list(shown) == ["text/html", "text/plain"]
    assert shown["text/html"].endswith(">The graph of v39: 79 nodes, from x0, x1, x2, x3, x4, x5, "
                                       "x6, x7, x8, x9, x10, x11 and 28 more: trust this notebook "
                                       "to see it</iframe>")  # fmt: skip
    Path("page.html").write_text(shown["text/html"], encoding="utf-8")
    page = visit("page.html", viewport={"width": 800, "height": 500})
    assert page.evaluate("document.documentElement.scrollHeight") <= 500
    root = page.frame_locator("iframe").locator("g.root")
    root.scroll_into_view_if_needed()
    assert 0 < root.bounding_box()["y"] < 400


def test_a_notebook_without_a_layout_gets_the_text_and_why():
    shown = draw(Value(3.0, "x"), timeout=0.0)._repr_mimebundle_(include=None, exclude=None)
    assert list(shown) == ["text/plain"]
    assert shown["text/plain"].startswith(
        "x  value 3  gradient –\n(no picture: the layout was stopped"
    )


def test_amounts_of_another_roots_pass_are_not_shown():
    x = Value(2.0, "x")
    h = x * x
    a, b = h * 2, h * 5
    b.backward()
    assert "◂" not in str(drawn_edges(a))


def test_an_svg_says_in_words_what_it_shows():
    svg = draw(Value(2.0, '<"x">') * Value(3.0, "y"), names={}).render()
    root = ET.fromstring(svg)
    assert root.get("aria-label") == 'The graph of v1: 3 nodes, from <"x">, y'
