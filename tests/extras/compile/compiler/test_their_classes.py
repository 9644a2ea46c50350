"""Classes of the user's: what makes, copies, compares and writes an object is seen, or refused."""

import random
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

from micrograd_nn import Value, compile, mean
from micrograd_nn.calculus import grad
from micrograd_nn.nn import MLP

RATES = {"rate": 1.0}


def assert_same_calls(function, *calls):
    """Call a function with and without programs."""
    compiled = compile(function)
    assert [compiled(*call) for call in calls] == [function(*call) for call in calls]
    return compiled


def cap(x):
    return 10.0 if isinstance(x, float) and x > 10 else x


class Price:
    """A class that its own objects make more objects of."""

    def __init__(self, amount):
        self.amount = cap(amount)

    @classmethod
    def of(cls, amount):
        return cls(amount)

    def __add__(self, other):
        return self.of(self.amount + other)


class Point(NamedTuple("Point", [("x", float), ("y", float)])):
    def __new__(cls, x, y):
        return tuple.__new__(cls, (cap(x), y))

    @classmethod
    def on_axis(cls, x):
        return cls(x, 0.0)


@dataclass
class Prediction:
    score: float
    positive: bool = field(init=False)

    def __post_init__(self):
        self.positive = self.score > 0


class OwnError(ArithmeticError):
    def __init__(self, x):
        RATES["rate"] += 0.0 * x


class Settings(dict):
    """A dictionary that makes others."""


class Item:
    x = "EUR"

    def format(self):
        return "item"


class Flip:
    def compute(self, x):
        return -x if isinstance(x, float) and x > 2.5 else x

    @staticmethod
    def apply(x):
        return -x if isinstance(x, float) and x > 2.5 else x


class Doubled(Flip):
    def compute(self, x):
        return super(Doubled, self).compute(x) * 2.0  # noqa: UP008 (as some write it)


class Held(Flip):
    def compute(self, x):
        parent = super()
        return parent.compute(x) * 2.0


class Named(Flip):
    def compute(self, x):
        return Flip.compute(self, x) * 2.0


class Setting:
    x = 0.0

    def stretch(self):
        object.__setattr__(self, "x", 2.0)
        return self.x


class Slotted:
    __slots__ = ("n",)


class Answering(dict):
    def __getattr__(self, name):
        return self[name]


class Meta(type):
    rate = property(lambda kind: cap(RATES["rate"] * 20.0))


class Metered(metaclass=Meta):
    rate = 2.0


class Indexed:
    def __getitem__(self, i):
        return [1.0, 2.0][i]


class Capped:
    def __set__(self, thing, number):
        thing.__dict__["amount"] = cap(number)


@dataclass
class Dose:
    amount: float


Dose.amount = Capped()


class Relu:
    @staticmethod
    def apply(x):
        return max(x, 0.0)


class Stacked:
    def __init__(self, activation, following=None):
        self.activation, self.following = activation, following

    def forward(self, x):
        y = self.activation.apply(x)
        return y if self.following is None else self.following.forward(y)


class Distinct(set):
    """What looks numbers up, and is passed on."""


def collect(v):
    middle = sum(v) / len(v)
    found = defaultdict(lambda: middle)
    found[0] = v[0]
    return found


@dataclass(eq=False)
class Player:
    rating: float


def fail(x):
    raise OwnError(x)


