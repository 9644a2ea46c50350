"""Which nodes belong to which neuron and layer, and what the collapsed boxes tell."""

import random
import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest
from golden import assert_stands
from labels import shown
from places import GOLDEN

from micrograd_nn import Value, nodes
from micrograd_nn import sum as total
from micrograd_nn.draw import draw
from micrograd_nn.draw.dot import GRADIENT_INK, VALUE_INK
from micrograd_nn.graph import Graph
from micrograd_nn.graph.folding import format_range
from micrograd_nn.nn import MLP, Neuron


def network(*sizes, rows=1, **options):
    model = MLP(2, sizes, rng=random.Random(1), **options)
    errors = [(model([0.5, -row - 0.1]) - 1) ** 2 for row in range(rows)]
    loss = total(errors) if rows > 1 else errors[0]
    loss.label = "loss"
    loss.backward()
    return model, loss


def boxes(drawing):
    found = re.findall(r'^\t+([a-z]\d+) \[label=(.*?) class="?(\w+)', drawing.source, re.M)
    return [(id, shown(label) or [label], kind) for id, label, kind in found]


def test_a_network_of_some_size_is_drawn_by_layers_and_says_so():
    model, loss = network(16, 16, 1)
    drawing = draw(loss, names=model)
    assert [kind for _, _, kind in boxes(drawing)].count("group") == 3
    first = next(texts for _, texts, kind in boxes(drawing) if kind == "group")
    assert first[0] == "layer 1"
    assert first[-3:] == ["2 → 16 neurons", "w·x+b, relu", "48 parameters"]
    assert r"collapse=\"neuron\" draws neurons, None all 408" in drawing.source
    assert_stands(drawing.source, GOLDEN / "draw_layers.dot")


def test_a_network_of_few_neurons_is_drawn_by_neurons():
    model, loss = network(8, 8, 1)
    groups = [box for box in boxes(draw(loss, names=model)) if box[2] == "group"]
    assert len(groups) == 17
    assert groups[0][1][0] == "h1.1"
    assert groups[0][1][3:] == ["w·x+b, relu", "3 parameters"]


def test_an_edge_between_neurons_shows_the_weight_and_what_flowed():
    model, loss = network(2, 1)
    source = draw(loss, names=model, collapse="neuron").source
    weight = model.layers[1].neurons[0].w[0].data
    assert f"× {weight:.4g}".replace("-", "−") in source
    assert_stands(source, GOLDEN / "draw_neurons.dot")


@pytest.mark.parametrize("sizes", [(16, 16, 1), (10, 4, 1), (12, 1), (3, 3, 1)], ids=str)
def test_the_neurons_of_a_layer_stand_in_the_order_of_their_numbers(sizes):
    model, loss = network(*sizes)
    svg = ET.fromstring(draw(loss, names=model, collapse="neuron").render())
    heights = {}  # of each neuron, by the path that its tooltip has
    for link in svg.iter("{http://www.w3.org/2000/svg}a"):
        path = link.get("{http://www.w3.org/1999/xlink}title")
        if path.startswith("layers."):
            heights[path] = float(link.find("{http://www.w3.org/2000/svg}text").get("y"))
    assert len(heights) == sum(sizes)
    for i, size in enumerate(sizes):
        layer = [heights[f"layers.{i}.neurons.{j}"] for j in range(size)]
        assert layer == sorted(layer)


def test_what_stands_in_tooltips_is_told_only_where_there_are_tooltips():
    model, loss = network(16, 16, 1)
    drawing = draw(loss, names=model, collapse="neuron")
    assert "Point at an edge" in drawing.source
    assert "Point at an edge" not in drawing.paper
    assert "One box a neuron" in drawing.paper
    assert "On an edge" in draw(loss, names=model).paper


