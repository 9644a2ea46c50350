"""Compiled functions compared with the functions themselves, bit for bit.

Where its program fails, a compiled function runs as it is: then every number is right, and nobody
learns of it. So what compares them counts the calls that programs served.
"""

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


def count_served(compiled):
    """Return how many calls of a compiled function its programs answered."""
    return sum(variant.uses for known in compiled.variants.by_key.values() for variant in known)


def assert_same_calls(function, *calls, by=run_eagerly, signed=False, served=None):
    """Compare calls of a compiled function with the function's own, bit for bit and in turn.

    Of those on numbers, the signs of zeros are left out unless they are asked for. Programs
    have to answer all calls but those with a NaN, each made twice, or as many as are ``served``.
    """
    compiled, due = compile(function), 0
    for arguments in [*calls, *calls]:
        found, wanted = compiled(*arguments), by(function, *arguments)
        if by is run_on_numbers and not signed:
            found, wanted = drop_signs_of_zeros(found), drop_signs_of_zeros(wanted)
        assert pack_floats(found) == pack_floats(wanted), arguments
        due += not any(x != x for x in iterate_numbers([arguments, wanted]))
    assert count_served(compiled) == (due if served is None else served)
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
    """Compare a compiled function with itself, errors too, in this order and the other.

    Programs have to answer all calls but those with an error.
    """
    for order in (calls, calls[::-1]):
        compiled, wanted = compile(function), results(function, *order)
        assert results(compiled, *order) == wanted
        assert count_served(compiled) == sum(type(one) is str for one in wanted)


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
