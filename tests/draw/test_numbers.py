"""A picture's number is its node's number: in every format, however it is collapsed and folded.

Which node a name means is known here by labels and by what models gave out, not by a graph.
``EXAMPLES=2000 pytest tests/draw/test_numbers.py`` tries more.
"""

import os
import random
import re

import pytest
from pictured import Side, build_case, list_nodes
from readback import count_texts, read_dot, read_mermaid, read_svg, read_tikz
from sizes import choose_size

from micrograd_nn import Value, draw, tanh
from micrograd_nn import sum as total
from micrograd_nn._ground.text import format_number
from micrograd_nn.draw.layout import LayoutError
from micrograd_nn.explain.tree import tree
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP, Module
from micrograd_nn.page.views import describe_view

PART = 10  # models a test
COUNT = int(os.environ.get("EXAMPLES", choose_size(40, 80)))
LAID_OUT = 5  # every so many, since a layout takes its time
NUMBER = r"−?(?:inf|nan|[\d.,]+(?:e[+−]\d+)?)"


def write_range(numbers):
    """Return how a picture writes some numbers."""
    ends = [format_number(end) for end in (min(numbers), max(numbers))]
    return " … ".join(dict.fromkeys(ends))


def read_range(text):
    """Return the least and the greatest of the numbers in a text."""
    numbers = [float(part.replace("−", "-").replace(",", "")) for part in text.split(" … ")]
    return numbers[0], numbers[-1]


def find_values(box):
    """Return the texts of a box that may be a number or a range: all but its name."""
    return [text for text in box.texts[1:] if re.fullmatch(rf"{NUMBER}( … {NUMBER})?", text)]


def check_parts(case, boxes, depth):
    """Check that the box of each neuron, or layer, has the numbers that it gave out."""
    inside = list_nodes(case.root)
    groups = {box.texts[0]: box for box in boxes if box.kind == "group"}
    parts = case.parts[depth]
    for name, part in parts.items():
        outputs = part.list_outputs(inside)
        if not outputs:
            continue
        calls = [call for each in case.parts["layer"].values() for call in each.calls]
        own = [call for call in calls if part.calls[0][0] in call]  # of its layer, the first
        is_sure = any(sum(x in inside for x in call) > 1 for call in own)
        possible = [write_range(x) for x in part.list_possible(inside, is_sure) if x]
        box = groups.get(name) or groups.get(name.rstrip("1234"))  # the only one that is there
        if box is not None and find_values(box):
            assert find_values(box)[0] in possible, (case.told, depth, name, box)
        else:
            assert not part.is_told, (case.told, depth, name)
    return groups


def check_labelled(case, boxes, is_folded):
    """Check that what the loss made, and each input, has its number, and stands by itself."""
    named = {}
    for box in boxes:
        named.setdefault(box.texts[0], []).append(box)
    for node, label in (case.made | case.given).items():
        for box in named.get(label, ()):
            assert not any(name in box.frames for name in case.parts["layer"]), (case.told, box)
            value = find_values(box)[0]
            if is_folded and node is not case.root:
                low, high = read_range(value)
                margin = 1e-3 * max(1.0, abs(node.data))
                assert low - margin <= node.data <= high + margin, (case.told, box)
            else:
                assert value == format_number(node.data), (case.told, label, box)
        is_alone = not is_folded and not label.startswith("x")
        penalty = [x for x in node.inputs if x.operation is None and not x.is_constant]
        if is_alone and len(penalty) < len({*node.inputs}):
            assert len(named.get(label, ())) == 1, (case.told, "swallowed", label)
    assert len(named.get(case.root.label, ())) == 1, (case.told, "the root is swallowed")


