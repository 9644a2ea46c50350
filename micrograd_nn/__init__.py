"""micrograd_nn: a scalar autograd engine to step through, draw, trust and train with.

>>> from micrograd_nn import Value
>>> x = Value(2.0)
>>> y = x**3 + x.exp()
>>> y.backward()
>>> round(x.grad, 4)  # 3x² + exp(x)
19.3891

What one uses most stands at this door: ``from micrograd_nn import Value, MLP, fit, draw, explain,
page, tree, compile``. Losses are in ``losses``, optimizers in ``optim``, the rest in the module of
its name. A star import leaves out what is loaded when first wanted (MLP, fit, draw …), and
what would hide Python's own abs, max, min, pow and sum, which work on Values, too.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .engine.operation import Operation, Reduction
from .engine.order import nodes
from .engine.setting import no_grad
from .engine.showing import Showing
from .engine.steps import Step, steps
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
    prod,
    radians,
    relu,
    semicircle,
    sigmoid,
    sign,
    silu,
    sin,
    sinc,
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
    from .compiler.functions import compile as compile
    from .draw import draw as draw
    from .explain import explain as explain
    from .gradcheck import gradcheck as gradcheck
    from .nn import MLP as MLP
    from .page import page as page
    from .train import fit as fit
    from .tree import tree as tree

__version__ = "0.1.0"

__all__ = [
    "OPERATIONS",
    "Constant",
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
    "prod",
    "radians",
    "relu",
    "semicircle",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
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
# be called whether or not ``micrograd_nn.draw`` was imported before.
LAZY = {"MLP": "nn", "compile": "compiler.functions", "fit": "train"}
CALLABLE = {"draw", "explain", "gradcheck", "page", "tree"}


class Door(ModuleType):
    """The package as a module: those of its modules that have one main function can be called.

    >>> from micrograd_nn import tree
    >>> print(tree(Value(3.0, "x")))
    x  data 3  grad –
    """

    def __setattr__(self, name: str, thing: Any) -> None:
        """Let a module that was just imported, and is set here by that, be callable."""
        if name in CALLABLE and isinstance(thing, ModuleType):
            main = staticmethod(getattr(thing, name))
            thing.__class__ = type("CallableModule", (ModuleType,), {"__call__": main})
        super().__setattr__(name, thing)


sys.modules[__name__].__class__ = Door


def __getattr__(name: str) -> Any:
    if name in CALLABLE:
        return import_module(f"{__name__}.{name}")
    if name in LAZY:
        return getattr(import_module(f"{__name__}.{LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *LAZY, *CALLABLE})


def show_in_notebook(node: Value) -> str | None:
    """Return how a notebook shows a Value: as its line, with a link to its page."""
    from .page.lesson import link_to_page

    return link_to_page(node)


Showing.show_in_notebook = staticmethod(show_in_notebook)  # the engine itself knows no page
