"""Arrays of NumPy and others as what a program is given: read as they lie, or refused."""

from array import array

import numpy as np
import pytest
from foreign import needs_compiler
from native import use_cache

from micrograd_nn import Value, compile

pytestmark = pytest.mark.usefixtures("with_compiler")

ROWS = [[1.0, 2.0], [3.0, 4.0], [-1.0, 0.5]]
SPREAD = np.zeros((6, 4))
SPREAD[::2, ::2] = ROWS
FIXED = np.array(ROWS)
FIXED.flags.writeable = False
ARRAYS = {
    "doubles": np.array(ROWS), "read only": FIXED, "by columns": np.asfortranarray(FIXED),
    "with gaps": SPREAD[::2, ::2], "backwards": np.array(ROWS[::-1])[::-1],
    "of a byte off": np.frombuffer(b"." + FIXED.tobytes(), offset=1).reshape(3, 2),
    "in the other order of bytes": FIXED.astype(FIXED.dtype.newbyteorder()),
    "single": FIXED.astype("f4"), "half": FIXED.astype("f2"), "objects": FIXED.astype(object),
    "a view": memoryview(FIXED), "rows of arrays": [*FIXED],
    "rows of array": [array("d", row) for row in ROWS],
}  # fmt: skip


@needs_compiler
@pytest.mark.parametrize("rows", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("native", [True, False])
def test_arrays_are_read_as_the_numbers_in_them(native, rows, common_cache, monkeypatch):
    use_cache(monkeypatch, common_cache)  # one program for all of them
    x, y, w, v = (Value(1.0, name) for name in "xywv")
    program = compile((w * x + v * y).exp() / (y * v), [x, y], [w, v], native=native)
    wanted = program([0.25, 1.5], ROWS)
    for numbers in ([0.25, 1.5], np.array([0.25, 1.5]), np.array([0.25, 9.0, 1.5])[::2]):
        assert program(numbers, rows) == wanted
        assert program(numbers, rows, start=numbers) == program(numbers, rows, start=[0.25, 1.5])
        assert program.predict(numbers, FIXED[0]) == program.predictions(numbers, rows)[0]
        assert program.descend(numbers, rows, 2, 0.001)[1][0] == wanted[0]
    with pytest.raises(ZeroDivisionError, match=r"needs y != 0; x = .*, y = 0.0"):
        program([0.25, 1.5], np.array([[1.0, 2.0], [1.0, 0.0]]))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (np.array(1.0), "rows is a list of rows"), (np.zeros(2), "rows is a list of rows"),
        (np.zeros((2, 2, 2)), "needs a number, not a list"),
        (np.zeros((1, 2), bool), "needs a number, not a bool"),
        (np.zeros((1, 2), complex), "needs a number, not a complex"),
        (np.ma.array(ROWS, mask=[[0, 0], [0, 1], [0, 0]]), "not a MaskedConstant"),
        (np.zeros((1, 2), "M8[s]"), "needs a number, not a datetime64"),
    ],
)  # fmt: skip
def test_an_array_of_anything_else_is_refused(rows, told):
    x, y = Value(1.0, "x"), Value(2.0, "y")
    with pytest.raises(TypeError, match=told):
        compile(x * y, [x, y], [])((), rows)
