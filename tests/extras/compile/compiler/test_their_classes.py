"""Classes of the user's: what makes, copies, compares and writes an object is seen, or refused."""

import random
import warnings
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import pytest

from micrograd_nn import Value, compile, mean
from micrograd_nn.calculus import grad
from micrograd_nn.nn import MLP

AS_IT_IS = "runs as it is, not compiled"


def assert_same_calls(function, *calls):
    """Call a function with and without programs."""
    compiled = compile(function)
    assert [compiled(*call) for call in calls] == [function(*call) for call in calls]
    return compiled


class Price:
    """A class that its own objects make more objects of."""

    def __init__(self, amount):
        self.amount = round(amount, 2) if isinstance(amount, float) else amount

    @classmethod
    def of(cls, amount):
        return cls(amount)

    def __add__(self, other):
        return self.of(self.amount + other)


class Temperature:
    offset = 0.0

    def __init__(self, degrees):
        self.degrees = degrees + self.offset

    @classmethod
    def of(cls, degrees):
        return cls(degrees)


class Point(NamedTuple("Point", [("x", float), ("y", float)])):
    def __new__(cls, x, y):
        return super().__new__(cls, float(str(x)), y)

    @classmethod
    def on_axis(cls, x):
        return cls(x, 0.0)


def test_a_class_is_read_that_a_class_method_makes_an_object_of():
    base, origin = Price(1.0), Point(0.0, 0.0)
    for function in (lambda x: (base + x).amount, lambda x: origin.on_axis(x).x):
        with pytest.warns(RuntimeWarning, match=AS_IT_IS):
            assert_same_calls(function, (1.0,), (2.5,), (0.123456,))


def test_what_a_constructor_takes_from_elsewhere_is_watched(monkeypatch):
    freezing = Temperature(0.0)
    compiled = compile(lambda x: freezing.of(x).degrees)
    assert [compiled(1.0), compiled(2.0)] == [1.0, 2.0]
    monkeypatch.setattr(Temperature, "offset", 273.15)
    assert compiled(3.0) == 276.15


class Settings(dict):
    made = 0

    def __init__(self):
        Settings.made += 1


def test_a_dictionary_made_by_another_one_is_refused():
    settings = Settings()
    with pytest.warns(RuntimeWarning, match="asks for .fromkeys"):
        assert_same_calls(lambda x: settings.fromkeys(["a"], x)["a"], (1.0,), (2.0,), (3.0,))
    assert Settings.made == 7


@dataclass(eq=False)
class Player:
    rating: float


def test_an_argument_that_is_equal_to_itself_alone_is_refused():
    team = [Player(1.0), Player(2.0)]
    for function in (
        lambda player: 2.0 * player.rating if player in team else player.rating,
        lambda player: {team[0]: 10.0}.get(player, 1.0),
    ):
        with pytest.warns(RuntimeWarning, match="Player, which is equal to itself alone"):
            assert_same_calls(function, (Player(1.5),), (Player(2.5),), (team[0],))


class Options:
    active = "lr", "beta"

    def __init__(self):
        self.lr, self.beta = 0.1, 0.9

    def keys(self):
        return list(self.active)

    def __getitem__(self, key):
        return {"lr": self.lr, "beta": self.beta}[key]


def step(x, lr=1.0, beta=0.0):
    return x - lr * x * (1 - beta)


OPTIONS = Options()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: step(x, **OPTIONS),
        lambda x: step(x, **{**OPTIONS}),
        lambda x: step(x, **dict(OPTIONS)),
        lambda x: step(x, **OrderedDict(OPTIONS)),
    ],
)
def test_the_keys_of_a_class_of_ones_own_are_watched(function, monkeypatch):
    compiled = compile(function)
    assert [compiled(1.0), compiled(2.0)] == [function(1.0), function(2.0)]
    monkeypatch.setattr(Options, "active", ["lr"])
    assert compiled(3.0) == function(3.0)


class Item:
    currency = "EUR"

    def format(self):
        return "item"


def test_a_text_by_format_is_refused_whatever_has_a_method_of_that_name():
    item, text = Item(), "{.currency}"
    with pytest.warns(RuntimeWarning, match="asks for .format"):
        assert_same_calls(lambda x: (x, item.format() + text.format(item)), (1.0,))


