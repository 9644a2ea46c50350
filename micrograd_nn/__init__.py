"""micrograd_nn: a scalar autograd engine to step through, draw, trust and train with.

>>> from micrograd_nn import Value
>>> x = Value(2.0)
>>> y = x**3 + x.exp()
>>> y.backward()
>>> round(x.grad, 4)  # 3x² + exp(x)
19.3891

What one uses most stands at this door: ``from micrograd_nn import Value, MLP, draw, explain, page,
tree``, and what extras add, such as ``fit`` and ``compile``. A star import leaves out what is
loaded when first wanted (MLP, draw, fit …), and what would hide Python's own abs, max, min, pow and
sum, which work on Values, too. The rest is in the room of its name:

- ``engine`` the operations and the chain rule; ``calculus`` derivatives of functions; ``graph``
  what can be asked of a recorded graph; ``notation`` how rules and expressions are written
- ``nn``, ``losses``, ``optim`` networks
- ``explain``, ``draw``, ``page``, ``notebook`` ways of showing; ``stepping``, ``debugger``,
  ``terminal`` going through backpropagation step by step
- ``checks`` whether gradients, operations and programs are right
- ``extras`` what can be left out: ``compile``, ``train``, ``tables``, ``export``, ``practice``, …
- ``_ground`` what all stand on: text, files, colors, and other libraries' names
"""

import sys
from functools import cache, partial
from importlib import import_module
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from ._ground.extras import Moved, NoExtraError, collect, load
from ._ground.habits import add_habits, is_import, raise_missing
from ._ground.text import InputError
from .engine.backprop import Step, steps
from .engine.node import nodes
from .engine.operation import Operation, Reduction
from .engine.setting import no_grad
from .engine.table import (
    OPERATIONS,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    choose,
    cos,
    cosh,
    degrees,
    dot,
    elu,
    equal,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floordiv,
    gelu,
    hypot,
    leaky_relu,
    level,
    log,
    log1p,
    log2,
    log10,
    log_softmax,
    logsumexp,
    mean,
    mod,
    mul,
    neg,
    pow_by_x,
    pow_by_y,
    prod,
    radians,
    relu,
    semicircle,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    sqrt,
    step,
    sub,
    tan,
    tanh,
    truediv,
    where,
)
from .engine.table import abs as abs
from .engine.table import max as max
from .engine.table import min as min
from .engine.table import pow as pow
from .engine.table import sum as sum
from .engine.value import Constant, Value

if TYPE_CHECKING:  # which knows no module that can be called: these are functions, draw(x) alone
    from .checks.gradcheck import gradcheck as gradcheck
    from .draw import draw as draw
    from .explain import explain as explain
    from .explain.tree import tree as tree
    from .extras import *  # noqa: F403 - what these add
    from .nn import MLP as MLP
    from .notebook import widget as widget
    from .page import page as page

__version__ = "0.1.0"

__all__ = [
    "OPERATIONS",
    "Constant",
    "InputError",
    "Operation",
    "Reduction",
    "Step",
    "Value",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "choose",
    "cos",
    "cosh",
    "degrees",
    "dot",
    "elu",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floordiv",
    "gelu",
    "hypot",
    "leaky_relu",
    "level",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logsumexp",
    "mean",
    "mod",
    "mul",
    "neg",
    "no_grad",
    "nodes",
    "pow_by_x",
    "pow_by_y",
    "prod",
    "radians",
    "relu",
    "semicircle",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "step",
    "steps",
    "sub",
    "tan",
    "tanh",
    "truediv",
    "where",
]


# What is loaded when first wanted: functions and classes by their module, and modules that can be
# called like the one function that they are for: ``from micrograd_nn import draw`` gives what can
# be called whether or not ``micrograd_nn.draw`` was imported before. Extras add more.
LAZY = {
    "MLP": "nn",
    "gradcheck": "checks.gradcheck",
    "tree": "explain.tree",
    "widget": "notebook",
}

