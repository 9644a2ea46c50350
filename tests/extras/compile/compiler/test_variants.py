"""Programs of one function: found by the form of its arguments, made again, limited, given up."""

import pytest

from micrograd_nn import Value
from micrograd_nn._ground.nested import iterate_numbers
from micrograd_nn.extras.compile.compiler.errors import NotCompiledError
from micrograd_nn.extras.compile.compiler.variants import FixedMoreError, Variant, Variants


def form_of(variants, *arguments):
    return variants.read_form(arguments, list(iterate_numbers(arguments)))


def predict(variants, *arguments):
    form = form_of(variants, *arguments)
    return variants.run(form, Variant.predict, form.row)


class Data(Variants):
    """Programs of a function whose whole numbers may change as long as it takes them."""

    whole = 2, 1, 0


def test_whole_numbers_that_a_function_cannot_take_as_values_are_fixed_and_all_begins_anew():
    variants = Data(lambda x, i: x * [1.0, 2.0][i] if i is not None else x, "f", [])
    assert predict(variants, 3, None) == 3.0
    with pytest.raises(FixedMoreError):
        predict(variants, 3, 1)
    assert len(variants) == 0
    assert [predict(variants, x, i) for x, i in ((3, 0), (3, 1), (4, 0))] == [3.0, 6.0, 4.0]
    assert len(variants) == 2
    with pytest.raises(FixedMoreError):  # nothing but the 3 is left to fix
        predict(variants, 3, 5)
    with pytest.raises(NotCompiledError, match="take a number as an index"):
        predict(variants, 3, 5)


def test_an_error_of_arithmetic_is_no_error_of_the_function():
    def root(x):
        return x.sqrt()

    with pytest.raises(NotCompiledError, match="the derivative of sqrt"):
        predict(Variants(root, "f", []), 0.0)


def test_a_variant_of_parameters_has_a_gradient_by_them_and_by_what_is_taken_from_elsewhere():
    w, own = Value(2.0), Value(5.0)
    variant = Variant(lambda x: x * w * own, [3.0], [0], [w])
    assert variant.leaves == (w, own)
    assert variant.program(variant.add_others([2.0]), [[3.0]]) == (30.0, [15.0, 6.0])
    own.data = 7.0
    assert variant.add_others([2.0]) == [2.0, 7.0]


@pytest.mark.parametrize(("level", "places"), [(0, [0, 1, 3, 4]), (1, [0, 1, 3]), (2, [0, 3])])
def test_what_may_change(level, places):
    arguments = [0.5, 2, True], (1.5, 3), "name"
    variants = Data(print, "f", [])
    variants.level = level
    assert variants.find_movable(arguments, list(iterate_numbers(arguments))) == places
