"""Blocks: what calls made, at each level, joined or not."""

import random

import pytest
from sizes import choose_size

from micrograd_nn import Value, draw, mean
from micrograd_nn.checks.mistakes import provenance
from micrograd_nn.graph import Graph
from micrograd_nn.graph.blocks import Blocks
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP


def list_titles(graph, level, joins):
    """Return the titles of the blocks of calls, in the order of the nodes."""
    found = graph.blocks.group(level, joins)
    return [x.title for x in dict.fromkeys(found.values()) if x.is_called]


def record(function):
    return Graph.of(function, {}, "draw")


def test_a_network_called_for_each_example_is_one_block_of_each_layer():
    model = MLP(2, [3, 1], rng=random.Random(1))
    data = [([1.0, 2.0], 0.5), ([0.5, -1.0], 0.0), ([2.0, 2.0], 1.0)]
    graph = record(lambda: mean([squared_error(model(x), y) for x, y in data]))
    assert graph.blocks.names == ["MLP", "squared_error", "Layer", "Neuron"]
    assert list_titles(graph, 0, "side by side") == ["MLP × 3", "squared_error × 3"]
    assert list_titles(graph, 1, "side by side") == [
        "Layer 1 × 3", "Layer 2 × 3", "squared_error × 3",
    ]  # fmt: skip
    assert len(list_titles(graph, 1, "none")) == 9


def step(state, x):
    return (0.5 * state + x).tanh()


def unroll(steps):
    state = Value(0.1)
    for _ in range(steps):
        state = step(state, Value(1.0))
    return state * state


def test_the_steps_of_a_recurrence_stand_each_for_itself_while_they_are_few():
    graph = record(lambda: unroll(6))
    assert list_titles(graph, 0, "side by side") == [f"step {i}" for i in range(1, 7)]
    assert list_titles(graph, 0, "all") == ["step × 6"]
    found = graph.blocks.choose(graph.blocks.levels)
    assert len({x for x in found.values() if x.is_called}) == 6
    many = record(lambda: unroll(50))
    assert [x.title for x in {*many.blocks.choose([0]).values()} if x.is_called] == ["step × 50"]


def test_a_call_in_which_all_was_made_is_no_block():
    def whole():
        return unroll(2)

    assert record(whole).blocks.names == ["step"]
    with provenance():
        root = whole()
    assert Graph(root).blocks.names == ["step"]


def test_what_is_made_in_a_named_with_is_one_block():
    with provenance("attention"):
        a = Value(1.0) * 2.0
    with provenance("rest"):
        b = a + 1.0
    graph = Graph(b * a)
    assert list_titles(graph, 0, "none") == ["attention", "rest"]


def test_a_number_in_a_formula_is_in_its_call_and_one_that_is_weighed_is_an_input():
    w = Value(0.5, "w1")

    def line(x):
        return (w * x - 1.0) ** 2

    graph = Graph.of(lambda: line(3.0).exp(), {"w1": w}, "draw")
    found = graph.blocks.group(0)
    inside = {x.data for x in found if not x.inputs}
    assert inside == {0.5, 1.0, 2.0}


def test_inputs_of_calls_are_gathered_where_they_are_many_in_all_and_parameters_called_so():
    rows = [[Value(float(i + j)) for j in range(3)] for i in range(4)]

    class Model:
        def __init__(self):
            self.w = [Value(0.1 * i) for i in range(3)]

        def __call__(self, row, state):
            return sum((w * x for w, x in zip(self.w, row, strict=True)), state).tanh()

        def parameters(self):
            return self.w

    model = Model()

    def loss():
        state = Value(0.0)
        for row in rows:
            state = model(row, state)
        return state

    drawing = draw(loss, collapse="Model", names={"model": model}, fold=False)
    faces = [box.face.name for box in drawing.sketch.diagram.boxes]
    assert faces[:5] == ["4 inputs", *["3 inputs"] * 3, "3 parameters"]  # one is the state


def test_what_joined_calls_take_from_those_before_goes_round():
    def keep(x, memory):
        memory.append(2.0 * x)
        return sum(kept * kept for kept in memory).tanh()

    def loss():
        memory = []
        return sum(keep(Value(0.1 * i), memory) for i in range(30))

    drawing = draw(loss, fold=True, collapse="keep")
    (box,) = [box for box in drawing.sketch.diagram.boxes if box.face.name == "keep × 30"]
    (arrow,) = [x for x in drawing.sketch.diagram.arrows if x.tail == x.head == box.id]
    assert arrow.from_before
    assert arrow.flow.note == "29 values"  # of all but the last
    assert "Dashed: from the step before" in drawing.source


