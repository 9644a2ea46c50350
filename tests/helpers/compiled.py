"""Compiled functions compared with the functions themselves, bit for bit."""

import copy
import math
from struct import pack

from micrograd_nn import Value, compile
from micrograd_nn._ground.nested import iterate_numbers, rebuild


def lift_floats(structure):
    """Return a structure with a Value for each float in it."""
    numbers = [Value(x) if type(x) is float else x for x in iterate_numbers(structure)]
    return rebuild(structure, iter(numbers))


def read_numbers(structure):
    """Return a structure with numbers for Values."""
    numbers = [x.data if isinstance(x, Value) else x for x in iterate_numbers(structure)]
    return rebuild(structure, iter(numbers))


def pack_floats(structure):
    """Return a structure with the eight bytes of each float."""
    numbers = [pack("d", x) if type(x) is float else x for x in iterate_numbers(structure)]
    return rebuild(structure, iter(numbers))


def run_eagerly(function, *arguments):
    """Return what the function gives on Values, as numbers."""
    return read_numbers(function(*lift_floats(list(arguments))))


def assert_same_calls(function, *calls, by=run_eagerly, signed=False):
    """Compare calls of a compiled function with the function's own, bit for bit and in turn.

    Of those on numbers, the signs of zeros are left out unless they are asked for.
    """
    compiled = compile(function)
    for arguments in [*calls, *calls]:
        found, wanted = compiled(*arguments), by(function, *arguments)
        if by is run_on_numbers and not signed:
            found, wanted = drop_signs_of_zeros(found), drop_signs_of_zeros(wanted)
        assert pack_floats(found) == pack_floats(wanted), arguments
    return compiled


def results(function, *calls):
    """Return what a function gives for each of some arguments, or the error that it raises."""
    found = []
    for arguments in copy.deepcopy(calls):
        try:
            found.append(repr(read_numbers(function(*arguments))))
        except Exception as error:
            found.append((type(error), str(error)))
    return found


def assert_same_results(function, *calls):
    """Compare a compiled function with itself, errors too, in this order and the other."""
    for order in (calls, calls[::-1]):
        assert results(compile(function), *order) == results(function, *order)


def run_on_numbers(function, *arguments):
    """Return what a function of numbers gives, such as a derivative."""
    return function(*arguments)


def drop_signs_of_zeros(structure):
    """Return a structure with 0.0 for -0.0: derivatives don't keep the sign of a zero."""
    return rebuild(structure, iter([x + 0.0 if x == 0 else x for x in iterate_numbers(structure)]))


def piecewise(x):
    if x < -1:
        return -x
    if x <= 1:
        return x * x
    return x.exp() if x > 2 else 3 * x


NUMBERS = [-3.0, -1.0, -0.5, 0.0, -0.0, 0.5, 1.0, 1.5, 2.0, 2.5, math.inf, -math.inf, math.nan]
