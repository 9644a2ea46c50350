"""Whether an optimizer steps by its rule alone, and may be asked ahead: then it can step in C."""

from __future__ import annotations

import builtins
import math
from dis import get_instructions
from inspect import getattr_static, getclosurevars
from types import CodeType, FunctionType
from typing import Any

from ...optim import SGD, Adam, AdamW, Optimizer
from ..compile.compiler.classes import is_of_the_package


def steps_by_rule(optimizer: Optimizer) -> bool:
    """Tell whether an optimizer steps by a rule of this package's, and in no way of its own."""
    kind = type(optimizer)
    names = "step", "put", "list_states", "run_rule"
    is_own = {*names, "rule", "numbers", "lr_at"} & vars(optimizer).keys()
    return (
        getattr(getattr_static(kind, "rule"), "__func__", None) in OWN_RULES
        and not is_own
        and all(getattr(kind, name) is getattr(Optimizer, name) for name in names)
    )


OWN_RULES = SGD.rule, Adam.rule, AdamW.rule
HELD = "betas", "eps", "momentum", "weight_decay", "largest_gradient"  # beside the schedule
OWN_NUMBERS = {kind.numbers for kind in (Optimizer, SGD, Adam, AdamW)}
WRITES = ("STORE_GLOBAL", "STORE_DEREF", "STORE_ATTR", "STORE_SUBSCR", "DELETE", "IMPORT", "YIELD")
MOST_WITHIN = 10  # functions within functions
PURE = (min, max, abs, pow, round, int, float, bool, sum, range, len, divmod)


def can_foresee_numbers(optimizer: Optimizer) -> bool:
    """Tell whether the numbers of a step depend on nothing but which step it is.

    Then they can be asked for before the steps ahead are taken.
    """
    kind: Any = type(optimizer)
    is_own = kind.numbers in OWN_NUMBERS and kind.lr_at is Optimizer.lr_at
    if not is_own or any(map(computes_attributes, kind.__mro__)):
        return False
    used = [vars(optimizer).get(name, getattr_static(kind, name, None)) for name in HELD]
    return all(map(depends_on_step_alone, [optimizer.schedule, *used]))


def computes_attributes(kind: type) -> bool:
    """Tell whether a class of a user's may compute what its objects hold: a property, say."""
    parts = [] if is_of_the_package(kind.__module__) or kind is object else vars(kind).items()
    return any(
        (hasattr(part, "__get__") and not isinstance(part, (FunctionType, staticmethod)))
        or name in ("__getattr__", "__getattribute__")
        for name, part in parts
        if name not in ("__dict__", "__weakref__")
    )


def depends_on_step_alone(function: Any, within: int = 0) -> bool:
    """Tell whether a schedule is arithmetic on the step, on numbers and on what is such itself.

    >>> import math, random
    >>> rates = [0.1, 0.01]
    >>> depends_on_step_alone(lambda step: 0.1 * math.exp(-step / 100))
    True
    >>> depends_on_step_alone(lambda step: rates.pop()), depends_on_step_alone(random.random)
    (False, False)

    One that may be otherwise, for all that can be seen, is taken to be.
    """
    if within > MOST_WITHIN:  # a function that calls itself, say
        return False
    if type(function) in (int, float, bool, str, type(None)) or function in PURE:
        return True
    if type(function) is tuple:
        return all(depends_on_step_alone(item, within + 1) for item in function)
    if not isinstance(function, FunctionType):
        return False
    code, names = function.__code__, dict(getclosurevars(function).globals)
    if any(instruction.opname.startswith(WRITES) for instruction in get_instructions(code)):
        return False
    if any(isinstance(constant, CodeType) for constant in code.co_consts):
        return False
    attributes = set(vars(math)) if names.pop("math", None) is math else set()
    used = [names.get(name, vars(builtins).get(name)) for name in code.co_names]
    used += [cell.cell_contents for cell in function.__closure__ or ()]
    used += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return {*code.co_names} <= {"math", *names, *vars(builtins), *attributes} and all(
        depends_on_step_alone(one, within + 1) for one in used
    )
