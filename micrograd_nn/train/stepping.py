"""The steps of an optimizer while a training lasts: its rule as one function of all parameters."""

from __future__ import annotations

import builtins
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dis import get_instructions
from functools import partial
from inspect import getattr_static, getclosurevars
from types import CodeType, FunctionType
from typing import Any

from ..engine.operation import ARITHMETIC
from ..languages.compiler.classes import is_of_the_package
from ..languages.compiler.errors import UnreadError
from ..languages.compiler.outside import Outside
from ..languages.compiler.reading import Reader
from ..languages.programs.rule import PROBING, UnwrittenRuleError
from ..languages.python.notation import RULES
from ..languages.python.step import write_python_step
from ..optim import SGD, Adam, AdamW, Optimizer


@contextmanager
def rule_compiled(optimizer: Optimizer) -> Iterator[None]:
    """Have an optimizer take its rule by a function in Python, with the same numbers.

    One with a way of its own is left as it is.
    """
    if not steps_by_rule(optimizer):
        yield
        return
    compiled: list[Any] = []
    outside: list[Outside] = []

    def run_rule(
        before: Sequence[Sequence[float]], numbers: Sequence[float]
    ) -> list[Sequence[float]]:
        """Return what the rule itself returns; where that may be another, it runs."""
        try:
            if not compiled:
                outside.append(read_rule(optimizer))
                with changes_refused(outside[0]):
                    compiled.append(compile_rule(optimizer, numbers))
            if outside[0].find_change():
                raise UnwrittenRuleError("the rule takes another thing from elsewhere by now")
            after: list[Sequence[float]] = compiled[0](before, numbers)
            i = optimizer.steps % len(before[0])  # each is compared in its turn
            wanted = optimizer.rule(*[column[i] for column in before], *numbers)
            if repr([column[i] for column in after]) == repr([*wanted]):
                return after
        except (UnwrittenRuleError, *ARITHMETIC):  # which the rule itself tells better
            pass
        vars(optimizer).pop("run_rule")
        return optimizer.run_rule(before, numbers)

    vars(optimizer)["run_rule"] = run_rule
    try:
        yield
    finally:
        vars(optimizer).pop("run_rule", None)


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


def compile_rule(optimizer: Optimizer, numbers: Sequence[float]) -> Any:
    """Return an optimizer's rule as a function of columns, which gives what the rule gives.

    If it can't be written, or gives something else somewhere, that is an UnwrittenRuleError.
    """
    states = len(optimizer.states)
    source, rules = write_python_step(optimizer.rule, states, len(numbers))
    namespace = {**RULES, **rules}
    exec(compile(source, "<rule of micrograd_nn>", "exec", dont_inherit=True), namespace)
    compiled: Any = namespace["run_rule"]
    for grad in PROBING:
        given = [optimizer.parameters[0].data, grad, *[0.25 + 0.5 * i for i in range(states)]]
        try:
            wanted = [*optimizer.rule(*given, *numbers)]
            found = [column[0] for column in compiled([[x] for x in given], numbers)]
        except ARITHMETIC:
            continue
        if repr(found) != repr(wanted):
            raise UnwrittenRuleError("the rule of an optimizer is another for other numbers")
    return compiled


def steps_by_rule(optimizer: Optimizer) -> bool:
    """Tell whether an optimizer steps as its rule says, and in no way of its own."""
    kind = type(optimizer)
    names = "step", "put", "list_states", "run_rule"
    is_own = {*names, "rule", "numbers", "lr_at"} & vars(optimizer).keys() - {"run_rule"}
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