@dataclass
class Prediction:
    score: float
    positive: bool = field(init=False)

    def __post_init__(self):
        self.positive = self.score > 0


@dataclass
class Line:
    xs: list
    slope: float = field(init=False, repr=False)


def test_a_result_may_compute_fields_by_itself():
    weight = Value(2.0)
    compiled = compile(lambda x: Prediction(weight * x))
    for x in (1.0, -1.0, 3.0):
        assert compiled(x) == Prediction(2.0 * x)
    assert len(compiled.variants) == 2


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
    parent: object = field(default=None, repr=False, compare=False)

    def total(self):
        return self.weight + sum(child.total() for child in self.children)


def make_tree(x):
    root = Node(x)
    root.children.append(Node(2.0 * x, [], root))
    return root


def test_a_ring_among_arguments_or_results_runs_as_it_is():
    assert compile(Node.total)(make_tree(1.0)) == 3.0
    assert compile(make_tree)(1.0).total() == 3.0


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
        super().append(item)


def test_no_method_of_theirs_makes_the_copies_of_arguments_and_results():
    assert_same_calls(lambda x, y: Pair(x + y, x * y), (1.0, 2.0), (1.0, 2.0), (5.0, 2.0))
    pair = Pair(-1.0, 2.0)

    def multiply(pair):
        if pair.x < 0:
            raise ValueError("negative")
        return pair.x * pair.y

    with pytest.raises(ValueError, match="negative"):
        compile(multiply)(pair)
    assert pair == Pair(-1.0, 2.0)
    assert compile(sum)(Counting([1.0, 2.0])) == 3.0
    assert Counting.counted == 0


def test_an_argument_may_be_called_self():
    assert compile(lambda self, x: self * x)(self=2.0, x=3.0) == 6.0


def test_a_derivative_of_a_derivative_in_a_row_is_a_number():
    def product(v):
        return v[0] * v[1]

    def search(x):
        first = grad(product)([x, 1.0])
        second = grad(product)([x * first[0], 1.0])
        return 1.0 if second[0] * second[1] == 0 else second[1]

    compiled = assert_same_calls(search, (2.0,), (3.0,), (0.0,))
    assert len(compiled.variants) == 2


class Skipping(MLP):
    """A network whose input goes around it, too."""

    def __call__(self, x):
        return super().__call__(x) + x[0]


class Shape:
    sides = 2.0

    def __init__(self, x):
        self.x = x

    def area(self):
        return self.x * self.sides


class Named(Shape):
    def __init__(self, x):
        super().__init__(x + 1.0)
        self.y = x

    def area(self):
        return super().area() + self.y


class Between(Shape):
    def area(self):
        return super().area() if isinstance(self.x, float) else 0.0


class Both(Named, Between):
    """Between stands behind Named, though Named doesn't know it."""


def test_super_is_followed(monkeypatch):
    model = Skipping(2, [3, 1], rng=random.Random(0))
    assert compile(lambda a, b: model([a, b]))(1.0, 2.0) == model([1.0, 2.0]).data
    compiled = assert_same_calls(lambda x: Named(x).area(), (1.0,), (2.0,))
    monkeypatch.setattr(Shape, "sides", 3.0)
    assert compiled(2.0) == Named(2.0).area() == 11.0


def test_super_may_lead_to_any_base():
    with pytest.warns(RuntimeWarning, match="in area, uses isinstance"):
        assert_same_calls(lambda x: Both(x).area(), (1.0,), (2.0,))


class Residual(MLP):
    def __call__(self, x):
        return MLP.__call__(self, x) + x[0]


def test_a_class_of_the_package_may_be_called_by_its_name():
    model = Residual(2, [3, 1], rng=random.Random(0))
    compiled = compile(lambda a, b: model([a, b]))
    assert compiled(1.0, 2.0) == model([1.0, 2.0]).data
    assert len(compiled.variants) == 1