price, origin, settings, item, text = Price(1.0), Point(0.0, 0.0), Settings(), Item(), "{.x}"
answering, words, slotted = Answering(a=2.0), Counter("hello"), Slotted()
slotted.n, setting, indexed, team = 2.0, Setting(), Indexed(), [Player(1.0), Player(2.0)]
MAKES = r"makes an object of {}, by its own __{}__: make it outside, or of a dataclass without one"
REFUSED = {
    "a constructor": (lambda x: Price(x).amount, MAKES.format("Price", "init")),
    "a class method's": (lambda x: (price + x).amount, MAKES.format("Price", "init")),
    "a named tuple's own": (lambda x: origin.on_axis(x).x, MAKES.format("Point", "new")),
    "a constructor by name": (lambda x: Point.__new__(Point, x, 1.0).x, r"asks for Point\.__new__"),
    "a field that is computed": (lambda x: Prediction(x), MAKES.format("Prediction", "post_init")),
    "fromkeys": (lambda x: settings.fromkeys(["a"], x)["a"], r"asks for \.fromkeys"),
    "format": (lambda x: (x, item.format() + text.format(item)), r"asks for \.format"),
    "super": (Doubled().compute, r"uses super\(\): call the class by its name, Base"),
    "super that is kept": (Held().compute, r"uses super\(\)"),
    "a parent by its name": (Named().compute, "in compute, uses isinstance"),
    "an attribute set past its class": (lambda x: x * setting.stretch(), r"object\.__setattr__"),
    "slots": (lambda x: x * slotted.n, "uses slotted, an object of Slotted, which has __slots__"),
    "a counter": (lambda x: x * words["l"], r"uses a Counter: make a dict of it, dict\(counts\)"),
    "a __getattr__": (lambda x: x * answering["a"], "Answering, which has a __getattr__: give its"),
    "no __iter__": (lambda x: x * sum([*indexed]), "an object of Indexed: give it an __iter__"),
    "a metaclass": (lambda x: x * Metered.rate, "uses an object of Metered"),
    "a descriptor": (lambda x: Dose(x).amount, r"asks for \.__dict__"),
    "code of several": (Stacked(Relu, Stacked(Flip)).forward, "in apply, uses isinstance"),
    "code of objects": (Stacked(Relu(), Stacked(Flip())).forward, "in apply, uses isinstance"),
    "a set in an operation": (
        lambda x: mean(map(len, map(Distinct, [[x, 2.0], [x]]))), "look a number up",
    ),
    "a default of its own": (lambda x: collect([x, 2.0]), "a defaultdict with a default_factory"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_followed_of_a_class_runs_as_it_is_and_says_why(name):
    function, told = REFUSED[name]
    with pytest.warns(RuntimeWarning, match=f"runs as it is, not compiled: .*{told}"):
        assert_same_calls(function, *[(x,) for x in (1.0, 2.0, 2.5, 3.0, 40.0)])


class Account:
    def __init__(self, start):
        self.start = start


@dataclass
class Balance:
    balance: float


class Savings(Account, Balance):
    @property
    def balance(self):
        return self.start * RATES["rate"]


class Options:
    def __iter__(self):
        return iter(self.keys())

    def keys(self):
        return ["rate"] if RATES["rate"] > 2 else []

    def __getitem__(self, key):
        return RATES[key]


@dataclass
class Base:
    w: list = field(default_factory=lambda: [RATES["rate"]])


@dataclass(init=False)
class Later(Base):
    w: list = None


class Scaled(NamedTuple):
    x: float
    act: object = lambda x: x * RATES["rate"]


def step(x, rate=1.0):
    return x * rate


savings, options = [Savings(1.0), Savings(2.0)], Options()
WATCHED = {
    "a property that a generated method asks": lambda x: x if savings[0] == savings[1] else x + 5,
    "the keys of **": lambda x: step(x, **options),
    "a dictionary of them": lambda x: step(x, **dict(options)),
    "an ordered one": lambda x: step(x, **OrderedDict(options)),
    "a default of a field": lambda x: Base().w[0] * x,
    "one of a parent's": lambda x: Later().w[0] * x,
    "a default of a named tuple": lambda x: Scaled(x).act(x),
}


@pytest.mark.parametrize("name", WATCHED)
def test_what_a_class_takes_from_elsewhere_is_another_at_the_very_next_call(name, monkeypatch):
    compiled = assert_same_calls(WATCHED[name], (1.0,), (2.0,), (3.0,))
    assert compiled.variants
    before = compiled(3.0)
    monkeypatch.setitem(RATES, "rate", 0.0 if "property" in name else 5.0)
    assert compiled(3.0) == WATCHED[name](3.0) != before


def test_a_class_of_ones_own_fails_as_it_does():
    with pytest.warns(RuntimeWarning, match="makes an object of OwnError"), pytest.raises(OwnError):
        compile(fail)(1.0)


def test_an_argument_that_is_equal_to_itself_alone_is_refused():
    for function in (
        lambda player: 2.0 * player.rating if player in team else player.rating,
        lambda player: {team[0]: 10.0}.get(player, 1.0),
    ):
        with pytest.warns(RuntimeWarning, match="Player, which is equal to itself alone"):
            assert_same_calls(function, (Player(1.5),), (Player(2.5),), (team[0],))


@dataclass
class Line:
    xs: list
    slope: float = field(init=False, repr=False)


def test_a_field_may_hold_nothing_yet():
    line, other = Line([1.0, 2.0]), Line([1.0, 2.0])
    other.slope = 4.0
    for _ in range(3):
        assert compile(lambda line: sum(line.xs))(line) == 3.0
        assert compile(lambda line: line.slope)(other) == 4.0
        with pytest.raises(AttributeError, match="no attribute 'slope'"):
            compile(lambda line: line.slope)(line)


@dataclass
class Node:
    weight: float
    children: list = field(default_factory=list)
    found: dict = field(default_factory=dict)
    parent: object = field(default=None, repr=False, compare=False)

    def total(self):
        return self.weight + sum(child.total() for child in self.children)


def make_tree(x):
    root = Node(x)
    root.children.append(Node(2.0 * x, [], {}, root))
    return root


def test_a_ring_among_arguments_or_results_runs_as_it_is():
    assert compile(Node.total)(make_tree(1.0)) == 3.0
    assert compile(make_tree)(1.0).total() == 3.0


def gather(x):
    node = Node(x)
    node.found["x"] = node.weight * 2.0
    return node.found["x"], node


def test_a_field_may_begin_as_an_empty_dictionary_and_be_a_result():
    assert len(assert_same_calls(gather, (1.0,), (2.0,)).variants) == 1


@dataclass(frozen=True)
class Pair:
    x: float
    y: float

    def __copy__(self):
        return self


class Counting(list):
    counted = 0

    def append(self, item):
        Counting.counted += 1
        list.append(self, item)


def multiply(pair):
    if pair.x < 0:
        raise ValueError("negative")
    return pair.x * pair.y


def test_no_method_of_theirs_makes_the_copies_of_arguments_and_results():
    assert_same_calls(lambda x, y: Pair(x + y, x * y), (1.0, 2.0), (1.0, 2.0), (5.0, 2.0))
    with pytest.raises(ValueError, match="negative"):
        compile(multiply)(Pair(-1.0, 2.0))
    assert compile(sum)(Counting([1.0, 2.0])) == 3.0
    assert Counting.counted == 0


def test_an_argument_may_be_called_self():
    assert compile(lambda self, x: self * x)(self=2.0, x=3.0) == 6.0


def product(v):
    return v[0] * v[1]


def search(x):
    first = grad(product)([x, 1.0])
    second = grad(product)([x * first[0], 1.0])
    return 1.0 if second[0] * second[1] == 0 else second[1]


def test_a_derivative_of_a_derivative_in_a_row_is_a_number():
    assert len(assert_same_calls(search, (2.0,), (3.0,), (0.0,)).variants) == 2


class Residual(MLP):
    def __call__(self, x):
        return MLP.__call__(self, x) + x[0]


def test_a_class_may_be_called_by_its_name():
    model = Residual(2, [3, 1], rng=random.Random(0))
    compiled = compile(lambda a, b: model([a, b]))
    assert compiled(1.0, 2.0) == model([1.0, 2.0]).data
    assert len(compiled.variants) == 1


class Weighted:
    def __init__(self, weight):
        self.weight = weight

    def parameters(self):
        return [str(self.weight) and self.weight]


class Penalised:
    def __init__(self, model, following=None):
        self.model, self.following = model, following

    def forward(self, x):
        own = x * sum(p * p for p in self.model.parameters())
        return own if self.following is None else own + self.following.forward(x)


def test_the_same_code_may_ask_a_model_and_a_class_of_ones_own():
    model = MLP(1, [1], rng=random.Random(1))
    compiled = compile(Penalised(model, Penalised(Weighted(Value(2.0)))).forward)
    with pytest.warns(RuntimeWarning, match="in parameters, uses str"):
        compiled(1.0)


def test_a_default_of_a_result_is_made_at_each_call():
    compiled = compile(lambda x: defaultdict(list, {"a": [x]}))
    assert [compiled(1.0), compiled(2.0), compiled(1.0)["b"]] == [{"a": [1.0]}, {"a": [2.0]}, []]
