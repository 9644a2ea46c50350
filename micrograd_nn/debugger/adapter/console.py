"""The requests of hovers, watches and the console: names, expressions, and words that move."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..._ground.text import InputError, quote_text
from ...explain import explain
from ...notation.expressions import ParsedExpression
from .conditions import compute_expression
from .looking import make_node_row, show_number
from .moving import continue_back, continue_forward, jump, step_back, step_over
from .session import THREAD, Arguments, Body, Session, answers, take
from .walkthrough import Quantity

MOST_OFFERED = 10_000  # names: VS Code asks at the first letter, and selects among the answer
ASSIGNMENT = re.compile(r"[^=<>!]+=(?!=).*", re.DOTALL)

CONSOLE_WORDS: dict[str, Callable[[Session, Arguments], Any]] = {
    "back": step_back,
    "step": step_over,
    "rc": continue_back,
    "continue": continue_forward,
}
CONSOLE_HELP = (
    "step, back, continue, rc (run back), goto N, explain NAME, or an expression such as d_x / x"
)


@answers("evaluate")
def evaluate(session: Session, arguments: Arguments) -> Body:
    """Return what a name or an expression is here; in the console, do what a word says."""
    text = take(arguments, "expression", str).strip()
    if text not in session.walkthrough.quantities:
        if ASSIGNMENT.fullmatch(text):
            raise InputError(
                "nothing is set here: use Set Value on the data of an input, from which all else "
                "follows; == compares, in conditions"
            )
        # Where a client doesn't say that this is its console, it isn't.
        if take(arguments, "context", str, "watch") == "repl":
            told = obey(session, text)
            if told is not None:
                return {"result": told, "variablesReference": 0}
        if "." not in text or not text.replace(".", "_").isidentifier():
            number = compute_expression(ParsedExpression(text), session.timeline.find_number)
            return {"result": repr(number), "type": "number", "variablesReference": 0}
    timeline = session.timeline
    quantity = timeline.find_quantity(text)
    told = show_number(timeline.read_quantity(quantity))
    if quantity.is_gradient or text.endswith(".data"):
        return {"result": told, "type": "number", "variablesReference": 0}
    row = make_node_row(session, session.walkthrough.data_names[quantity.node])
    if timeline.position >= timeline.start:
        told += f"   ∂ {show_number(timeline.read_quantity(Quantity(quantity.node, True)))}"
    return {"result": told, **{key: row[key] for key in ("type", "variablesReference")}}


@answers("completions")
def complete(session: Session, arguments: Arguments) -> Body:
    """Return what the word before the cursor may become: a name, or a word that does something."""
    before = take(arguments, "text", str)[: max(take(arguments, "column", int) - 1, 0)]
    begun = re.split(r"[^\w.]", before)[-1]
    known = [*CONSOLE_WORDS, "goto", "explain", "help", *session.walkthrough.quantities]
    place = {"start": len(before) - len(begun) + 1, "length": len(begun)}
    targets = [{"label": name, **place} for name in known if name.startswith(begun)]
    return {"targets": targets[:MOST_OFFERED]}


def obey(session: Session, text: str) -> str | None:
    """Do what a word of the console says and tell the outcome; None if it is no such word."""
    word, *rest = text.split() or [""]
    if word == "help" and not rest:
        return CONSOLE_HELP
    if word == "explain" and len(rest) == 1:
        quantity = session.timeline.find_quantity(rest[0])
        return str(explain(session.walkthrough.graph, quantity.node))
    if word == "goto" and len(rest) == 1:
        if not rest[0].isascii() or not rest[0].isdigit() or len(rest[0]) > 9:
            raise InputError(f"goto takes the number of a step, not {quote_text(rest[0])}")
        jump(session, int(rest[0]))
    elif word in CONSOLE_WORDS and not rest:
        CONSOLE_WORDS[word](session, {})
    else:
        return None
    # The client hasn't asked to move, so that it must hear first that the program ran.
    running = {"threadId": THREAD, "allThreadsContinued": True}
    session.events.insert(0, {"type": "event", "event": "continued", "body": running})
    return f"step {session.timeline.position} of {len(session.timeline)}"