@dataclass(frozen=True)
class Vector:
    x: float
    y: float

    def __post_init__(self):
        object.__setattr__(self, "norm", (self.x**2 + self.y**2) ** 0.5)

    def stretch(self):
        object.__setattr__(self, "x", self.x + 1.0)
        return self.x


@pytest.mark.parametrize("use", [lambda v: v.norm, lambda v: v.stretch()])
def test_what_a_frozen_dataclass_sets_around_its_own_rule_is_refused(use):
    with pytest.warns(RuntimeWarning, match="asks for object.__setattr__"):
        assert_same_calls(lambda x: use(Vector(x, x)), (1.0,), (2.0,))


class Setting(Shape):
    def area(self):
        super().__setattr__("x", self.x + 1.0)
        return self.x


def test_what_super_may_set_is_refused():
    shape = Setting(1.0)
    compiled = compile(lambda x: x * shape.area())
    with pytest.warns(RuntimeWarning, match=r"asks for super\(\).__setattr__"):
        assert [compiled(1.0), compiled(1.0)] == [2.0, 3.0]


class Loss:
    def compute(self, x):
        return -x if isinstance(x, float) and x > 10 else x


class Doubled(Loss):
    def compute(self, x):
        return super(Doubled, self).compute(x) * 2.0  # noqa: UP008 (as some write it)


class Held(Loss):
    def compute(self, x):
        parent = super()
        return parent.compute(x) * 2.0


@pytest.mark.parametrize("kind", [Doubled, Held])
def test_super_in_another_way_is_refused(kind):
    with pytest.warns(RuntimeWarning, match="uses super"):
        assert_same_calls(lambda x: kind().compute(x), (2.0,), (3.0,), (40.0,))


class Relu:
    @staticmethod
    def apply(x):
        return max(x, 0.0)


class Flip:
    @staticmethod
    def apply(x):
        return -x if isinstance(x, float) and x > 2.5 else x


class Stacked:
    def __init__(self, activation, following=None):
        self.activation, self.following = activation, following

    def forward(self, x):
        y = self.activation.apply(x)
        return y if self.following is None else self.following.forward(y)


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


@pytest.mark.parametrize("second", [Stacked(Relu, Stacked(Flip)), Stacked(Relu, Stacked(Flip()))])
def test_the_same_code_may_ask_several_classes(second):
    with pytest.warns(RuntimeWarning, match="in apply, uses isinstance"):
        assert_same_calls(second.forward, (1.0,), (2.0,), (3.0,))


def test_the_same_code_may_ask_a_model_and_a_class_of_ones_own():
    model = MLP(1, [1], rng=random.Random(1))
    compiled = compile(Penalised(model, Penalised(Weighted(2.0))).forward)
    with pytest.warns(RuntimeWarning, match="in parameters, uses str"):
        compiled(1.0)


@dataclass
class Account:
    balance: float


class Savings(Account):
    def __init__(self, start, rate):
        self.start, self.rate = start, rate

    @property
    def balance(self):
        balance = self.start * (1 + self.rate)
        return round(balance, 1) if isinstance(balance, float) else balance


def test_what_a_generated_method_reads_is_read():
    savings = Savings(1.0, 0.5)
    with pytest.warns(RuntimeWarning, match="in balance, uses isinstance"):
        assert_same_calls(
            lambda x: 1.0 if Savings(x, 0.1) == savings else 0.0, (1.0,), (2.0,), (1.3636,)
        )


class Capped:
    def __init__(self, most):
        self.most = most

    def __set__(self, thing, number):
        thing.__dict__["amount"] = min(number, self.most)


@dataclass
class Dose:
    amount: float


CAP = Dose.amount = Capped(3.0)


def test_what_a_generated_constructor_sets_by_a_descriptor_is_seen(monkeypatch):
    compiled = compile(Dose)
    with pytest.warns(RuntimeWarning, match=AS_IT_IS):
        assert [compiled(5.0), compiled(6.0)] == [Dose(3.0), Dose(3.0)]
    monkeypatch.setattr(CAP, "most", 30.0)
    assert compiled(7.0).amount == 7.0


MADE = {"made": 1.0}


@dataclass
class Base:
    w: list = field(default_factory=lambda: [MADE["made"]])


