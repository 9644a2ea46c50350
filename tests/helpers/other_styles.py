"""Engines in other styles than the lecture's: classes of operations, a tape, a dictionary, paths.

A right one of each, and what breaks it: each with the faults that are to be named, and the line.
"""

FUNCTIONS = '''\
class Function:
    def __call__(self, *inputs):
        inputs = [x if isinstance(x, Variable) else Variable(x) for x in inputs]
        out = Variable(self.forward(*[x.data for x in inputs]))
        self.inputs = inputs
        self.output = out
        out.creator = self
        out.generation = max(x.generation for x in inputs) + 1
        return out


class Add(Function):
    def forward(self, a, b):
        return a + b

    def backward(self, g):
        return g, g


class Mul(Function):
    def forward(self, a, b):
        self.saved = a, b
        return a * b

    def backward(self, g):
        a, b = self.saved
        return g * b, g * a


class Div(Function):
    def forward(self, a, b):
        self.saved = a, b
        return a / b

    def backward(self, g):
        a, b = self.saved
        return g / b, -g * a / b**2


class Variable:
    """classes of operations"""

    def __init__(self, data):
        self.data = data
        self.grad = None
        self.creator = None
        self.generation = 0

    def backward(self):
        self.grad = 1.0
        todo = [self.creator] if self.creator else []
        seen = set(todo)
        while todo:
            todo.sort(key=lambda f: f.output.generation)
            f = todo.pop()
            for x, g in zip(f.inputs, f.backward(f.output.grad)):
                if x.grad is None:
                    x.grad = g
                else:
                    x.grad = x.grad + g
                if x.creator and x.creator not in seen:
                    seen.add(x.creator)
                    todo.append(x.creator)

    def __add__(self, other):
        return Add()(self, other)

    def __radd__(self, other):
        return Add()(other, self)

    def __mul__(self, other):
        return Mul()(self, other)

    def __rmul__(self, other):
        return Mul()(other, self)

    def __truediv__(self, other):
        return Div()(self, other)
'''
TAPE = '''\
import math

TAPE = []


class Var:
    """a tape"""

    def __init__(self, data, inputs=()):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        TAPE.append(self)

    @staticmethod
    def of(x):
        return x if isinstance(x, Var) else Var(float(x))

    def __add__(self, other):
        other = Var.of(other)
        return Var(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = Var.of(other)
        return Var(self.data * other.data, ((self, other.data), (other, self.data)))

    def __radd__(self, other):
        return Var.of(other) + self

    def __rmul__(self, other):
        return Var(self.data * other, ((self, other),))

    def sin(self):
        return Var(math.sin(self.data), ((self, math.cos(self.data)),))

    def backward(self):
        for node in TAPE:
            if node.inputs:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(TAPE):
            for x, weight in node.inputs:
                x.grad += weight * node.grad
'''
DICTIONARY = '''\
import math


class Scalar:
    """a dictionary of gradients"""

    def __init__(self, value, parents=(), local=()):
        self.value = value
        self.parents = parents
        self.local = local
        self.grad = 0.0

    def lift(self, x):
        return x if isinstance(x, Scalar) else Scalar(x)

    def __add__(self, other):
        other = self.lift(other)
        return Scalar(self.value + other.value, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = self.lift(other)
        return Scalar(self.value * other.value, (self, other), (other.value, self.value))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def exp(self):
        e = math.exp(self.value)
        return Scalar(e, (self,), (e,))

    def order(self):
        seen, result = set(), []

        def visit(node):
            if id(node) in seen:
                return
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            result.append(node)

        visit(self)
        return result[::-1]

    def backward(self):
        grads = {id(self): 1.0}
        nodes = self.order()
        for node in nodes:
            for parent, local in zip(node.parents, node.local):
                share = local * grads[id(node)]
                grads[id(parent)] = grads.get(id(parent), 0.0) + share
        for node in nodes:
            node.grad += grads[id(node)]
'''
PATHS = '''\
import math


class Num:
    """recursion"""

    def __init__(self, val, sources=()):
        self.val = val
        self.sources = sources
        self.grad = 0.0

    def backward(self, grad=1.0):
        self.grad += grad
        for source, slope in self.sources:
            source.backward(grad * slope)

    def __add__(self, other):
        if not isinstance(other, Num):
            return Num(self.val + other, [(self, 1)])
        return Num(self.val + other.val, [(self, 1), (other, 1)])

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Num):
            return Num(self.val * other, [(self, other)])
        return Num(self.val * other.val, [(self, other.val), (other, self.val)])

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def sin(self):
        return Num(math.sin(self.val), [(self, math.cos(self.val))])
'''

