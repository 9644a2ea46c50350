"""A table's model as a file in C with a header, for whatever has a compiler."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from ..._ground.text import InputError
from ...notation.writing.identifiers import Identifiers
from ...notation.writing.quoting import make_prefix, quote_c, quote_comment
from ..compile.c.alone import check_header, fill_file, tell_precision, wrap_numbers
from ..compile.c.narrow import narrow
from ..compile.c.notation import C, NoCError, collect_rules
from ..tables.columns import NumericColumn, TextColumn
from ..tables.storage import SavedModel
from .blueprint import Blueprint, describe_column, describe_model, make_filler, write_activation

LONGEST_STRING = 4000  # bytes; C99 knows strings up to 4,095
OWN_CONSTANTS = "H_INCLUDED OK NOT_FINITE NO_CATEGORY TOO_FAR INPUTS OUTPUTS CLASSES"
SIGNATURES = {
    "give_number": "double *prediction",
    "give_numbers": "double outputs[{name}_OUTPUTS]",
    "give_class": "int *index, double probabilities[{name}_CLASSES]",
}
ABOUT = {
    "give_number": "The prediction is in the target's own unit{unit}.",
    "give_numbers": "The outputs are the network's own.",
    "give_class": (
        "The index is that of the likeliest class, {name}_CLASS_…, and each class has its\n"
        "   probability. {prefix}_classes has the names of the classes, as UTF-8."
    ),
}


def export_c(saved: SavedModel, path: Path, single: bool = False) -> dict[Path, str]:
    """Return the header and the file in C, in single precision if so wanted."""
    header = check_header(path)
    try:
        written = ModelInC(describe_model(saved), path, header, single)
        texts = {header: written.write_header(), path: written.write_source()}
        return {name: narrow(text) for name, text in texts.items()} if single else texts
    except NoCError as error:
        raise InputError(f"not exported: {error}") from None


class ModelInC:
    """The text of a model in C, and that of its header."""

    def __init__(self, model: Blueprint, path: Path, header: Path, single: bool) -> None:
        self.model, self.path, self.header, self.single = model, path, header, single
        self.prefix = make_prefix(path.stem)
        self.name = self.prefix.upper()
        self.notation = C()
        self.fill = make_filler("pieces.c")
        self.identifiers = Identifiers({f"{self.name}_{name}" for name in OWN_CONSTANTS.split()})
        self.columns = [self.name_constant("", column.name) for column in model.columns]
        self.texts = [
            [self.name_constant(f"{column.name}_", text) for text in column.categories]
            if isinstance(column, TextColumn)
            else []
            for column in model.columns
        ]
        self.classes = [self.name_constant("CLASS_", text) for text in model.classes]
        widths = [len(layer.weights[0]) for layer in model.layers]
        self.widest = max(*widths, model.outputs)
        given = SIGNATURES[model.kind].format(name=self.name)
        self.signature = f"int {self.prefix}_predict(const double row[{self.name}_INPUTS], {given})"

    def name_constant(self, before: str, text: str) -> str:
        """Return a constant's name for a text of the table, like no other's."""
        plain = unicodedata.normalize("NFKD", f"{before}{text}").encode("ascii", "ignore").decode()
        word = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:60].upper()
        return self.identifiers.new(f"{self.name}_{word or 'COLUMN'}")

    def write_header(self) -> str:
        """Return the header."""
        model = self.model
        unit = f", {model.target.unit}" if isinstance(model.target, NumericColumn) else ""
        unit = unit if unit.strip(", ") else ""
        about = ABOUT[model.kind].format(unit=unit, name=self.name, prefix=self.prefix)
        names = ""
        if self.classes:
            names = f"extern const char *const {self.prefix}_classes[{self.name}_CLASSES];\n\n"
        return make_filler("pieces.h")(
            "header",
            header=self.header.name,
            title=model.title,
            about=about,
            network=model.network,
            precision=tell_precision(self.single),
            stack=2 * self.widest * (4 if self.single else 8),
            example=self.tell_example(),
            NAME=self.name,
            name=self.prefix,
            enums="\n".join(self.list_enums()),
            prediction=f"{names}{self.signature};\n",
        )

    def list_enums(self) -> list[str]:
        """Return the constants of the columns, of their texts and of the classes."""
        model = self.model
        told = [describe_column(column) for column in model.columns]
        enums = [
            write_enum(
                "The places of the columns in a row.", self.columns, told,
                f"{self.name}_INPUTS",
            )
        ]  # fmt: skip
        for column, names in zip(model.columns, self.texts, strict=True):
            if isinstance(column, TextColumn):
                texts = [quote_comment(text) for text in column.categories]
                title = f"The texts of {quote_comment(column.name)}."
                enums.append(write_enum(title, names, texts))
        if isinstance(model.target, TextColumn):
            texts = [quote_comment(text) for text in model.target.categories]
            title = f"The classes of {quote_comment(model.target.name)}."
            enums.append(write_enum(title, self.classes, texts, f"{self.name}_CLASSES"))
        elif model.target is None:
            enums.append(f"enum {{ {self.name}_OUTPUTS = {model.outputs} }};\n")
        return enums

    def tell_example(self) -> str:
        """Return an example row, and what the model gives for it in double precision."""
        model = self.model
        if model.example is None:
            return ""
        cells = [
            names[0] if isinstance(cell, str) else repr(cell)
            for cell, names in zip(model.example.row, self.texts, strict=True)
        ]
        kind = "float" if self.single else "double"
        lines = [f"{kind} row[{self.name}_INPUTS] = {{", wrap_numbers(cells, 92), "};"]
        if model.kind == "give_class":
            index = model.probabilities.index(max(model.probabilities))
            lines.append(f"gives the index {index}, {self.classes[index]}, and the probabilities")
            lines.append(wrap_numbers([repr(x) for x in model.probabilities], 92))
        elif model.kind == "give_number":
            lines.append(f"gives {model.example.result!r}")
        else:
            lines += ["gives", wrap_numbers([repr(x) for x in model.example.outputs], 92)]
        in_lines = "\n".join(lines).split("\n")
        return "\n".join(["   An example:", *[f"       {line}" for line in in_lines]])

    def write_source(self) -> str:
        """Return the file in C."""
        model, name = self.model, self.name
        parts = [self.write_layer_numbers(i) for i in range(len(model.layers))]
        if model.classes:
            strings = [quote_c(text) for text in model.classes]
            for text, string in zip(model.classes, strings, strict=True):
                if len(string) > LONGEST_STRING:
                    told = quote_comment(text[:30])
                    raise InputError(f"not exported: the class {told}… is too long for C")
            listed = "\n".join([f"    {string}," for string in strings])
            names = f"{self.prefix}_classes[{name}_CLASSES]"
            parts.append(f"const char *const {names} = {{\n{listed}\n}};\n")
        predict = self.write_predict()
        parts += [f"{rule}\n" for rule in collect_rules(predict)]
        parts.append(self.fill("layer"))
        columns = model.columns
        means = [c.mean if isinstance(c, NumericColumn) else 0.0 for c in columns]
        scales = [c.scale if isinstance(c, NumericColumn) else 1.0 for c in columns]
        scaling = self.fill(
            "scaling", NAME=name, means=self.list_numbers(means), scales=self.list_numbers(scales)
        )
        counts = wrap_numbers([str(len(names)) for names in self.texts])
        piece = "columns" if any(self.texts) else "numbers"
        parts.append(self.fill(piece, NAME=name, texts=counts, scaling=scaling.rstrip()))
        content = "\n".join([*parts, predict]).rstrip()
        about = f"{self.path.name}: {self.model.title}"
        return fill_file("alone.c", about=about, header=self.header.name, content=content)

    def write_predict(self) -> str:
        """Return the function that predicts: the layers one by one, and what comes out."""
        lines = []
        for i, layer in enumerate(self.model.layers):
            x, y = ("x", "y") if i % 2 == 0 else ("y", "x")
            biases = f"layer{i + 1}_biases" if layer.biases else "0"
            neurons = len(layer.weights)
            lines.append(
                f"    run_layer({len(layer.weights[0])}, {neurons}, layer{i + 1}_weights[0], "
                f"{biases}, {x}, {y});"
            )
            if layer.activation is not None:
                form = write_activation(self.notation, layer.activation, f"{y}[i]")
                lines.append(f"    for (int i = 0; i < {neurons}; i++) {y}[i] = {form};")
        scale, mean = self.model.unscaling
        last = "xy"[len(self.model.layers) % 2]
        result = self.fill(
            self.model.kind, NAME=self.name, last=last, outputs=self.model.outputs,
            scale=self.write_number(scale), mean=self.write_number(mean),
        )  # fmt: skip
        return self.fill(
            "predict", NAME=self.name, signature=self.signature, widest=self.widest,
            layers="\n".join(lines), outputs=self.model.outputs, last=last, result=result.rstrip(),
        )  # fmt: skip

    def write_layer_numbers(self, i: int) -> str:
        """Return the arrays of a layer."""
        layer = self.model.layers[i]
        count, width = len(layer.weights), len(layer.weights[0])
        rows = [f"    {{{self.list_numbers(row).strip()}}}," for row in layer.weights]
        lines = [
            f"static const double layer{i + 1}_weights[{count}][{width}] = {{", *rows, "};"
        ]  # fmt: skip
        if layer.biases:
            listed = self.list_numbers(layer.biases)
            lines += [f"static const double layer{i + 1}_biases[{count}] = {{", listed, "};"]
        return "\n".join([*lines, ""])

    def list_numbers(self, numbers: Sequence[float]) -> str:
        """Return numbers in lines."""
        return wrap_numbers([self.write_number(x) for x in numbers])

    def write_number(self, x: float) -> str:
        """Return a number as C reads it; one that isn't finite is a NoCError."""
        return self.notation.write_number(x).text


def write_enum(title: str, names: Sequence[str], told: Sequence[str], count: str = "") -> str:
    """Return constants from 0 up, a comment for each, and maybe how many they are."""
    lines = [
        f"    {name} = {i}, /* {text} */"
        for i, (name, text) in enumerate(zip(names, told, strict=True))
    ]
    if count:
        lines.append(f"    {count} = {len(names)}")
    else:
        lines[-1] = lines[-1].replace(",", "", 1)
    return "\n".join([f"/* {title} */", "enum {", *lines, "};", ""])
