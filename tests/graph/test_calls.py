"""In which calls a node was made."""

import copy
import pickle
import random
import sys
from contextlib import contextmanager
from functools import reduce

import pytest
from added import needs

from micrograd_nn import Value, draw
from micrograd_nn.checks.mistakes import anomaly_detection, provenance
from micrograd_nn.graph import Graph
from micrograd_nn.graph.calls import record_calls
from micrograd_nn.nn import MLP
from micrograd_nn.terminal.cli import main


def list_names(node):
    call = node.origin.call
    return [x.name for x in (*call.around, call)] if call else []


class Net:
    def __init__(self):
        self.w = Value(2.0)

    def __call__(self, x):
        return self.scale(x) + 1

    def scale(self, x):
        return self.w * x

    @staticmethod
    def square(x):
        return x * x


def test_a_call_is_named_by_its_class_or_its_function():
    net = Net()
    out = record_calls(lambda: net.square(net(Value(3.0))))
    assert list_names(out) == ["square"]
    assert list_names(out.inputs[0]) == ["Net"]
    assert list_names(out.inputs[0].inputs[0]) == ["Net", "scale"]


def test_layers_of_the_package_are_calls_and_its_other_functions_are_not():
    model = MLP(2, [2, 1], rng=random.Random(1))
    out = record_calls(lambda: model([Value(1.0), 2.0]).exp())
    assert list_names(out) == []
    assert list_names(out.inputs[0]) == ["MLP", "Layer", "Neuron"]


def test_comprehensions_lambdas_and_the_standard_library_are_no_calls():
    def product(numbers):
        return reduce(lambda x, y: x * y, [number + 0.0 for number in numbers])

    assert list_names(record_calls(lambda: product([Value(1.0), Value(2.0)]))) == ["product"]


def test_two_things_of_a_class_are_two_owners_while_one_has_ended():
    def run():
        return sum([Net()(Value(1.0)) for _ in range(5)])

    graph = Graph.of(run, {}, "draw")
    owners = {x.origin.call.owner for x in graph.nodes if x.origin.call.name == "Net"}
    assert len(owners) == 5


def test_a_function_that_takes_arguments_is_told_how_to_be_given():
    def loss(x):
        return x * x

    with pytest.raises(TypeError, match=r"loss takes some: give it lambda: loss\(…\)"):
        draw(loss)
    assert draw(lambda: loss(Value(2.0))).source


@needs("foreign")
def test_a_function_that_returns_nothing_is_asked_whether_it_does(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)  # which may have computed it
    with pytest.raises(TypeError, match=r"not a NoneType: does your function return it\?"):
        draw(lambda: print(end=""))
    monkeypatch.undo()
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match=r"a NoneType: does your function return it\?"):
        draw(lambda: print(end=""))


def test_a_graph_with_calls_is_copied_and_pickled():
    net = Net()
    out = record_calls(lambda: net(Value(3.0)))
    for other in (copy.deepcopy(out), pickle.loads(pickle.dumps(out))):
        assert list_names(other) == ["Net"]
        assert other.data == out.data


def test_what_ran_in_a_generator_has_the_calls_around_it():
    def produce():
        for i in range(3):
            yield Value(float(i)) * 2

    def collect():
        return sum(produce())

    out = record_calls(collect)
    product = out.inputs[1]
    assert list_names(product)[:1] == ["collect"]


def test_an_error_in_a_function_is_the_users_own():
    def loss():
        raise KeyError("x")

    with pytest.raises(KeyError):
        draw(loss)


