"""Habits of other libraries: whoever types their names is told what to write here."""

import copy
import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
import types
from typing import Generic, TypeVar

import pytest
from added import fit, train

import micrograd_nn
from micrograd_nn import MLP, OPERATIONS, Constant, Value, nn, optim
from micrograd_nn._ground.habits import CALLS, NAMES, add_habits
from micrograd_nn.calculus.dual import Dual
from micrograd_nn.engine.node import Node
from micrograd_nn.losses import squared_error

VALUE, MODEL = Value(2.0, "v"), MLP(2, [2, 1])
THINGS = {
    "Value": VALUE,
    "Module": MODEL,
    "Optimizer": optim.SGD(MODEL.parameters()),
    "module": micrograd_nn,
}
if hasattr(micrograd_nn, "fit"):
    THINGS["History"] = train.History()
needs_fit = pytest.mark.skipif("History" not in THINGS, reason="fit is of an extra")


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in THINGS for name in NAMES[kind]]
)
def test_a_missing_name_tells_its_counterpart(kind, name):
    with pytest.raises(AttributeError) as caught:
        getattr(THINGS[kind], name)
    assert str(caught.value).endswith(f"has no attribute {name!r}: {NAMES[kind][name]}")
    assert (caught.value.name, caught.value.obj) == (name, THINGS[kind])


@pytest.mark.parametrize("kind", NAMES)
def test_nothing_is_there_by_a_habits_name(kind):
    thing = THINGS[kind]
    for name in NAMES[kind]:
        assert not hasattr(thing, name)
        assert getattr(thing, name, None) is None
        assert name not in dir(thing)


def test_a_setting_of_a_habit_is_told_too():
    with pytest.raises(AttributeError, match="every Value has a gradient"):
        VALUE.requires_grad = True
    with pytest.raises(AttributeError, match="every Value has a gradient"):
        del VALUE.requires_grad


def test_a_class_tells_it_as_its_objects_do():
    with pytest.raises(AttributeError, match=r"type object 'Value' has no attribute 'item': v\."):
        Value.item  # noqa: B018


def test_an_attribute_of_ones_own_may_have_a_habits_name():
    class Affine(nn.Module):
        def __init__(self):
            self.weight, self.bias = Value(2.0), Value(1.0)

        def __call__(self, x):
            return self.weight * x + self.bias

        def predict(self, x):
            return self(x).data

    module = Affine()
    assert module.predict(3.0) == 7.0
    assert list(module.state()) == ["weight", "bias"]
    assert {"weight", "predict"} <= set(dir(module))
    again = pickle.loads(pickle.dumps(VALUE)), copy.deepcopy(module.bias)
    assert [x.data for x in again] == [2.0, 1.0]
    del module.bias
    assert not hasattr(module, "bias")


def test_habits_hide_no_operation_of_a_value():
    for name in OPERATIONS:
        assert callable(getattr(VALUE, name, None)) or not hasattr(VALUE, name)
    assert VALUE.tanh().data == micrograd_nn.tanh(2.0)
    assert not hasattr(Dual(2.0, 1.0, 1), "item")


def test_habits_are_no_detour_of_what_is_there():
    """A __getattr__ would make each access slow in Python 3.11."""
    assert not any("__getattr__" in vars(kind) for kind in (*Value.__mro__, *MLP.__mro__))
    assert isinstance(vars(Node)["number"], types.MemberDescriptorType)


def test_a_name_that_is_there_is_no_habit():
    class Thing:
        item = 3

    add_habits(Thing, {"item": "thing.data"})
    assert Thing().item == 3


def data():
    return [([0.1, 0.2], 1.0), ([0.3, 0.1], 0.0)]