def test_a_large_graph_without_a_model_says_how_to_collapse_it():
    model, loss = network(16, 16, 1)
    told = "408 nodes, none collapsed: names=model"
    assert told in draw(loss, names={}, fold=False).source
    assert told in draw(loss, names={"loss": loss}, fold=False).source
    assert "One box a layer" in draw(loss).source, "the model is among this test's variables"
    assert told not in draw(loss, names=model).source
    assert told not in draw(loss, collapse=None).source
    assert "none collapsed" not in draw(network(2, 1)[1]).source
    for options in ({"names": model, "collapse": None}, {"names": {}, "fold": False}):
        whole = draw(loss, limit=500, **options)
        assert len(boxes(whole)) == len(nodes(loss))


def test_a_small_network_is_drawn_whole_with_clusters():
    model, loss = network(2, 1)
    source = draw(loss, names=model).source
    assert source.count("subgraph cluster_") == 5
    assert {"layer 1", "h2", "w2"} <= {
        *shown(source),
        *re.findall(r'label="?([^"<]*?)"? lab', source),
    }
    assert len(boxes(draw(loss, names=model))) == len(nodes(loss))


def test_many_inputs_are_one_box():
    model = MLP(20, [3, 1], rng=random.Random(1))
    out = model([float(i) for i in range(20)])
    assert "20 inputs" in draw(out, names=model, collapse="layer").source


class PlainNeuron:
    """A neuron without a base class, as one writes it."""

    def __init__(self, rng, count):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(count)]
        self.b = Value(rng.uniform(-1, 1))

    def __call__(self, inputs):
        return sum((w * x for w, x in zip(self.w, inputs, strict=True)), self.b).tanh()


class PlainLayer:
    def __init__(self, rng, count, size):
        self.neurons = [PlainNeuron(rng, count) for _ in range(size)]

    def __call__(self, *inputs):
        each = [neuron(inputs) for neuron in self.neurons]
        return each if len(each) > 1 else each[0]


class Plain:
    """A network of 3-4-1."""

    def __init__(self):
        rng = random.Random(1)
        self.layers = [PlainLayer(rng, 3, 4), PlainLayer(rng, 4, 1)]

    def __call__(self, *inputs):
        return self.layers[1](*self.layers[0](*inputs))


@pytest.mark.parametrize("collapse", ["layer", "neuron"])
def test_bare_numbers_that_all_neurons_take_are_one_input_each(collapse):
    net = Plain()
    out = net(2.0, 3.0, 2.0)
    rows = [(2.0, 3.0, -1.0), (3.0, 0.5, -1.0), (0.5, 1.0, 1.0), (1.0, 1.0, -1.0)]
    loss = sum((net(*row) - 1.0) ** 2 for row in rows)
    for root in (out, loss):
        source = draw(root, names={"net": net}, collapse=collapse).source
        assert 'label="3 inputs"' in source
        assert "3 values" in source
        assert "12 " not in source.partition('label="3 inputs"')[2]
    hidden = [neuron([i, 2.0, 3.0]) for i, neuron in enumerate(net.layers[0].neurons)]
    apart = net.layers[1](*hidden)  # whose neurons have an input of their own each
    assert "12 inputs" in draw(apart, names={"net": net}, collapse=collapse).source


def test_a_bare_number_stands_in_the_frame_of_the_neuron_that_takes_it():
    net, shared = Plain(), Value(2.0).detach()
    loss = (net(shared, 3.0, 5.0) - 7.0) ** 2
    source = draw(loss, names={"net": net}, collapse=None, fold=False).source
    found = re.findall(r'^(\t+)n\d+ \[label="?(\d)"? class=constant', source, re.M)
    depths = {number: [len(tabs) for tabs, its in found if its == number] for _, number in found}
    assert depths == {"2": [1, 1], "3": [3] * 4, "5": [3] * 4, "7": [1]}  # 2: and the exponent


@pytest.mark.parametrize("collapse", ["layer", "neuron"])
def test_a_box_whose_weights_were_edited_since_says_so(collapse):
    model, loss = network(8, 8, 1, rows=3)

    def tell(**options):
        groups = boxes(draw(loss, names=model, collapse=collapse, **options))
        return [texts[0] for _, texts, _ in groups if "edited" in texts]

    assert tell() == []
    model.layers[1].neurons[2].w[0].data += 0.1
    assert tell() == [{"layer": "layer 2", "neuron": "h2.3"}[collapse]]
    assert tell(show="grad") == []