QUEUE = """\
            todo.sort(key=lambda f: f.output.generation)
"""
ADDS = """\
                else:
                    x.grad = x.grad + g
"""
PRODUCT = "return Scalar(self.value * other.value, (self, other), (other.value, self.value))"
NAMES = {FUNCTIONS: "Variable", TAPE: "Var", DICTIONARY: "Scalar", PATHS: "Num"}

# what is wrong: the engine, the edits, the faults' names, and the first one's line, if it is told
BROKEN_STYLES = {
    "functions": (FUNCTIONS, [], [], ""),
    "drops later shares": (FUNCTIONS, [(ADDS, "")], ["dropped"], ""),
    "a queue without order": (FUNCTIONS, [(QUEUE, "")], ["order"], "def backward(self):"),
    "the least generation": (
        FUNCTIONS, [("max(x.gen", "min(x.gen")], ["order"], "def backward(self):",
    ),
    "saved for all products": (
        FUNCTIONS,
        [("self.saved = a, b\n        return a *", "Mul.saved = a, b\n        return a *"),
         ("self.saved\n        return g * b", "Mul.saved\n        return g * b")],
        ["last_call"], "return g * b, g * a",
    ),
    "quotient's shares exchanged": (
        FUNCTIONS, [("return g / b, -g * a / b**2", "return -g * a / b**2, g / b")],
        ["local_factor"], "return -g * a / b**2, g / b",
    ),
    "tape": (TAPE, [], [], ""),
    "a tape forwards": (TAPE, [("reversed(TAPE)", "TAPE")], ["order"], "def backward(self):"),
    "a tape cleared": (
        TAPE, [("        self.grad = 1.0\n", "        TAPE.clear()\n        self.grad = 1.0\n")],
        ["nothing"], "def backward(self):",
    ),
    "a tape left at the first 0": (
        TAPE, [("            for x, w", "            if node.grad == 0:\n                break\n"
                "            for x, w")], ["unknown"], "",
    ),
    "sine of a sign": (
        TAPE, [("math.cos(self.data)", "-math.cos(self.data)")], ["local_factor"],
        "return Var(math.sin(self.data), ((self, -math.cos(self.data)),))",
    ),
    "dictionary": (DICTIONARY, [], [], ""),
    "one key for two operands": (
        DICTIONARY, [(PRODUCT, "local = {self: other.value, other: self.value}\n        return "
                      "Scalar(self.value * other.value, tuple(local), tuple(local.values()))")],
        ["merged"],
        "return Scalar(self.value * other.value, tuple(local), tuple(local.values()))",
    ),
    "no upstream anywhere": (
        DICTIONARY, [("local * grads[id(node)]", "local")], ["upstream_forgotten"], "",
    ),
    "an entry replaced": (
        DICTIONARY, [("grads.get(id(parent), 0.0) + share", "share")], ["overwrite"], "",
    ),
    "paths": (PATHS, [], ["doubles"], "source.backward(grad * slope)"),
    "the sum so far passed on": (
        PATHS, [("grad * slope", "self.grad * slope")], ["revisits"],
        "source.backward(self.grad * slope)",
    ),
    "a path replaces the last": (
        PATHS, [("self.grad += grad", "self.grad = grad")], ["overwrite", "revisits"],
        "self.grad = grad",
    ),
    "a minus that begins a new leaf": (
        PATHS, [("return self * -1", "return Num(-self.val)")], ["doubles", "left_forgotten"],
        "source.backward(grad * slope)",
    ),
}  # fmt: skip


def break_style(engine, edits):
    """Return an engine with some texts replaced, each of which must be there."""
    for old, new in edits:
        assert old in engine, old
        engine = engine.replace(old, new)
    return engine
