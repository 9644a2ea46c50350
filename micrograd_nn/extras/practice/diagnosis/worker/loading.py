"""An engine's source run, and its class found; what prevents it, in words."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import sys
from collections import Counter
from types import ModuleType
from typing import Any, cast

MODULE_NAME = "engine_under_test"  # its __name__: "if __name__ == '__main__'" doesn't run
LONGEST_MESSAGE = 300  # letters of what an exception says
OTHERS = (
    os.path.dirname(__file__),
    os.path.dirname(os.__file__),
    "<frozen",
)  # wrote what isn't theirs


class UnusableError(Exception):
    """Why an engine can't be run at all, word for word."""


def load_module(target: dict[str, Any]) -> ModuleType:
    """Run the source of an engine; what it raises is reported with its line."""
    try:
        if target["how"] == "module":
            sys.path[:] = target["path"]
            return importlib.import_module(target["module"])
        if target["how"] == "source":
            module = ModuleType(MODULE_NAME)
            sys.modules[MODULE_NAME] = module
            exec(compile(target["text"], target["file"], "exec"), vars(module))
            return module
        sys.path.insert(0, os.path.dirname(target["file"]))  # for modules beside it
        loader = importlib.machinery.SourceFileLoader(MODULE_NAME, target["file"])
        spec = importlib.util.spec_from_loader(MODULE_NAME, loader)
        module = importlib.util.module_from_spec(cast(Any, spec))
        sys.modules[MODULE_NAME] = module
        own = os.path.splitext(os.path.basename(target["file"]))[0]
        sys.modules.setdefault(own, module)  # a module beside it may import it: no second Value
        loader.exec_module(module)
        return module
    except SystemExit:
        raise UnusableError("it ended by sys.exit before its class was made") from None
    except BaseException as error:
        raise UnusableError(f"it stopped by {tell_error(error)}") from None


def find_class(module: ModuleType, name: str) -> Any:
    """Return the class of a name; where there is none, those that may be meant are named."""
    kind = vars(module).get(name, module)
    if isinstance(kind, type):
        return kind
    others = [
        other for other, thing in vars(module).items()
        if isinstance(thing, type) and callable(getattr(thing, "backward", None))
    ]  # fmt: skip
    hint = f": there is {', '.join(others)}, with a backward" if others else ""
    if kind is not module:
        raise UnusableError(f"{name} is of type {type(kind).__name__}, not a class{hint}")
    raise UnusableError(f"it has no class {name}{hint}")


def tell_error(error: BaseException) -> str:
    """Return in words what an exception says, and its line."""
    told = describe_error(error)
    at = f" (line {told['line']})" if told["line"] else ""
    return ": ".join(filter(None, [told["type"], told["message"]])) + at


def describe_error(error: BaseException) -> dict[str, Any]:
    """Return what an exception says, and the last line of the engine's that it came through.

    Of a recursion, it is the line that it came through most often.
    """
    try:
        message = str(error)[:LONGEST_MESSAGE]
    except BaseException:
        message = ""
    lines, steps = [("", 0)], error.__traceback__
    while steps is not None:
        name = steps.tb_frame.f_code.co_filename
        if not name.startswith(OTHERS) and "site-packages" not in name:
            lines.append((name, steps.tb_lineno))
        steps = steps.tb_next
    file, line = lines[-1]
    if isinstance(error, RecursionError):
        ((file, line), _), *_ = Counter(lines).most_common(1)
    if isinstance(error, SyntaxError):
        file, line, message = error.filename or "", error.lineno or 0, str(error.msg or "")
    return {"type": type(error).__name__, "message": message, "file": file, "line": line}
