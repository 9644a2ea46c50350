"""Whether an optimizer steps by its rule alone, and may be asked ahead: then it can step in C."""

from __future__ import annotations

import builtins
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dis import get_instructions
from functools import partial
from inspect import getattr_static, getclosurevars
from types import CodeType, FunctionType
from typing import Any

from ...optim import SGD, Adam, AdamW, Optimizer
from ..compile.compiler.classes import is_of_the_package
from ..compile.compiler.errors import UnreadError
from ..compile.compiler.outside import Outside
from ..compile.compiler.reading import Reader
from ..compile.programs.rule import UnwrittenRuleError


@contextmanager
def changes_refused(outside: Outside) -> Iterator[None]:
    """Put back what a rule changes elsewhere while it is tried, and refuse that."""
    change = ""
    try:
        yield
    finally:
        change = outside.put_back()
    if change:
        raise UnwrittenRuleError(f"the rule of an optimizer changes {change}, outside of it")


def read_rule(optimizer: Optimizer) -> Outside:
    """Return what an optimizer's rule takes from elsewhere: of this package's own, nothing.

    What a program can't follow is an UnwrittenRuleError.
    """
    outside = Outside()
    if optimizer.rule not in OWN_RULES:
        try:
            outside = Reader().read(optimizer.rule)
        except UnreadError as error:
            message = f"the rule of an optimizer can't be written: {error}"
            raise UnwrittenRuleError(message) from None
    outside.keep(partial(getattr, optimizer, "rule"), "rule")
    return outside


def steps_by_rule(optimizer: Optimizer) -> bool:
    """Tell whether an optimizer steps as its rule says, and in no way of its own."""
    kind = type(optimizer)
    names = "step", "put", "list_states", "run_rule"
    is_own = {*names, "rule", "numbers", "lr_at"} & vars(optimizer).keys()
    return (
        isinstance(getattr_static(kind, "rule"), staticmethod)
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
