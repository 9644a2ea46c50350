"""Random models and losses, of which is known without a graph whose each node is."""

import random
from itertools import product
from typing import Any, NamedTuple

import micrograd_nn
from micrograd_nn import Value, dot, losses
from micrograd_nn import sum as total
from micrograd_nn.nn import MLP, Module
from micrograd_nn.nn.networks import ACTIVATIONS

NAMED = [name for name in ACTIVATIONS if name != "linear"]


class Rows(Module):
    """A layer as people write it: a matrix of rows, perhaps biases, perhaps an activation."""

    def __init__(self, rng, width, height, activation, has_bias, is_dot):
        self.W = [[Value(rng.uniform(-1, 1)) for _ in range(width)] for _ in range(height)]
        self.c = [Value(rng.uniform(-1, 1)) for _ in range(height)] if has_bias else []
        self.act, self.is_dot = activation, is_dot

    def __call__(self, x):
        outputs = []
        for i, row in enumerate(self.W):
            if self.is_dot:
                out = dot(row, x, self.c[i] if self.c else None)
            else:
                out = sum(w * a for w, a in zip(row, x, strict=True))
                out = out + self.c[i] if self.c else out
            outputs.append(getattr(micrograd_nn, self.act)(out) if self.act else out)
        return outputs


class Unit(Module):
    """A neuron as in the lecture, with or without tanh."""

    def __init__(self, rng, width, has_tanh):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(width)]
        self.b = Value(rng.uniform(-1, 1))
        self.has_tanh = has_tanh

    def __call__(self, x):
        out = sum((w * a for w, a in zip(self.w, x, strict=True)), self.b)
        return out.tanh() if self.has_tanh else out


class Side(Module):
    """Such neurons side by side."""

    def __init__(self, rng, width, height, has_tanh):
        self.neurons = [Unit(rng, width, has_tanh) for _ in range(height)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]


class Stack(Module):
    """Layers of them."""

    def __init__(self, rng, sizes, tanh):
        pairs = zip(sizes, sizes[1:], tanh, strict=False)
        self.layers = [Side(rng, *pair) for pair in pairs]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Sums(Module):
    """Several sums of the same inputs, some with an offset, which nothing adds up in the model.

    Their parameters are no lists: attributes of one object.
    """

    def __init__(self, rng, width, height):
        self.width, self.offsets = width, [rng.random() < 0.5 for _ in range(height)]
        for i, has_offset in enumerate(self.offsets):
            for j in range(width):
                setattr(self, f"s{i}_{j}", Value(rng.uniform(-2, 2)))
            if has_offset:
                setattr(self, f"o{i}", Value(rng.uniform(-1, 1)))

    def __call__(self, x):
        outputs = []
        for i, has_offset in enumerate(self.offsets):
            out = total([getattr(self, f"s{i}_{j}") * x[j] for j in range(self.width)])
            outputs.append(out + getattr(self, f"o{i}") if has_offset else out)
        return outputs


class Part:
    """A neuron, or a layer: what it gave out in each of its calls.

    Of an MLP is told what its activation is; of others, it is seen by how they were computed. Of
    ``Sums`` it may be seen what one output is, where it isn't seen of another.
    """

    def __init__(self, kind):
        self.is_told, self.is_mixed, self.calls = kind == "mlp", kind == "sums", []

    def list_outputs(self, inside):
        """Return the outputs that a graph has."""
        return [x for call in self.calls for x in call if x in inside]

    def list_possible(self, inside, is_sure):
        """Return the numbers that a box may show: of its outputs; else of its sums or products."""
        columns = [[x for x in column if x in inside] for column in zip(*self.calls, strict=True)]
        if self.is_told or (is_sure and not self.is_mixed):
            chosen = [[find_outputs] * len(columns)]
        elif self.is_mixed:
            chosen = product((find_outputs, find_products), repeat=len(columns))
        else:
            ways = find_outputs, find_sums, find_products
            chosen = [[way] * len(columns) for way in ways]
        for ways in chosen:
            pairs = zip(ways, columns, strict=True)
            yield [x.data for find, column in pairs for x in find(column)]


def find_outputs(outputs):
    """Return what they are."""
    return outputs


def find_sums(outputs):
    """Return what activations were made of."""
    return [x.inputs[0] if x.operation.name in NAMED else x for x in outputs]


def find_products(outputs):
    """Return what was weighed for outputs, and is none itself."""
    within = [x for x in list_nodes(*outputs) if x.operation and x.operation.name == "mul"]
    return [x for x in within if x not in outputs]


class Case(NamedTuple):
    """A loss, the names that a picture is given, and what is known of them."""

    root: Value
    names: Any
    parts: dict[str, dict[str, Part]]  # of each depth, by the name in a picture
    made: dict[Value, str]  # what the loss made, which is no model's, by its labels
    given: dict[Value, str]
    told: str


def list_nodes(*roots):
    """Return what some nodes were made of, found without the package."""
    found, waiting = {*roots}, [*roots]
    while waiting:
        for x in waiting.pop().inputs:
            if x not in found:
                found.add(x)
                waiting.append(x)
    return found