def test_a_script_s_function_is_drawn_by_its_calls(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(
        "from micrograd_nn import Value\n"
        "v, w = Value(1.0), Value(2.0)\n"
        "def square(x):\n    return x * x\n"
        "def loss():\n    return square(w) + square(v)\n"
        "def of(x):\n    return x * w\n"
    )
    line = ["graph", "net.py:loss", "-o", "net.dot", "--collapse", "square"]
    assert main(line) == 0
    assert "square × 2" in (tmp_path / "net.dot").read_text(encoding="utf-8")
    assert main(["graph", "net.py:of"]) == 2
    assert "of takes some" in capsys.readouterr().err
    (tmp_path / "raises.py").write_text("def loss():\n    return {}['x']\n")
    assert main(["graph", "raises.py:loss"]) == 2
    assert "raises.py: KeyError: 'x'" in capsys.readouterr().err
    assert main([*line[:-1], "cube"]) == 2
    assert "'square', not 'cube'" in capsys.readouterr().err


@needs("foreign")
def test_pytorchs_modules_are_calls_too():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)

    class Two(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)

        def forward(self, x):
            return self.second(self.act(self.first(x)))

        def act(self, x):
            return x.tanh()

    model, x = Two(), torch.tensor([1.0, 2.0])
    called = []

    def loss():
        called.append(1)
        return ((model(x) - 1.0) ** 2).sum()

    graph = Graph.of(loss, {"model": model}, "draw")
    assert (len(called), graph.adoption is not None) == (1, True)
    assert "act" in graph.blocks.names
    assert graph.names[graph.root] == "loss"

    def error():
        return model(x).sum()

    root = Graph.of(error, {"model": model}, "draw")
    assert root.names[root.root] == "error"
    mine = []
    graph = Graph.of(lambda: mine.append(1) or Value(2.0) * 3.0, {}, "draw")
    assert (graph.root.data, len(mine)) == (6.0, 1)


def test_a_method_of_a_base_class_is_the_object_s_and_one_by_super_is_the_base_s():
    class Base:
        def __call__(self, x):
            return self.forward(x) * 2

    class Attention(Base):
        def forward(self, x):
            return x * x

    class Masked(Attention):
        def __call__(self, x):
            return super().__call__(x) + 1

    def double(net):
        return list_names(record_calls(lambda: net(Value(3.0)).inputs[0]))

    assert list_names(record_calls(lambda: Attention()(Value(3.0)))) == ["Attention"]
    assert list_names(record_calls(lambda: Masked()(Value(3.0)))) == ["Masked"]
    assert double(Masked()) == ["Masked", "Base"]


def test_no_code_of_a_class_runs_when_its_methods_are_looked_for():
    class Meta(type):
        def __getattr__(cls, name):
            raise AssertionError(name)

    class Net(metaclass=Meta):
        def __getattr__(self, name):
            raise AssertionError(name)

        def run(self, x):
            return inner(self, x)

    def inner(self, x):
        return x * x

    assert list_names(record_calls(lambda: Net().run(Value(2.0)))) == ["run", "inner"]


def test_a_named_block_stands_within_the_calls_around_it():
    @provenance("weighing")
    def weigh(x):
        return x * x

    def attend(x):
        with provenance("scores"):
            y = weigh(x) + 1
        with anomaly_detection():
            z = y.tanh()
        with provenance():
            return z * 2

    out = record_calls(lambda: attend(Value(3.0)))
    tanh = out.inputs[0]
    assert list_names(out) == list_names(tanh) == ["attend"]
    assert out.origin.call is tanh.origin.call
    add = tanh.inputs[0]
    assert list_names(add) == ["attend", "scores"]
    assert list_names(add.inputs[0]) == ["attend", "scores", "weighing", "weigh"]
    assert add.inputs[0].origin.call.around[1] is add.origin.call


def test_a_block_that_another_function_begins_is_one_box():
    @contextmanager
    def group(name):
        with provenance(name):
            yield

    def loss():
        x = Value(3.0)
        with group("square"):
            y = Net.square(x)
        return y.tanh()

    graph = Graph.of(loss, {}, "draw")
    assert graph.blocks.names == ["group", "square"]


def test_provenance_decorates_a_function_wherever_the_program_began(tmp_path, capsys):
    (tmp_path / "decorated.py").write_text(
        "from micrograd_nn import Value\nfrom micrograd_nn.checks.mistakes import provenance\n"
        "@provenance()\ndef square(x):\n    return x * x\n"
        "def loss():\n    return square(Value(2.0)) + square(Value(3.0))\n"
    )
    drawing = str(tmp_path / "out.dot")
    line = ["graph", f"{tmp_path / 'decorated.py'}:loss", "-o", drawing, "--collapse", "square"]
    assert main(line) == 0, capsys.readouterr().err
    with provenance():
        out = provenance()(Net.square)(Value(2.0))
    assert list_names(out) == ["square"]


def test_a_deep_recursion_is_opened_from_the_outside():
    def deep(x, depth):
        return deep(x * 0.5, depth - 1) * 1.5 if depth else x.tanh()

    graph = Graph.of(lambda: deep(Value(1.0), 200), {}, "draw")
    found = graph.blocks.choose(graph.blocks.levels)
    assert 20 <= len({*found.values()}) <= 24