@dataclass
class Derived(Base):
    w: float = 0.0

    def __post_init__(self):
        super().__init__()


def test_what_a_parents_constructor_makes_is_watched(monkeypatch):
    compiled = compile(lambda x: Derived().w[0] * x)
    assert [compiled(1.0), compiled(2.0)] == [1.0, 2.0]
    monkeypatch.setitem(MADE, "made", 5.0)
    assert compiled(3.0) == 15.0


class Slotted:
    __slots__ = ("n",)


def test_an_object_with_slots_is_refused():
    held = Slotted()
    held.n = 2.0
    with pytest.warns(RuntimeWarning, match="uses held, an object of Slotted, which has __slots__"):
        assert_same_calls(lambda x: x * held.n, (1.0,), (2.0,))


T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, weights):
        self.bias = 1.0
        self.weights = [self.bias * w for w in weights]


def test_a_constructor_may_use_its_object_in_a_comprehension():
    compiled = assert_same_calls(lambda x: sum(Box([x, 2.0]).weights), (1.0,), (2.0,))
    assert len(compiled.variants) == 1


def collect(v):
    middle = sum(v) / len(v)
    found = defaultdict(lambda: middle)
    found[0] = v[0]
    return found


def test_a_default_of_a_result_is_made_at_each_call():
    compiled = compile(collect)
    with pytest.warns(RuntimeWarning, match="a defaultdict with a default_factory of its own"):
        found = [compiled([1.0, 2.0])[9], compiled([3.0, 4.0])[9]]
    assert found == [1.5, 3.5]
    again = compile(lambda x: defaultdict(list, {"a": [x]}))
    assert [again(1.0), again(2.0)] == [{"a": [1.0]}, {"a": [2.0]}]
    assert again(1.0)["b"] == []


class Counts(Counter):
    def update(self, items=None, **named):
        for key, number in named.items():
            self[key] = 10.0 if isinstance(number, float) and number > 10 else number


def test_a_counter_of_ones_own_is_read():
    with pytest.warns(RuntimeWarning, match=AS_IT_IS):
        assert_same_calls(lambda x: Counts(a=x)["a"], (2.0,), (3.0,), (40.0,))
    words = Counter("hello")
    assert len(assert_same_calls(lambda x: x * words["l"], (2.0,), (3.0,)).variants) == 1


@dataclass
class Gathered:
    x: float
    found: dict = field(default_factory=dict)


def test_a_field_may_begin_as_an_empty_dictionary():
    def gather(x):
        gathered = Gathered(x)
        gathered.found["x"] = gathered.x * 2.0
        return gathered.found["x"]

    assert len(assert_same_calls(gather, (1.0,), (2.0,)).variants) == 1


@dataclass(init=False)
class Later(Base):
    w: list = None


def test_a_default_of_a_field_is_read(monkeypatch):
    compiled = compile(lambda x: Later().w[0] * x)
    assert [compiled(1.0), compiled(2.0)] == [1.0, 2.0]
    monkeypatch.setitem(MADE, "made", 5.0)
    assert compiled(3.0) == 15.0


class Distinct(set):
    """What looks numbers up, and is passed on."""


def test_a_set_made_within_an_operation_is_seen():
    def count(u, v):
        return mean(map(len, map(Distinct, [u, v])))

    compiled = compile(count)
    with pytest.warns(RuntimeWarning, match="look a number up"):
        found = [compiled([1.0, 2.0], [3.0, 4.0]), compiled([1.0, 1.0], [3.0, 4.0])]
    assert found == [2.0, 1.5]


class Scaling:
    def __setattr__(self, name, number):
        super().__setattr__(name, number * MADE["made"])


@dataclass(frozen=True)
class Frozen(Scaling):
    a: float = 0.0


class Thawed(Frozen):
    def __init__(self, x):
        self.extra = x


def test_what_a_frozen_dataclass_sets_by_super_is_read(monkeypatch):
    compiled = compile(lambda x: Thawed(x).extra)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [compiled(1.0), compiled(2.0)] == [1.0, 2.0]
        monkeypatch.setitem(MADE, "made", 5.0)
        assert compiled(3.0) == 15.0
