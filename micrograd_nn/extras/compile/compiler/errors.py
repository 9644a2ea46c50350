"""Why there is no program: for these arguments, or for any."""


class NotCompiledError(TypeError):
    """There is no program for these arguments; the message says why."""


class LastingError(NotCompiledError):
    """There is no program for any arguments: a function does something that none can follow."""


class UnreadError(LastingError):
    """A function does what isn't on the list; the message names the place."""


class DiffersError(LastingError):
    """A program gave another number than the function itself; the message tells both."""
