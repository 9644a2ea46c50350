"""Networks from ONNX files: of this package, of PyTorch and by hand, and what isn't an MLP."""

import math
import random
import warnings

import pytest

from micrograd_nn import MLP, from_onnx
from micrograd_nn._ground.text import InputError
from micrograd_nn.engine.operation import Operation
from micrograd_nn.engine.table import OPERATIONS
from micrograd_nn.extras.export.answers.running import run_onnx
from micrograd_nn.extras.export.in_onnx.models import export_onnx
from micrograd_nn.extras.export.report import Question
from micrograd_nn.extras.tables.storage import SavedModel
from micrograd_nn.nn.networks import ACTIVATIONS

onnx = pytest.importorskip("onnx")
helper = onnx.helper
FLOAT, DOUBLE, INT64 = onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.INT64
OF_ONE_NUMBER = [
    row
    for row in OPERATIONS.values()
    if type(row) is Operation and len(row.inputs) == 1 + len(row.defaults)
]
BEYOND = [  # what onnxruntime has in double precision
    "log2", "log10", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh",
    "atanh",
]  # fmt: skip


def node(kind, *inputs, output="y", **attributes):
    return helper.make_node(kind, inputs, [output], name=f"the {kind}", **attributes)


def tensor(name, shape, numbers=None, kind=DOUBLE):
    count = math.prod(shape)
    numbers = [0.5 * i - 1 for i in range(count)] if numbers is None else numbers
    return helper.make_tensor(name, kind, shape, numbers)


def write(path, nodes, tensors=(), inputs=("x",), outputs=("y",), opset=21):
    """Write a file of these nodes and constants."""
    values = [
        [helper.make_tensor_value_info(name, DOUBLE, ["n", None]) for name in names]
        for names in (inputs, outputs)
    ]
    graph = helper.make_graph(nodes, "g", *values, initializer=list(tensors))
    opsets = [helper.make_opsetid("", opset)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), path)
    return path


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_mlp_comes_back_bit_for_bit(activation, bias, tmp_path):
    model = MLP(3, [4, 2], [activation, activation], bias=bias, rng=random.Random(1))
    path = tmp_path / "m.onnx"
    for single in (False, True):
        path.write_bytes(export_onnx(SavedModel(model), path, single=single)[path])
        again = from_onnx(path)
        assert repr(again) == repr(model)
        if not single:
            assert again.state() == model.state()
        assert again([1.0, 2.0, 3.0])[0].data == pytest.approx(model([1.0, 2.0, 3.0])[0].data, 1e-5)


@pytest.mark.parametrize("row", OF_ONE_NUMBER, ids=lambda row: row.name)
def test_an_activation_that_is_any_row_has_its_numbers_and_comes_back(row, tmp_path):
    saved = SavedModel(MLP(1, [1, 1], row, init=lambda rng, fan_in, fan_out: 1.0))
    path = tmp_path / "m.onnx"
    if row.name in BEYOND:
        with pytest.raises(InputError, match=f"not exported: {row.name} needs more than ONNX has"):
            export_onnx(saved, path)
        return
    path.write_bytes(export_onnx(saved, path)[path])
    low, high = row.domain[0]
    rows = [[low + (high - low) * k / 7] for k in range(8)]
    found = run_onnx(path, Question(rows, saved)).values
    assert found == [pytest.approx([saved.model(x).data], rel=1e-12) for x in rows]
    assert from_onnx(path).layers[0].neurons[0].activation is row


def test_layers_are_read_however_they_are_written(tmp_path):
    """Biases before or behind the sums, constants as nodes, nodes that change nothing."""
    nodes = [
        helper.make_node("Constant", [], ["w"], value=tensor("w", [2, 3])),
        node("MatMul", "x", "w", output="products"),
        node("Add", "b", "products", output="sums"),
        node("Sigmoid", "sums", output="s"),
        node("Mul", "sums", "s", output="silu"),
        node("Identity", "silu", output="same"),
        node("Gemm", "same", "v", "c"),
    ]
    tensors = [
        tensor("b", [3], kind=FLOAT, numbers=[0.1, 0.2, 0.3]), tensor("v", [3, 1]),
        tensor("c", [1, 1], [7.0]),
    ]  # fmt: skip
    model = from_onnx(write(tmp_path / "m.onnx", nodes, tensors))
    assert model.activations == ["silu", "linear"]
    first, second = model.layers
    assert [[w.data for w in neuron.w] for neuron in first.neurons] == [
        [-1.0, 0.5], [-0.5, 1.0], [0.0, 1.5]
    ]  # fmt: skip
    assert first.neurons[0].b.data == 0.10000000149011612  # the float nearest to 0.1
    assert [w.data for w in second.neurons[0].w] == [-1.0, -0.5, 0.0]
    assert second.neurons[0].b.data == 7.0