def check_case(case, lays_out):
    """Check all pictures of a case; if asked for, one of them also in formats that are laid out."""
    inside = list_nodes(case.root)
    options = [(depth, fold) for depth in (None, "neuron", "layer") for fold in (False, True)]
    chosen = random.Random(case.told).choice(options)
    for depth, fold in options:
        drawing = draw(case.root, names=case.names, collapse=depth, fold=fold, limit=10_000)
        boxes = read_dot(drawing.source)
        check_labelled(case, boxes, fold)
        if depth:
            groups = check_parts(case, boxes, depth)
            if not fold:
                check_uses(case, groups, depth, inside)
        same = count_texts(boxes)
        assert count_texts(read_dot(drawing.paper)) == same, case.told
        assert count_texts(read_mermaid(drawing.render("mmd").decode())) == same, case.told
        if lays_out and (depth, fold) == chosen:
            try:
                svg = drawing.render()
            except LayoutError as error:  # a fault of Graphviz's own: one picture in some hundred
                if "init_rank" in str(error):
                    continue
                raise
            assert count_texts(read_svg(svg)) == same, case.told
            numbers = sorted(find_values(box) for box in boxes if box.kind != "constant")
            tikz = read_tikz(drawing.render("tex").decode())  # whose names are mathematics
            assert sorted(map(find_values, tikz)) == numbers, case.told
    check_tree(case)
    check_page(case, inside)


def check_uses(case, groups, depth, inside):
    """Check how often a part was used: as often as it was called, of what is in the graph."""
    for name, part in case.parts[depth].items():
        calls = sum(any(x in inside for x in call) for call in part.calls)
        if name in groups and find_values(groups[name]) and part.is_told:
            told = [text for text in groups[name].texts if text.startswith("used ")]
            assert told == [f"used {calls} times"] * (calls > 1), (case.told, name, groups[name])


def check_tree(case):
    """Check the numbers of a tree, by the labels at the beginning of its lines."""
    known = {label: node for node, label in (case.made | case.given).items()}
    for line in str(tree(case.root, case.names, lines=10_000, fold=False)).splitlines():
        found = re.match(r"[│├└─ ]*(\S+)(?: = .*)?  value (\S+)  gradient", line)
        if found and found[1] in known:
            assert found[2] == format_number(known[found[1]].data), (case.told, line)


def check_page(case, inside):
    """Check what a page takes for what comes out of a layer: its numbers that others use."""
    graph = Graph(case.root, case.names)
    labelled = {graph.places[x] for x in case.made if x in inside}
    waiting = [describe_view(graph)[0]["tree"]]
    while waiting:
        group = waiting.pop()
        waiting += group["groups"]
        if group["kind"] in ("layer", "neuron") and group["name"] != "from weights":
            assert labelled.isdisjoint(group["nodes"]), (case.told, group["name"])


@pytest.mark.random
@pytest.mark.parametrize("first", range(0, COUNT, PART))
def test_each_number_at_a_name_is_that_nodes(first):
    for seed in range(first, first + PART):
        check_case(build_case(seed), lays_out=seed % LAID_OUT == 0)


# The pictures that were wrong


def read_groups(root, **options):
    """Return the texts of the boxes that stand for several nodes, by their names."""
    boxes = read_dot(draw(root, **options).source)
    return {box.texts[0]: box.texts[1:] for box in boxes if box.kind == "group"}


def test_what_a_loss_does_with_all_outputs_is_no_activation():
    f = Side(random.Random(1), 2, 3, has_tanh=False)
    outputs = f([Value(1.0), Value(-2.0)])
    groups = read_groups(total([x.tanh() for x in outputs]), names={"f": f}, collapse="layer")
    assert [texts[0] for texts in groups.values()] == [write_range([x.data for x in outputs])]


class Told(Module):
    """A neuron with an activation as an attribute, which it uses or not."""

    def __init__(self):
        self.activation = tanh
        self.w, self.b = [Value(0.5), Value(0.7)], Value(0.1)

    def __call__(self, x, is_last=False):
        out = self.w[0] * x[0] + self.w[1] * x[1] + self.b
        return out if is_last else self.activation(out)