ATTEMPTS = {
    "fit(lr)": lambda: fit(MODEL, data(), squared_error, lr=0.1),
    "fit(n_epochs)": lambda: fit(MODEL, data(), squared_error, n_epochs=3),
    "MLP(hidden)": lambda: MLP(2, hidden=[16, 1]),
    "MLP(seed)": lambda: MLP(2, [1], seed=1),
    "Layer(in_features)": lambda: nn.Layer(in_features=2, out_features=3),
    "Neuron(nonlin)": lambda: nn.Neuron(2, nonlin=True),
    "Value.backward(retain_graph)": lambda: VALUE.backward(retain_graph=True),
    "Value.backward(gradient)": lambda: VALUE.backward(gradient=2.0),
    "Module.zero_grad(set_to_none)": lambda: MODEL.zero_grad(set_to_none=True),
    "Optimizer.zero_grad(set_to_none)": lambda: THINGS["Optimizer"].zero_grad(set_to_none=True),
    "Adam(momentum)": lambda: optim.Adam(MODEL.parameters(), momentum=0.9),
    "SGD(learning_rate)": lambda: optim.SGD(MODEL.parameters(), learning_rate=0.1),
    "Adam(weight_decay)": lambda: optim.Adam(MODEL.parameters(), weight_decay=0.1),
    "AdamW(rate)": lambda: optim.AdamW(MODEL.parameters(), rate=0.1),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_argument_that_a_call_lacks_tells_its_counterpart(attempt):
    called, _, argument = attempt[:-1].partition("(")
    with pytest.raises(TypeError) as caught:
        ATTEMPTS[attempt]()
    assert str(caught.value) == f"{called} takes no {argument}: {CALLS[called][argument]}"


@pytest.mark.parametrize(
    ("attempt", "told"),
    [
        (lambda: MLP([2, 16, 1]), r"MLP\(2, \[16, 1\]\) has 2 inputs"),
        (lambda: MLP(2, 16, 1), r"as in MLP\(2, \[16, 1\]\)"),
        (lambda: fit(MODEL, data()), r"fit\(model, data, loss\), where data is a list"),
        (lambda: fit(MODEL, [[1.0, 2.0]], [1.0]), r"data is list\(zip\(X, y\)\)"),
        (lambda: VALUE.backward(2.0), r"write \(2 \* v\)\.backward\(\)"),
        (lambda: optim.Adam(), r"Adam\(model\.parameters\(\), lr=0\.01\)"),
        (lambda: fit(MODEL, data(), squared_error, qwerty=1), "unexpected keyword argument 'qw"),
    ],
)
def test_a_call_that_does_not_fit_says_what_would(attempt, told):
    with pytest.raises(TypeError if "as in" not in told else ValueError, match=told):
        attempt()


def test_an_error_from_within_a_call_is_left_as_it_is():
    def loss(prediction, target):
        return len(3)

    with pytest.raises(TypeError, match=r"^object of type 'int' has no len\(\)$"):
        fit(MODEL, data(), loss)


@needs_fit
def test_a_call_that_is_wrapped_keeps_its_name_and_its_arguments():
    import inspect

    assert list(inspect.signature(fit).parameters)[:3] == ["model", "data", "loss"]
    assert list(inspect.signature(MLP).parameters)[:2] == ["n_inputs", "sizes"]
    assert fit.__name__ == "fit"
    assert Value.backward.__doc__.startswith("Compute the derivative")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("from micrograd_nn import Adam", "write from micrograd_nn.optim import Adam"),
        ("from micrograd_nn import Layer", "write from micrograd_nn.nn import Layer"),
        ("from micrograd_nn import grad", "write from micrograd_nn.calculus import grad"),
        ("from micrograd_nn import Tensor", "write Value(2.0)"),
        ("from micrograd_nn.nn import Linear", "write nn.Layer(n_inputs, n_outputs)"),
        ("from micrograd_nn.nn import functional as F", "micrograd_nn's own functions"),
        pytest.param(
            "from micrograd_nn.optim import fit",
            "write from micrograd_nn import fit",
            marks=needs_fit,
        ),
        ("from micrograd_nn.engine import Value", "write from micrograd_nn import Value"),
        pytest.param("from micrograd_nn import trian", "did you mean 'train'?", marks=needs_fit),
        ("from micrograd_nn import Vlaue", "did you mean 'Value'?"),
        ("from micrograd_nn.losses import hinje", "did you mean 'hinge'?"),
        pytest.param(
            "from micrograd_nn.train import qwerty", "cannot import name 'qwerty'", marks=needs_fit
        ),
    ],
)
def test_an_import_of_what_is_elsewhere_or_misspelt_says_so(statement, told):
    with pytest.raises(ImportError) as caught:
        exec(statement)
    assert told in str(caught.value)


def test_rooms_open_by_their_names():
    program = "import micrograd_nn; micrograd_nn.optim.SGD; micrograd_nn.nn.MLP; print('open')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("open\n", "")


def test_every_name_that_is_said_to_be_somewhere_is_there():
    for home, names in micrograd_nn.list_homes().items():
        if names:  # else it may want what isn't installed
            module = importlib.import_module(home)
            assert [name for name in names if not hasattr(module, name)] == []


@needs_fit
def test_every_name_that_a_counterpart_says_in_full_is_there():
    names = set(re.findall(r"\bmicrograd_nn(?:\.\w+)+", f"{NAMES} {CALLS}"))
    assert "micrograd_nn.nn.networks.ACTIVATIONS" in names
    for name in names:
        pkgutil.resolve_name(name)


@pytest.mark.parametrize("room", ["nn", "losses", "optim", "calculus"])
def test_every_public_function_of_a_room_is_found_from_elsewhere(room):
    module = importlib.import_module(f"micrograd_nn.{room}")
    public = {
        name
        for name, thing in vars(module).items()
        if getattr(thing, "__module__", "") == module.__name__
        and isinstance(thing, type)
        and not name.startswith("_")
    }
    assert public <= micrograd_nn.list_homes()[module.__name__] | {"MLP"}


def test_a_forward_without_a_call_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="Net has a forward and no __call__: name it __call__"):

        class Net(nn.Module):
            def forward(self, x):
                return x

    class Network(nn.Module, Generic[TypeVar("T")]):
        def forward(self, x):
            return x

        __call__ = forward

    assert Network()(3.0) == 3.0


def test_numpys_functions_name_those_that_keep_the_gradient():
    numpy = pytest.importorskip("numpy")
    for function, told in [
        (numpy.exp, r"numpy\.exp would lose the gradient: micrograd_nn\.exp\(v\) keeps it"),
        (numpy.arcsin, r"micrograd_nn\.asin\(v\) keeps it"),
        (numpy.isnan, r"numpy\.isnan would lose the gradient: v\.data is the number"),
        (numpy.add.reduce, r"numpy\.add"),
    ]:
        with pytest.raises(TypeError, match=told):
            function(VALUE)
    with pytest.raises(TypeError, match="needs a real number or a Value, not a ndarray"):
        numpy.array([1.0, 2.0]) * VALUE


def test_numpys_numbers_leave_each_operator_to_the_value():
    numpy = pytest.importorskip("numpy")
    two, x = numpy.float64(2), Value(3.0)
    made = [two + x, two - x, two * x, two / x, two**x]
    assert [y.data for y in made] == [5.0, -1.0, 6.0, 2 / 3, 8.0]
    assert {type(y) for y in made} == {Value}
    assert [two < x, two <= x, two > x, two >= x] == [True, True, False, False]
    assert type(two * Constant(3.0)) is Constant
    assert numpy.add(x, 1).data == 4.0