def test_a_number_that_a_call_makes_for_itself_is_no_parameter():
    model = MLP(1, [2, 1], rng=random.Random(1))

    def begin(x):
        return model([x + Value(0.0)])

    drawing = draw(lambda: begin(Value(1.0)) + 1.0, collapse="begin", names={"model": model})
    (box,) = [box for box in drawing.sketch.diagram.boxes if box.face.name == "begin"]
    assert "7 parameters" in box.face.notes  # 4 of the first layer, 3 of the second


def test_an_input_that_one_call_makes_for_another_is_in_the_box_of_neither():
    def make():
        return Value(2.0), Value(3.0) * 2

    def use(x, y):
        return x * y + Value(1.0)

    def loss():
        x, y = make()
        return use(x, y).tanh()

    graph = record(loss)
    found = graph.blocks.group(0)
    assert {x.data for x in graph.nodes if x not in found} == {2.0}
    assert {found[x].title for x in graph.nodes if x.data in (1.0, 3.0)} == {"use", "make"}


def test_a_node_with_a_label_stands_alone():
    def step(x):
        return x * 2.0 + 1.0

    def loss():
        logit = sum(step(Value(0.1 * i)) * 3.0 for i in range(5))
        logit.label = "logit"
        return logit + 1.0

    titles = [x.title for x in {*record(loss).blocks.group(0, "all").values()}]
    assert sorted(titles) == ["+", "+", "step × 5", "× 3", "× 5"]


def test_calls_side_by_side_take_nothing_from_one_another():
    model = MLP(2, [3, 1], rng=random.Random(1))
    drawing = draw(lambda: sum(model([0.1 * i, 1.0]).relu() for i in range(20)), collapse="MLP")
    names = {box.id: box.face.name for box in drawing.sketch.diagram.boxes}
    round = [names[x.tail] for x in drawing.sketch.diagram.arrows if x.tail == x.head]
    assert round == ["× 18"]  # of the sum, but for the root


# Random programs of calls


def build(rng, depth=0):
    """Return a random function of some Values, with others that it calls, and a log of calls."""
    log = []

    def make(depth):
        inner = [make(depth + 1) for _ in range(rng.choice([0, 1, 2]))] if depth < 3 else []

        def run(values):
            begin = Value(0.0).created
            here = [*values]
            for _ in range(rng.randint(1, 4)):
                if inner and rng.random() < 0.7:
                    here.append(rng.choice(inner)(rng.sample(here, min(2, len(here)))))
                else:
                    here.append(rng.choice([lambda a, b: a * b, lambda a, b: a + b])(
                        rng.choice(here), rng.choice(here)))  # fmt: skip
            out = here[-1] + here[0]
            log.append((depth, begin, Value(0.0).created, inner))
            return out

        run.__code__ = run.__code__.replace(co_name=rng.choice(["run", "walk", "jump"]))
        return run

    return make(depth), log


def check_order(made, found):
    """Check that each node is in a block, and that blocks take from those before them."""
    assert made <= found.keys()
    after = {}
    for node in made:
        block = found[node]
        after.setdefault(block, set()).update(
            found[x] for x in node.inputs if x in made and found[x] is not block
        )
    while after:
        first = {block for block, before in after.items() if not before & after.keys()}
        assert first, "a circle of blocks"
        after = {block: before for block, before in after.items() if block not in first}


@pytest.mark.parametrize("seed", range(choose_size(30, 100, 3000)))
def test_blocks_part_the_nodes_as_the_calls_did_and_make_no_circle(seed):
    rng = random.Random(seed)
    function, log = build(rng)
    inputs = [Value(rng.uniform(-1, 1)) for _ in range(3)]
    graph = record(lambda: function([function(inputs), *inputs]))
    made = {x for x in graph.nodes if x.operation is not None}
    for name in graph.blocks.names:
        blocks = Blocks(graph.users, (), name)
        for joins in ("none", "side by side", "all"):
            found = blocks.group(blocks.levels[-1], joins)
            check_order(made, found)
            for node, calls in graph.blocks.paths.items():
                if node in made and name in [call.name for call in calls]:
                    assert found[node].is_called
                    assert found[node].title.split()[0] == name
    for level in range(len(graph.blocks.levels)):
        for joins in ("none", "side by side", "all"):
            check_order(made, graph.blocks.group(level, joins))
        closed = graph.blocks.group(level)
        spans = [(begin, end) for depth, begin, end, _ in log if depth == level]
        for begin, end in spans:
            inside = {closed[x] for x in made if begin < x.created < end}
            assert len(inside) <= 1, "one call of the level is one block"
            assert all(block.is_called and len(block.parts) == 1 for block in inside)
