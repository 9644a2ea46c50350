"""Texts and numbers as users see them: on one line, not too long; and the error of bad input."""

import os
import re
import reprlib
from collections.abc import Sequence

WHITE = re.compile(r"\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
UNPRINTABLE = re.compile(r"[\0-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# What stands for a sign where the encoding of a terminal or a file has none.
PLAIN = {
    "−": "-", "–": "-", "×": "*", "÷": "/", "·": ".", "±": "+-", "…": "...", "→": "->", "←": "<-",
    "↑": "^", "↓": "v", "▸": ">", "├": "|", "└": "`", "─": "-", "│": "|",
    "∂": "d", "σ": "sigma", "Σ": "sum", "Π": "prod", "√": "sqrt", "ʸ": "**y",
    **{sign: f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "⁻": "^-",
}  # fmt: skip

# Signs of formulas that no keyboard has. What would join its neighbours to another operator, such
# as × beside *, or a power with something behind it, stays, and is then refused.
SMALL_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
FORMULA_SIGNS = re.compile(
    r"[−–]|(?<![*×·⋅])[×·⋅](?![*×·⋅])|÷"
    rf"|⁻?[{SMALL_DIGITS}]+(?![\w.]|\s*(\*\*|\^|[⁻{SMALL_DIGITS}]))"
)
ON_KEYBOARD = str.maketrans({
    "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "⁻": "-",
    **{sign: str(digit) for digit, sign in enumerate(SMALL_DIGITS)},
})  # fmt: skip

DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.|$)")  # or decimals: nobody knows
MINUS = str.maketrans("−–", "--")
BROADEST_CHANGE = 24  # letters of a number before and after, where more digits than usual show it

_reprs = reprlib.Repr()
_reprs.maxstring = _reprs.maxother = _reprs.maxlong = 60
quote_text = _reprs.repr  # as a message shows it: in quotes, escaped, on one line, not too long


def show_path(path: str | os.PathLike[str]) -> str:
    r"""Return a path as a message shows it: as it is, unless that isn't one plain line.

    >>> show_path("table.csv"), show_path("two\nlines")
    ('table.csv', "'two\\nlines'")
    """
    text = os.fspath(path)
    return text if text and text.isprintable() else repr(text)


def make_printable(text: str) -> str:
    r"""Return the text on one line, fit for DOT, XML and SVG.

    Line breaks and tabs become spaces. Other control characters, halves of surrogate pairs and
    the two code points that XML forbids become �.

    >>> make_printable("two\r\nlines, a\ttab and a bell \a")
    'two lines, a tab and a bell �'

    Letters of any script, emoji and marks of direction stay as they are:

    >>> make_printable("∂L/∂w 🙂") == "∂L/∂w 🙂"
    True
    """
    if text.isascii() and text.isprintable():  # nearly always, and known sooner
        return text
    return UNPRINTABLE.sub("�", WHITE.sub(" ", text))


def shorten_text(text: str, most: int = 72) -> str:
    """Return a text without its middle, if it is longer than ``most`` characters.

    >>> shorten_text("short"), shorten_text("x=" + "9" * 100_000, most=9)
    ('short', 'x=99…9999')
    """
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[: most - half - 1]}…{text[-half:]}"


def show_line(text: str, most: int = 72) -> str:
    r"""Return a text of any origin as a message shows it: on one line, and not too long.

    >>> show_line("two\nlines"), show_line("x\n" + "9" * 100_000, most=9)
    ('two lines', 'x 99…9999')
    """
    return shorten_text(make_printable(text), most)


def format_number(number: float | None, digits: int = 4) -> str:
    """Return a number as people read it: four digits, a true minus sign, a dash for none.

    >>> format_number(-0.70710678), format_number(2.0), format_number(None)
    ('−0.7071', '2', '–')
    """
    return "–" if number is None else f"{number:.{digits}g}".replace("-", "−")


def format_constant(number: float, digits: int = 4) -> str:
    """Return a number that a program has: as ``format_number`` does, unless it would look exact.

    >>> format_constant(1.0001), format_constant(1 / 3), format_constant(-0.5)
    ('1.0001', '0.3333', '−0.5')

    A number of more than nine digits is rounded all the same:

    >>> format_constant(0.1 + 0.2)
    '0.3'
    """
    if format_number(number, digits - 1) == format_number(number, digits):
        for more in range(digits, 10):
            if float(f"{number:.{more}g}") == number:
                return format_number(number, more)
    return format_number(number, digits)


def format_change(before: float | None, after: float | None, digits: int = 4) -> str:
    """Return a number before and after as text: once, where nothing is seen to differ.

    >>> format_change(1.0, 2.0), format_change(1.0, 1.0), format_change(None, None)
    ('1 → 2', '1', '–')

    What differs is written with as many digits as show it:

    >>> format_change(1.0, 1.000001)
    '1 → 1.000001'

    or, where those are too many, as what is added:

    >>> format_change(1 / 3, 1 / 3 + 1e-13)
    '0.3333 + 1e−13'
    """
    x, y = (None if number is None else number + 0.0 for number in (before, after))  # no −0
    if x is None or y is None or repr(x) == repr(y):
        return " → ".join(dict.fromkeys([format_number(x, digits), format_number(y, digits)]))
    enough = next(n for n in range(digits, 99) if format_number(x, n) != format_number(y, n))
    shown = f"{format_number(x, enough)} → {format_number(y, enough)}"
    if enough == digits or len(shown) <= BROADEST_CHANGE:
        return shown
    return f"{format_number(x, digits)} {'+' if y > x else '−'} {format_number(abs(y - x), 3)}"


def spell_signs(text: str) -> str:
    """Return a formula in the signs of a keyboard.

    >>> spell_signs("a·b − 2×x² ÷ y⁻¹")
    'a*b - 2*x**2 / y**-1'

    What could be read in two ways stays as it is:

    >>> spell_signs("x²3 + a×*b")
    'x²3 + a×*b'
    """
    return FORMULA_SIGNS.sub(_spell_sign, text)


def _spell_sign(sign: re.Match[str]) -> str:
    is_power = sign[0][-1] in SMALL_DIGITS
    return "**" * is_power + sign[0].translate(ON_KEYBOARD)


def read_typed_number(text: str) -> float | None:
    """Return the number that a text is, as people type it, None if it is none: as pages read it.

    >>> [read_typed_number(text) for text in ("−3", "0,5", ".5", "1e-3", "inf")]
    [-3.0, 0.5, 0.5, 0.001, inf]

    A comma that may divide thousands, and digits that aren't of ASCII, are none:

    >>> read_typed_number("1,000"), read_typed_number("٣")
    (None, None)
    """
    plain = text.strip().translate(MINUS)
    if re.fullmatch("[+-]?inf(inity)?|nan", plain, re.IGNORECASE | re.ASCII):
        return float(plain)
    decimal = plain.replace(",", ".", 1)
    is_number = DECIMAL.fullmatch(decimal) and not THOUSANDS.match(plain)
    return float(decimal) if is_number else None


def may_have_thousands(text: str) -> bool:
    """Tell whether a comma of a number may divide thousands or decimals."""
    return bool(THOUSANDS.match(text.strip().translate(MINUS)))


def add_article(noun: str) -> str:
    """Return the noun with a or an before it.

    >>> add_article("int"), add_article("Fraction"), add_article("MLP"), add_article("URL")
    ('an int', 'a Fraction', 'an MLP', 'a URL')
    """
    sounds = "AEFHILMNORSX" if len(noun) > 1 and noun[:2].isupper() else "aeiouAEIOU"
    return f"{'an' if noun[0] in sounds else 'a'} {noun}"


def count_things(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def join_words(texts: Sequence[str], word: str = "and") -> str:
    """Return texts as one, with commas and an and, or another word."""
    *first, last = texts or [""]
    return f"{', '.join(first)} {word} {last}" if first else last


def list_first(texts: Sequence[str], most: int, rest: str = ", …") -> str:
    """Return the first texts of a list and, if there are more, ``rest``, which may count them.

    >>> list_first(["a", "b", "c"], 2), list_first(["a", "b"], 2)
    ('a, b, …', 'a, b')
    >>> list_first(["a", "b", "c"], 1, " and {left} more"), list_first(["a", "b"], 1, " of {all}")
    ('a and 2 more', 'a of 2')
    """
    is_cut = len(texts) > most
    counted = rest.format(left=len(texts) - most, all=len(texts)) if is_cut else ""
    return ", ".join(texts[:most]) + counted


def replace_signs(error: UnicodeError) -> tuple[str, int]:
    """Replace signs that an encoding lacks, as a handler of errors for ``str.encode``.

    >>> import codecs
    >>> codecs.register_error("plainly", replace_signs)
    >>> "x = −0.5 × ½".encode("ascii", "plainly")
    b'x = -0.5 * ?'

    An error of another kind than of encoding is raised again.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join([PLAIN.get(sign, "?") for sign in lacking]), error.end


class InputError(ValueError):
    """A file, a table or an option that cannot be used, described in one line.

    The command line prints the message and exits with status 2. Code that catches
    ``ValueError`` catches it too.

    >>> raise InputError("table.csv is empty: it needs a header line and rows of numbers")
    Traceback (most recent call last):
    micrograd_nn.InputError: table.csv is empty: it needs a header line and rows of numbers
    """

    __module__ = "micrograd_nn"  # where it is public, and what a traceback says
