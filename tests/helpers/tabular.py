"""Models of tables in tests: columns of numbers and of texts, each kind of target."""

import random

from micrograd_nn import MLP
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.storage import SavedModel

WEIGHT = NumericColumn("weight", 120.5, 17.25)
SHARE = NumericColumn("share", 50.0, 0.1, "%")
COLOUR = TextColumn("colour", ("green", "red", "yellow or so"))
TARGETS = {
    "number": NumericColumn("price", 3000.25, 812.5),
    "percentage": NumericColumn("part", 33.0, 7.1, "%"),
    "two": TextColumn("fruit", ("apple", "pear")),
    "many": TextColumn("kind", tuple("abcdefg")),
}
INPUTS = {"numbers": (WEIGHT, SHARE), "mixed": (WEIGHT, COLOUR, SHARE), "texts": (COLOUR,)}
ALL = [*[("mixed", target) for target in TARGETS], ("numbers", "number"), ("texts", "two")]
# Texts that end a comment, a string or a line of some language, or are a name in one.
HOSTILE = [
    '*/ int x; /* "', "a\\", "??/", "</script><!--", "new\nline\u2028", "größe π 🙂", "\u202e bidi",
    "M_PI", "OK", "ok", "INPUTS", "1", "'''\"\"\"", "{0} ${x} %d $name", " ",
]  # fmt: skip


def build(inputs, target, layers=(5, 4), activation="tanh", seed=1, **options):
    """Return a model with the encoding of a table, and weights of any size."""
    encoding = Encoding(inputs, target)
    sizes = [*layers, encoding.n_outputs]
    rng = random.Random(seed)
    return SavedModel(MLP(encoding.n_inputs, sizes, activation, rng=rng, **options), encoding)


def draw_row(saved, rng):
    return [
        rng.choice(column.categories)
        if isinstance(column, TextColumn)
        else rng.gauss(column.mean, 2 * column.scale)
        for column in saved.encoding.input_columns
    ]
