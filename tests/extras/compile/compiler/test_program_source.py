"""Compiled graphs: readable source, whatever the labels, and its lines in a debugger."""

import gc
import inspect
import linecache
import random
import re

from golden import assert_stands
from hypothesis import given
from places import GOLDEN
from strategies import graphs, searching

from micrograd_nn import Value, compile, nodes
from micrograd_nn.engine import table as op
from micrograd_nn.nn import MLP

# Names


def test_names_come_from_labels_from_a_model_from_a_dictionary_or_from_the_place():
    x, y, w, v = Value(1.0), Value(1.0, "y"), Value(1.0), Value(1.0)
    program = compile(x * w + y * v, [x, y], [w, v], names={"weight": w, "in": x})
    assert list(program.inputs.values()) == ["in_", "y"]
    assert list(program.parameters.values()) == ["weight", "p2"]
    model = MLP(1, [1], rng=random.Random(0))
    program = compile(model([x]), [x], model.parameters(), names=model)
    assert list(program.parameters.values()) == ["layers_0_neurons_0_w_0", "layers_0_neurons_0_b"]


# Source


def neuron():
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.88, "b")
    total = w1 * x1 + w2 * x2 + b
    out = total.tanh()
    total.label, out.label = "n", "output"
    return compile(out, [x1, x2], [w1, w2, b])


def network():
    model = MLP(2, [2, 1], rng=random.Random(1))
    inputs = [Value(0.5), Value(-1.0)]
    return compile(model(inputs), inputs, model.parameters(), names=model)


def lines_of(source):
    return [line.strip() for line in source.splitlines()]


def test_the_source_of_a_neuron_stands_in_a_file_in_python_and_in_c():
    program = neuron()
    assert_stands(f"{program.source}\n\n{program.c_source}\n", GOLDEN / "neuron.txt")


def test_the_source_of_a_network_stands_in_a_file():
    program = network()
    assert_stands(f"{program.source}\n\n{program.source_of('predict')}", GOLDEN / "network.txt")


@searching
@given(graph=graphs(max_size=40))
def test_a_forward_line_is_one_node(graph):
    leaves = [Value(x) for x in graph.leaves]
    out = graph(leaves)
    source = compile(out, [], leaves).source
    forward = source.partition("# Forward\n")[2].partition("results.append")[0]
    names = [line.partition(" = ")[0] for line in lines_of(forward) if line]
    operations = len([node for node in nodes(out) if node.operation])
    assert len(set(names)) == len(names) <= operations


@searching
@given(graph=graphs(max_size=40))
def test_no_line_multiplies_by_one_and_no_expression_stands_twice(graph):
    leaves = [Value(x) for x in graph.leaves]
    source = compile(graph(leaves), [], leaves).source
    backward = source.partition("# Backward")[2]
    assert not re.search(r"(?<![\w.])1\.0 \*|\* 1\.0(?![\w.])", backward)
    named = [line.partition(" = ")[2] for line in lines_of(source) if re.match(r"\w+ = ", line)]
    named = [text for text in named if text not in ("[]", "0.0")]
    assert len(set(named)) == len(named)


def test_a_common_subexpression_is_computed_once():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    out = (x * y).tanh() + (x * y).sin() + (x * y).tanh()
    source = compile(out, [x, y], wrt=[x, y]).source
    assert source.count("x * y") == source.count("tanh(") == source.count("sin(") == 1


def test_only_what_the_derivative_needs_has_a_line():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    source = compile((x * x).exp() * w, [x], [w]).source
    assert "d_x" not in source
    assert lines_of(source.partition("# Backward")[2])[1].startswith("d_w += ")


def test_no_line_is_very_long_however_wide_the_graph():
    xs = [Value(float(i)) for i in range(500)]
    source = compile(op.sum(xs) * op.dot(xs[:250], xs[250:]), [], xs).source
    inner = source.partition("# Forward")[2].partition("total = 0.0")[0]
    assert max(map(len, inner.splitlines())) < 1500


# In a debugger


def test_inspect_and_tracebacks_show_the_lines():
    program = neuron()
    function = program.load_function(0)
    assert inspect.getsource(function) == program.source
    assert "".join(linecache.getlines(function.__code__.co_filename)) == program.source
    linecache.checkcache()
    assert inspect.getsource(function) == program.source
    assert program.load_function(0) is function


def test_lines_go_with_their_program():
    program = neuron()
    filename = program.load_function(0).__code__.co_filename
    assert filename in linecache.cache
    assert neuron().load_function(0).__code__.co_filename != filename
    del program
    gc.collect()
    assert filename not in linecache.cache