def test_a_layer_without_biases_beside_others_gets_some_of_0(tmp_path):
    nodes = [node("Gemm", "x", "w", "b", output="a"), node("MatMul", "a", "w")]
    tensors = [tensor("w", [2, 2]), tensor("b", [2], [1.0, 2.0])]
    model = from_onnx(write(tmp_path / "m.onnx", nodes, tensors))
    assert [neuron.b.data for layer in model.layers for neuron in layer.neurons] == [1, 2, 0, 0]


GEMM = node("Gemm", "x", "w", "b", output="a")
REFUSED = {
    "no layer": ([node("Relu", "x")], "it has no Gemm and no MatMul"),
    "what is before the first": (
        [node("Relu", "x", output="r"), node("MatMul", "r", "w")],
        r"node 'the Relu' \(Relu\): an MLP has nothing before its first layer",
    ),
    "another slope": (
        [GEMM, node("LeakyRelu", "a", alpha=0.25)],
        r"node 'the LeakyRelu' \(LeakyRelu\): LeakyRelu\(x, alpha=0.25\), x the sums before it, "
        "isn't an activation that we have",
    ),
    "an activation that we lack": ([GEMM, node("Softmax", "a", axis=1)], r"Softmax\(x, axis=1\)"),
    "two activations": (
        [GEMM, node("Relu", "a", output="r"), node("Tanh", "r")], r"Tanh\(Relu\(x\)\)"
    ),
    "a skip": (
        [GEMM, node("Relu", "a", output="r"), node("Add", "r", "x")],
        r"node 'the Add' \(Add\): it takes more or else than the sums before it",
    ),
    "sums without their biases": (
        [
            node("MatMul", "x", "w", output="m"), node("Relu", "m", output="r"),
            node("Add", "m", "b", output="s"), node("MatMul", "r", "w"),
        ],
        r"node 'the MatMul' \(MatMul\): it takes more or else than the sums before it",
    ),
    "sums of an earlier layer": (
        [GEMM, node("MatMul", "a", "w", output="unused"), node("Tanh", "a")], "more or else than"
    ),
    "a factor": ([node("Gemm", "x", "w", "b", alpha=2.0)], r"node 'the Gemm' .* alpha=2.0"),
    "a scaled bias": ([node("Gemm", "x", "w", "b", beta=0.5)], "beta=0.5"),
    "a transposed input": ([node("Gemm", "x", "w", "b", transA=1)], "transA=1"),
    "biases that are none": ([node("Gemm", "x", "w", "one")], "aren't constant floats"),
    "second biases": ([GEMM, node("Add", "a", "b")], r"Add\(constants of shape \(2,\), x\)"),
    "a number added": ([GEMM, node("Add", "a", "one")], r"Add\(1.0, x\)"),
    "weights that are whole numbers": ([node("MatMul", "x", "whole")], "matrix of floats"),
    "weights that aren't finite": ([node("MatMul", "x", "infinite")], "matrix of floats"),
    "weights that are computed": (
        [node("Neg", "w", output="n"), node("MatMul", "x", "n")], "more or else than"
    ),
    "weights on the left": ([node("MatMul", "w", "x")], "multiplies its numbers by a constant"),
    "weights that don't fit": (
        [GEMM, node("MatMul", "a", "wide")], "its weights don't fit the layer before"
    ),
    "Dropout": ([GEMM, node("Dropout", "a")], r"\(Dropout\): export the network .* after eval"),
    "other rows": ([GEMM, node("Reshape", "a", "pairs")], r"Reshape\(x"),
    "other digits": ([GEMM, node("Cast", "a", to=FLOAT)], r"Cast\(x, to=1\)"),
    "a constant that comes out": ([GEMM, node("Identity", "w")], "more or else than"),
    "an earlier layer that comes out": (
        [node("Gemm", "x", "w", "b"), node("MatMul", "y", "w", output="unused")],
        r"node 'the Gemm' \(Gemm\): what comes out isn't an activation that we have",
    ),
}  # fmt: skip
CONSTANTS = [
    tensor("w", [2, 2]), tensor("b", [2]), tensor("one", [], [1.0]), tensor("wide", [3, 2]),
    tensor("whole", [2, 2], [1, 2, 3, 4], INT64), tensor("pairs", [2], [-1, 4], INT64),
    tensor("infinite", [2, 2], [1, math.inf, 3, 4]),
]  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_mlp_has_is_an_error_that_names_the_node(what, tmp_path):
    nodes, told = REFUSED[what]
    with pytest.raises(InputError, match=told) as error:
        from_onnx(write(tmp_path / "m.onnx", nodes, CONSTANTS))
    assert "m.onnx isn't an MLP: " in str(error.value)