# The other rooms: they open by their name, as micrograd_nn.optim does, and whoever looks for one of
# these names elsewhere is told where it is. These tables are the list of what is public, as the
# pages of docs/look-up/api are; what isn't in them, nor added by extras, is private.
ROOMS = {
    "calculus": "derivative grad gradients hessian jacobian jvp value_and_grad vjp",
    "checks.gradcheck": "GradCheck GradientError gradcheck_model",
    "checks.mistakes": "AnomalyError anomaly_detection find_culprit provenance stale unreached",
    "checks.testing": "check_operation graphs inputs_of",
    "debugger": "post_mortem set_trace step_back stop_in_backward",
    "draw": "",
    "explain": "",
    "graph.rebuilding": "BranchError",
    "losses": "binary_cross_entropy cross_entropy hinge l1_penalty l2_penalty mean_absolute_error "
    "squared_error weighted",
    "nn": "Embedding Layer Module Neuron load_state numpy_random numpy_weights state",
    "optim": "Adam AdamW Optimizer SGD constant cosine linear",
    "page": "",
    "stepping": "Backprop Passes",
}
FOLDERS = {"extras", *[room.partition(".")[0] for room in ROOMS]}


@cache
def list_homes() -> dict[str, frozenset[str]]:
    """Return what is public, by the modules from which it is imported."""
    rooms = ROOMS | {f"extras.{room}": names for room, names in collect("rooms").items()}
    own = [room for room in ROOMS if not ROOMS[room]]  # each of which is a function, too
    return {
        __name__: frozenset([*__all__, *LAZY, *own, *collect("names")]),
        **{f"{__name__}.{room}": frozenset(names.split()) for room, names in rooms.items()},
    }


class Door(ModuleType):
    """The package as a module: those of its modules that have one main function can be called.

    >>> from micrograd_nn import tree
    >>> print(tree(Value(3.0, "x")))
    x  value 3  gradient –
    """

    def __setattr__(self, name: str, thing: Any) -> None:
        """Let a module that was just imported, and is set here by that, be callable and helpful."""
        if isinstance(thing, ModuleType):
            vars(thing).setdefault("__getattr__", partial(look_up, thing))
        main = vars(thing).get(name) if isinstance(thing, ModuleType) else None
        if isinstance(main, FunctionType):
            thing.__class__ = type("CallableModule", (ModuleType,), {
                "__call__": staticmethod(main),
                "__wrapped__": staticmethod(main),  # whose signature is shown
                "__reduce__": lambda self: (import_module, (self.__name__,)),
            })  # fmt: skip
        super().__setattr__(name, thing)


sys.modules[__name__].__class__ = Door


def look_up(module: ModuleType, name: str) -> Any:
    """Open the room of this name in a module, or say where to find what the module lacks."""
    room, homes = f"{module.__name__}.{name}", list_homes()
    if not any(f"{home}.".startswith(f"{room}.") for home in homes):
        raise_missing(module, name, homes, sys._getframe(1))
    found = import_module(room)
    vars(found).setdefault("__getattr__", partial(look_up, found))
    return found


# It was there before the door.
sys.modules[__name__].engine = import_module(f"{__name__}.engine")  # type: ignore[attr-defined]


def __getattr__(name: str) -> Any:
    if name in LAZY:
        return getattr(import_module(f"{__name__}.{LAZY[name]}"), name)
    if name not in FOLDERS:
        if name in (added := collect("names")):
            try:
                return load(f"{added[name]}:{name}")
            except NoExtraError as error:
                raise (error if is_import(sys._getframe(1)) else AttributeError(error)) from None
        if name not in collect("moved"):
            raise_missing(sys.modules[__name__], name, list_homes(), sys._getframe(1))
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *LAZY, *FOLDERS, *collect("names"), *collect("moved")})


def show_in_notebook(node: Value) -> str | None:
    """Return how a notebook shows a result: as its line, and how its page is shown.

    None for a leaf, which is shown as text. The page itself would be 100 kB at each showing.
    """
    if node.operation is None:
        return None
    from html import escape  # which nobody else needs so early

    return (
        f"<code>{escape(repr(node))}</code><br>"
        "<code>micrograd_nn.page(…)</code> shows a page to step through it"
    )


def show_in_pudb(node: Value) -> str:
    """Return how PuDB's list of variables shows a Value."""
    from .debugger.pane import show_line

    return show_line(node)


add_habits(Value, {name: f"write micrograd_nn.{name}(…)" for name in OPERATIONS})

# The engine knows no page and no debugger.
Value._repr_html_ = show_in_notebook  # type: ignore[attr-defined]
Value.safely_stringify_for_pudb = show_in_pudb  # type: ignore[attr-defined]

sys.meta_path.insert(0, Moved())

if sys.gettrace() or not {"_pydevd_bundle", "IPython"}.isdisjoint(sys.modules):  # a debugger, say
    from .debugger.pane import settle_in

    settle_in()