def test_many_arrows_have_tooltips_instead_of_texts():
    model, loss = network(16, 16, 1)
    source = draw(loss, names=model, collapse="neuron").source
    assert source.count("edgetooltip") == 16 * 16 + 16 + 2  # all but the 34 of constants
    assert not re.search(r'-> \w+ \[label="?[^"\s]', source)
    assert "Point at an edge: × the local derivative" in source
    assert "splines=line" in source
    draw(loss, names=model, collapse="neuron").render()


@pytest.mark.parametrize("width", [8, 16])
def test_neurons_of_a_wide_network_stand_close_together(width):
    model, loss = network(width, width, 1)
    svg = draw(loss, names=model, collapse="neuron").render().decode()
    height = float(re.search(r'height="([\d.]+)pt"', svg)[1])
    assert height < width * 145  # points a neuron


def test_a_caption_is_not_cut_off_where_the_graph_is_narrow():
    model, loss = network(2, 1)
    svg = draw(loss, "TB", names=model, collapse="layer").render().decode()
    wide = float(re.search(r'width="([\d.]+)pt"', svg)[1])
    (line,) = re.findall(r">([^<]*One box[^<]*)<", svg)
    assert wide > len(unescape(line).strip()) * 0.46 * 12


def test_a_collapsed_box_shows_what_is_wanted():
    model, loss = network(16, 16, 1)
    sources = [draw(loss, names=model, show=show).source for show in ("data", "grad", "both")]
    assert [f'"{VALUE_INK}"' in source for source in sources] == [True, False, True]
    assert [f'"{GRADIENT_INK}"' in source for source in sources] == [False, True, True]


def test_a_hostile_name_arrives_as_text_on_its_cluster():
    label = '"]; evil <b> \\N'
    neuron = Neuron(1, bias=False)
    svg = draw(neuron([Value(3.0)]), names={label: neuron}).render().decode()
    texts = [text.text for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert label in texts


def test_a_highlight_marks_the_box_that_holds_it():
    model, loss = network(16, 16, 1)
    source = draw(loss, names=model, highlight=model.layers[1].neurons[3].b).source
    assert 'class="group marked"' in source


def test_dictionaries_and_lists_are_no_neurons_nor_is_a_label_with_a_dot():
    assert "subgraph" not in draw(Value(3.0, "0.5 of x.1") * 2).source
    weights = [{"w": Value(0.5), "b": Value(1.0)} for _ in range(40)]
    loss = total([w["w"] * 2.0 + w["b"] for w in weights])
    for names in ({"weights": weights}, {"first": weights[0], "rest": {"all": weights[1:]}}):
        drawing = draw(loss, names=names, fold=False)
        assert "subgraph" not in drawing.source
        assert len(boxes(drawing)) == len(nodes(loss)) > 60
        assert "No neurons to collapse" in draw(loss, names=names, collapse="neuron").source


def test_models_in_lists_and_locals_are_neurons_and_what_stands_beside_them_is_not():
    model, scale = MLP(2, [2, 1], rng=random.Random(1)), {"by": Value(2.0)}
    first = model.layers[0].neurons[0].w[0]  # a name of its own takes it out of no neuron
    loss = model([0.5, -0.1]) * scale["by"]
    for names, begins in ((locals(), "model."), ({"models": [model], "scale": scale}, "models.0.")):
        drawing = draw(loss, names=names, collapse="neuron")
        groups = [box for box in boxes(drawing) if box[2] == "group"]
        assert [group[1][0] for group in groups] == ["h1", "h2", "out"]
        assert re.findall(r' tooltip="([^"]*)"', drawing.source) == [
            f"{begins}layers.0.neurons.0",
            f"{begins}layers.0.neurons.1",
            f"{begins}layers.1.neurons.0",
        ]
    assert first in Graph(loss, locals()).neurons


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], "–"), ([float("nan"), 1.0], "nan"), ([float("inf"), 1.0], "1 … inf"), ([0.0], "0")],
)
def test_a_range_is_its_ends(numbers, text):
    assert format_range(numbers, 4) == text