def test_a_long_formula_is_no_activation(tmp_path):
    nodes = [GEMM]
    for _ in range(30):  # each twice as long as the one before
        last = nodes[-1].output[0]
        nodes.append(node("Mul", last, last, output=f"{last}a"))
    nodes.append(node("Relu", nodes[-1].output[0]))
    with pytest.raises(InputError, match="isn't an activation that we have"):
        from_onnx(write(tmp_path / "m.onnx", nodes, CONSTANTS))


def test_files_that_hold_no_network_are_told_in_a_line(tmp_path):
    for content in (b"", b"nonsense", b"\x08\x0a"):
        (tmp_path / "m.onnx").write_bytes(content)
        with pytest.raises(InputError, match=r"m\.onnx isn't a usable ONNX file: ") as error:
            from_onnx(tmp_path / "m.onnx")
        assert "\n" not in str(error.value)
    with pytest.raises(InputError, match="there is no such file"):
        from_onnx(tmp_path / "none.onnx")
    with pytest.raises(InputError, match="it is a folder"):
        from_onnx(tmp_path)
    two = write(tmp_path / "m.onnx", [GEMM, node("Relu", "a")], CONSTANTS, outputs=("y", "a"))
    with pytest.raises(InputError, match=r"it has 2 outputs \('y', 'a'\), and an MLP has one"):
        from_onnx(two)
    biased = [node("MatMul", "x", "w", output="a"), node("Add", "a", "b", broadcast=1, axis=1)]
    with pytest.raises(InputError, match=r"Add\(.*, axis=1, broadcast=1\), x the sums"):
        from_onnx(write(tmp_path / "m.onnx", biased, CONSTANTS, opset=6))


TORCH = {
    "relu": ("ReLU", {}), "leaky_relu": ("LeakyReLU", {}), "elu": ("ELU", {}), "gelu": ("GELU", {}),
    "silu": ("SiLU", {}), "softplus": ("Softplus", {}), "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}), "linear": ("Dropout", {}),
}  # fmt: skip
NOT_OURS = [
    ("LeakyReLU", {"negative_slope": 0.2}), ("ELU", {"alpha": 0.5}), ("Softplus", {"beta": 2.0}),
    ("GELU", {"approximate": "tanh"}), ("Softmax", {"dim": 1}), ("Mish", {}),
]  # fmt: skip


def export_torch(kind, options, path, opset, double):
    """Let PyTorch write a network of two layers, and return it."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    layers = torch.nn.Linear(3, 4), getattr(torch.nn, kind)(**options), torch.nn.Linear(4, 2)
    network = torch.nn.Sequential(*layers).eval()
    network = network.double() if double else network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an exporter that will be replaced, one day
        row = torch.zeros(1, 3, dtype=torch.float64 if double else torch.float32)
        torch.onnx.export(network, (row,), path, opset_version=opset, dynamo=False)
    return torch, network


@pytest.mark.slow
@pytest.mark.parametrize("opset", [13, 18, 20])
@pytest.mark.parametrize("activation", TORCH)
def test_what_pytorch_writes_is_read_bit_for_bit(activation, opset, tmp_path):
    path = str(tmp_path / "m.onnx")
    for double in (False, True):
        torch, network = export_torch(*TORCH[activation], path, opset, double)
        model = from_onnx(path)
        assert model.activations == [activation, "linear"]
        for layer, linear in zip(model.layers, (network[0], network[2]), strict=True):
            assert [[w.data for w in n.w] for n in layer.neurons] == linear.weight.tolist()
            assert [n.b.data for n in layer.neurons] == linear.bias.tolist()
        row = torch.tensor([[0.3, -2.0, 1.5]], dtype=network[0].weight.dtype)
        found = [y.data for y in model(row[0].tolist())]
        assert found == pytest.approx(network(row)[0].tolist(), rel=1e-8 if double else 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options"), NOT_OURS, ids=str)
def test_what_pytorch_writes_of_other_activations_is_refused(kind, options, tmp_path):
    path = str(tmp_path / "m.onnx")
    for opset in (13, 20):
        export_torch(kind, options, path, opset, double=True)
        with pytest.raises(InputError, match=r"isn't an MLP: node '.*' .* that we have"):
            from_onnx(path)