def name_neuron(i, j, sizes):
    """Return what pictures call a neuron, and its layer."""
    last = len(sizes) - 1
    if i == last:
        return "out" if sizes[i] == 1 else f"out{j + 1}"
    return f"h{i + 1}.{j + 1}" if last > 1 else f"h{j + 1}"


def build_model(rng):
    """Return a model, what calls it and notes what comes out of which part, and the parts."""
    width, kind = (
        rng.choice([1, 2, 3]),
        rng.choice(["mlp", "mlp", "rows", "stack", "sums", "sums"]),
    )
    neurons, layers = {}, {}

    def note(parts, name, outputs):
        parts.setdefault(name, Part(kind)).calls.append(outputs)

    if kind in ("mlp", "stack"):
        sizes = [rng.choice([1, 2, 3, 4]) for _ in range(rng.choice([1, 2, 3]))]
        if kind == "mlp":
            model = MLP(width, sizes, [rng.choice([None, *NAMED]) for _ in sizes], rng=rng)
        else:
            model = Stack(rng, [width, *sizes], [rng.random() < 0.7 for _ in sizes])

        def call(x):
            for i, layer in enumerate(model.layers):
                x = layer(x)
                x = x if isinstance(x, list) else [x]
                note(layers, f"layer {i + 1}", x)
                for j, v in enumerate(x):
                    note(neurons, name_neuron(i, j, sizes), [v])
            return x

        return kind, width, model, call, neurons, layers
    if kind == "rows":
        activation, height = rng.choice([None, None, *NAMED]), rng.choice([1, 2, 3])
        has_bias, is_dot = rng.random() < 0.5, rng.random() < 0.5
        model = Rows(rng, width, height, activation, has_bias, is_dot)
    else:
        model = Sums(rng, width, rng.choice([1, 2, 3]))

    def call(x):
        out = model(x)
        note(neurons, "f", out)
        note(layers, "f", out)
        return out

    return kind, width, {"f": model}, call, neurons, layers


def build_loss(rng, outputs, is_added):
    """Return what a user may make of a model's outputs, one number of one example.

    If ``is_added``, it is one that adds them up as a neuron would.
    """
    y = rng.choice(outputs)
    others = [
        lambda: -y, lambda: y.exp(), lambda: abs(y), lambda: y.tanh(), lambda: y.sigmoid(),
        lambda: y * 0.5, lambda: y**2, lambda: (y - 1.0) ** 2, lambda: micrograd_nn.relu(y),
        lambda: total(outputs), lambda: sum(outputs) if len(outputs) > 1 else y + 1.0,
        lambda: (outputs[0] * outputs[-1]).tanh() + y, lambda: outputs[0] - 2.0 * outputs[-1],
        lambda: micrograd_nn.where(float(y.data > 0), y, 0.1 * y), lambda: micrograd_nn.softplus(y),
        lambda: losses.squared_error(outputs, [0.5] * len(outputs)),
        lambda: losses.mean_absolute_error(outputs, [0.5] * len(outputs)),
        lambda: losses.hinge(y, rng.choice([-1, 1])),
        lambda: losses.binary_cross_entropy(y, rng.choice([0, 1, 0.3])),
        lambda: losses.cross_entropy(outputs, rng.randrange(len(outputs))),
        lambda: -micrograd_nn.log(y.sigmoid()), lambda: total([-z.tanh() for z in outputs]),
    ]  # fmt: skip
    if is_added:
        return rng.choice([lambda: sum(outputs) ** 2, lambda: (total(outputs) - 1.0) ** 2])
    return rng.choice(others)


def build_case(seed):
    """Return the case of a seed."""
    rng = random.Random(seed)
    kind, width, names, call, neurons, layers = build_model(rng)
    count = rng.choice([1, 1, 2, 3, 7])
    is_bare = rng.random() < 0.2
    rows = [[rng.uniform(-2, 2) for _ in range(width)] for _ in range(count)]
    given = {}
    if not is_bare:
        rows = [[Value(x, f"x{i}.{j}") for j, x in enumerate(row)] for i, row in enumerate(rows)]
        given = {x: x.label for row in rows for x in row}
    is_added = kind == "sums" and rng.random() < 0.5
    state = rng.getstate()
    made, terms = [], []
    outputs = [call(row) for row in rows] if rng.random() < 0.5 else None
    for i, row in enumerate(rows):
        ys = call(row) if outputs is None else outputs[i]
        rng.setstate(state)  # each example has the same loss
        before = Value(0.0).created
        term = build_loss(rng, ys, is_added)()
        made += [x for x in list_nodes(term) if x.created > before]
        terms.append(term)
    before = Value(0.0).created
    root = terms[0] if count == 1 else rng.choice([sum, total])(terms)
    parameters = names.parameters() if isinstance(names, Module) else names["f"].parameters()
    if rng.random() < 0.3:
        root = root + 0.1 * sum([p * p for p in parameters])
    made += [x for x in list_nodes(root) if x.created > before]
    inside = list_nodes(root)
    own = {x for x in made if x.inputs and x in inside}
    labels = {}
    for i, x in enumerate(sorted(own, key=lambda x: x.created)):
        x.label = labels[x] = "L" if x is root else f"l{i}"
    root.backward()
    parts = {"neuron": neurons, "layer": layers}
    return Case(root, names, parts, labels, given, f"seed {seed}: {kind}, {count} rows")
