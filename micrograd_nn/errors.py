"""The one error class of our own: something the user handed in cannot be used."""


class InputError(ValueError):
    """A file, a table or an option that cannot be used, told in one line.

    The command line prints the message and exits with status 2. Code that catches
    ``ValueError`` catches it too.

    >>> raise InputError("table.csv is empty: it needs a header line and rows of numbers")
    Traceback (most recent call last):
    micrograd_nn.errors.InputError: table.csv is empty: it needs a header line and rows of numbers
    """