def test_an_attribute_of_ones_own_class_is_no_word_on_what_follows_its_sum():
    f = Told()
    raw = f([Value(0.3), Value(-0.8)], is_last=True)
    texts = read_groups((tanh(raw) - 1) ** 2, names={"f": f}, collapse="neuron")["f"]
    assert texts[0] == format_number(raw.data)


class Cell(Module):
    """A state that is made of the one before, again and again."""

    def __init__(self):
        self.w, self.u, self.b = Value(0.5), Value(-0.3), Value(0.1)

    def __call__(self, x, h):
        return (self.w * x + self.u * h + self.b).tanh()


@pytest.mark.parametrize("steps", [1, 2, 6])
def test_a_box_is_used_as_often_as_it_is_called(steps):
    cell, h = Cell(), Value(0.0, "h0")
    for i in range(steps):
        h = cell(Value(float(i)), h)
    texts = read_groups(h * 2, names={"cell": cell}, collapse="layer", fold=False)["cell"]
    assert [text for text in texts if "used" in text] == [f"used {steps} times"] * (steps > 1)


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("count", [1, 100])
def test_an_example_uses_a_layer_once(count, fold):
    model = MLP(2, [4, 1], "tanh", rng=random.Random(1))
    errors = [(model([i / 9, 1.0]) - 1.0) ** 2 for i in range(count)]
    groups = read_groups(sum(errors), names=model, collapse="layer", fold=fold)
    told = [f"used {count} times"] * (count > 1 and not fold)
    for texts in groups.values():
        assert [text for text in texts if "used" in text] == told


@pytest.mark.parametrize("make", [lambda p: p * p, abs, lambda p: p**2, lambda p: 0.5 * p * p])
def test_what_a_penalty_makes_of_weights_is_no_output_of_theirs(make):
    model = MLP(2, [3, 2], rng=random.Random(1))
    outputs = model([1.0, -2.0])
    penalties = [make(p) for p in model.parameters()]
    for add in (sum, total):
        added = add(penalties)
        loss = total(outputs) + 0.1 * added
        groups = read_groups(loss, names=model, collapse="layer")
        assert groups["layer 2"][0] == write_range([x.data for x in outputs])
        assert groups["from weights"][0] == format_number(added.data)
    added.label = "penalty"  # which then stands by itself
    groups = read_groups(loss, names=model, collapse="layer")
    assert groups["from weights"][0] == write_range([x.data for x in penalties])


@pytest.mark.parametrize("width", [2, 5])
def test_a_layer_says_how_many_inputs_it_has_however_it_adds_them(width):
    rng = random.Random(1)
    rows = [[Value(rng.uniform(-1, 1)) for _ in range(width)] for _ in range(3)]
    x = [Value(float(i)) for i in range(width)]
    parts = [sum(w * a for w, a in zip(row, x, strict=True)) for row in rows]
    names = {f"m.neurons.{i}": WithRow(row) for i, row in enumerate(rows)}
    texts = read_groups(total(parts), names=names, collapse="layer")["m"]
    assert f"{width} → 3 neurons" in texts


class WithRow(Module):
    """What has weights."""

    def __init__(self, row):
        self.w = row


class Scaled(Module):
    """A line with a parameter that its loss uses, too."""

    def __init__(self):
        self.w, self.b, self.log_s = Value(0.5), Value(0.1), Value(-0.7)

    def __call__(self, x):
        return self.w * x + self.b


def test_a_loss_that_uses_a_models_parameter_is_not_its_model():
    f, outputs, losses = Scaled(), [], []
    for i in range(3):
        outputs.append(f(Value(float(i))))
        losses.append((outputs[-1] - 1.0) ** 2 * (-f.log_s).exp() + f.log_s)
    for loss, decay in ((total(losses), 0.0), (losses[0], 0.0), (total(losses), 0.1)):
        root = loss + sum(decay * p * p for p in f.parameters()) if decay else loss
        seen = outputs[:1] if loss is losses[0] else outputs
        texts = read_groups(root, names={"f": f}, collapse="layer")["f"]
        assert texts[0] == write_range([x.data for x in seen])
