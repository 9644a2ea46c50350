"""The faults of engines that are known, a row each, and what an exercise expects beside.

A row has a name, what the fault is, and a hint that isn't the solution. ``{operation}`` stands for
the operations concerned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...._ground.text import InputError, show_line
from ....engine.table import OPERATIONS
from .capabilities import Sign
from .examination import Examination
from .graphs import BINARY, UNARY, WrittenForm

WRONG, REMARK = "wrong", "remark"


class Fault(NamedTuple):
    """A row of the table.

    ``severity`` is "wrong" for a fault, and "remark" for what differs and isn't wrong, unless an
    exercise asks for it: ``expected`` names what it then expects.
    """

    name: str
    title: str
    what: str
    hint: str
    severity: str = WRONG
    expected: str = ""


FAULT_ROWS = [
    Fault(
        "borrowed", "Another engine does the work",
        "While it computes or passes back, it calls a package that knows derivatives already.",
        "What would be left of your engine without that package?",
    ),
    Fault(
        "nudged", "Nudges instead of passing back",
        "Its gradients agree in a few digits only, as finite differences do: a result computed "
        "again with a number changed a little. A backward pass gives all digits, for all leaves "
        "at once.",
        "How often is the result of this graph computed in a pass? Which local derivatives does "
        "the pass use?",
    ),
    Fault(
        "overwrite", "Overwrites shared gradients",
        "A value that is used twice receives a share from each use, and its gradient is their sum. "
        "Here a share replaces what was there before it ({operation}).",
        "Find each line that sets a grad. What becomes of the number that stands there already?",
    ),
    Fault(
        "dropped", "Drops all shares but the first",
        "A value that is used twice receives a share from each use, and its gradient is their sum. "
        "Here the first share counts, and those that come later are lost.",
        "What happens to a share that comes to a node whose grad is no longer 0, or None?",
    ),
    Fault(
        "merged", "{operation} of a node with itself counts once",
        "Where both operands are the same node, it receives two shares. Here one of the two is "
        "lost, as in a set, or a dict whose keys are the operands.",
        "How many entries has what an operation remembers of its operands, if they are one node?",
    ),
    Fault(
        "aliased", "Two gradients are one array",
        "A gradient that is passed on unchanged is the same array in both nodes. A share that is "
        "added to it in place (+= does that to an array) is added to the other node's, too.",
        "What does x += y do to an array that has two names? And which two gradients of this graph "
        "are one object?",
    ),
    Fault(
        "order", "Walks in the wrong order",
        "A node can pass its gradient on when every node that uses it has passed a share to it. "
        "Here one is asked too early, or never, and the shares that come later don't flow on.",
        "Write down the order in which backward comes to the nodes of this graph. Which of "
        "them still waits for a share when it is its turn?",
    ),
    Fault(
        "revisits", "Visits a node more than once",
        "A node that is used twice is visited twice, the node below it four times, and so on: the "
        "work doubles at each level. Where a visit passes on what has arrived so far, it is also "
        "counted twice.",
        "Count how often the walk comes to the first leaf of this graph. Where do you note "
        "that you have been at a node, and when do you look?",
    ),
    Fault(
        "equal_nodes", "Takes two nodes for one",
        "Two nodes are two, also if their numbers are the same. Here one is taken for "
        "the other: == compares what is in them (a dataclass does so by itself), and a list or a "
        "set of the nodes that were seen goes by ==; or gradients are kept by number.",
        "What is Value(2.0) == Value(2.0) in your engine? By what does a list, a set or a dict "
        "of yours tell two nodes apart?",
    ),
    Fault(
        "recursion", "Recurses, and stops on a deep graph",
        "The walk calls itself once for each level of the graph, and Python allows some 1,000 such "
        "calls. A sum of 2,000 terms in a loop is deeper than that. Its numbers are right where it "
        "doesn't stop.",
        "What does each call still know when it is continued? A list can hold that as well.",
        REMARK, "deep",
    ),
    Fault(
        "kept", "Keeps inner gradients from the last pass",
        "Gradients of leaves add up over passes. Those of inner nodes must begin each pass at 0: "
        "what is left of the last pass flows down to the leaves once more. A pass over a new graph "
        "isn't touched by this, and micrograd does the same.",
        "Call backward a second time on this graph. What stands in the grad of each inner "
        "node just before that?",
        REMARK, "second-pass",
    ),
    Fault(
        "left_over", "Walks what an earlier pass left",
        "A pass is about the graph below its root. Here results of an earlier graph on the same "
        "leaves, such as each step of a training makes, send their gradients down once more.",
        "What remembers the results that were made, and when is it emptied?",
    ),
    Fault(
        "doubles", "Visits a node once for each path",
        "A node that is used twice is visited twice, the node below it four times, and so on. Its "
        "numbers are right, but the work doubles at each level.",
        "Count how often the walk comes to the first leaf of this graph. What would have to be "
        "known before a node passes on all that it received at once?",
        REMARK, "once",
    ),
    Fault(
        "unseeded", "Seeds with nothing, or not with 1",
        "Backpropagation begins at the root, with the derivative of the root by itself. All other "
        "gradients are products with it, so they are 0 where it is 0.",
        "What is ∂y/∂y? Who writes it down before the walk begins?",
    ),
    Fault(
        "cleared", "Clears gradients while it walks",
        "The root begins with its 1, and a node's gradient is set to 0 before the node has passed "
        "it on, or after it has received it. So nothing is left at the leaves.",
        "Let backward print each node's grad just before its share is passed on. Which line makes "
        "it 0, and when should that happen?",
    ),
    Fault(
        "nothing", "Passes nothing back",
        "No leaf receives a gradient, also where the root is given its 1. So there is nothing that "
        "could be right or wrong.",
        "Let backward print each node that it comes to, and each gradient that it sets. Is it run "
        "at all?",
    ),
    Fault(
        "reseeded", "Begins every node with 1",
        "Only the root begins with 1, all others with 0. Here each node has a 1 from the first, or "
        "is set to 1 when the walk comes to it, and forgets what its users passed to it.",
        "Which nodes run the line that sets a grad to 1?",
    ),
    Fault(
        "right_forgotten", "The right operand is forgotten",
        "Both operands of {operation} receive a share. Here the right one receives none, or "
        "doesn't hand it on.",
        "Which variables does the closure of {operation} write to? And which nodes does its result "
        "remember that it was made of?",
    ),
    Fault(
        "left_forgotten", "An operand is forgotten",
        "The operand of {operation} (the left one, if there are two) receives no share, or doesn't "
        "hand it on, since the result doesn't remember that it was made of it.",
        "Which variables does the closure of {operation} write to? And which nodes does its result "
        "remember that it was made of?",
    ),
    Fault(
        "leaky", "relu leaks",
        "relu is 0 for every input below 0, and so is its slope. Here the input or its gradient "
        "comes through multiplied by a small number: that is a leaky relu, which is another "
        "function (with its own name, it isn't a mistake).",
        "What should relu(−2) be? And which gradient should come to its input then?",
    ),
    Fault(
        "rounded", "Rounds its numbers",
        "A number or a gradient can be any. Here digits are lost that it had: it is rounded, or "
        "kept in a type that has no more ({operation}).",
        "What is the type of data and of grad in this graph? Which call, or which array, makes it "
        "so?",
    ),
    Fault(
        "narrow", "Computes in 32 bits",
        "Its numbers have the seven digits of a float32, as those of PyTorch have by default. "
        "Python's own floats have sixteen.",
        "What is the type of data and of grad in this graph? Which call, or which array, makes it "
        "so?",
        REMARK, "double",
    ),
    Fault(
        "local_factor", "{operation} passes back a wrong factor",
        "A share is upstream × local derivative. Here the local derivative of {operation} is "
        "another one.",
        "Nudge the operand by 0.001: by how much does the result move, for each unit of it, and "
        "which way?",
    ),
    Fault(
        "upstream_forgotten", "{operation} forgets the upstream",
        "A share is upstream × local derivative. Here it is the local derivative alone, which is "
        "right at the root and nowhere else.",
        "What is the gradient of the result of {operation} in this graph? Where does it stand "
        "in your line?",
    ),
    Fault(
        "misdirected", "{operation} passes a share to the wrong node",
        "A share belongs to the operand by which its local derivative is. Here one goes elsewhere.",
        "Which node does each name in your lines stand for, and when is it looked up?",
    ),
    Fault(
        "last_call", "{operation} remembers only its last call",
        "The local derivatives of a node are those of its own inputs. Here they are those of the "
        "last node that {operation} made: all its calls save their numbers in one place.",
        "How many places are there in which {operation} saves numbers, after two calls?",
    ),
    Fault(
        "not_reflected", "No reflected operators",
        "2 · a with the number on the left asks the number first, which knows no Value. Then the "
        "right operand is asked, by a method of another name, which isn't there ({operation}).",
        "Python's manual lists these methods under “emulating numeric types”. What is the one for "
        "each operator called?",
        REMARK, "reflected",
    ),
    Fault(
        "reflected_swapped", "A reflected operator takes its sides the wrong way round",
        "{operation} with a number on the left gives what it would give with the sides exchanged.",
        "In __rsub__(self, other), which of the two stands on the left of the minus?",
    ),
    Fault(
        "mutated", "Changes the graph while it walks",
        "A backward pass reads the graph and writes gradients. Here it changes something else: "
        "nodes are taken out or marked for ever, or their data changes, so that nodes are left out "
        "or a second pass finds another graph.",
        "What is different in the graph after a pass, apart from grad? Are lists or sets changed "
        "while a loop goes through them?",
    ),
    Fault(
        "forward", "{operation} computes a wrong number",
        "The value itself is wrong, before any gradient. A gradient can't be judged then.",
        "Compute it by hand for these numbers.",
    ),
    Fault(
        "raises", "Stops with an error",
        "{operation}",
        "Read the last line of the error, and look at the line of yours that it names.",
    ),
    Fault(
        "endless", "Doesn't come to an end",
        "Nothing came back in time, small as this is.",
        "Which condition ends the loop, and what changes on each turn so that it becomes true?",
    ),
    Fault(
        "unknown", "Wrong, by none of the known mistakes",
        "The gradients differ from the right ones, and no mistake that is known here, nor several "
        "together, give these numbers.",
        "Work this graph out by hand, one share after the other, beside what your backward "
        "does.",
    ),
    Fault(
        "relu_at_zero", "relu has another slope at 0",
        "At 0 relu has a kink and no derivative. 0 is usual (PyTorch's choice); here it is another "
        "number between 0 and 1. That is a convention, no mistake.",
        "",
        REMARK,
    ),
    Fault(
        "approximated", "gelu by a formula",
        "gelu is the input times a normal distribution's share. Here it is a formula that is off "
        "in the fourth digit, as GPT-2 has it. That is a convention, no mistake, and its gradients "
        "weren't looked at.",
        "",
        REMARK,
    ),
    Fault(
        "replaces", "Each pass starts from zero",
        "A second backward pass replaces the gradients of the leaves. In PyTorch and micrograd "
        "they add up, until they are set to 0.",
        "What becomes of the number that stands in a leaf's grad before the pass?",
        REMARK, "accumulate",
    ),
    Fault(
        "adds_up", "Adds to what the last pass left",
        "A second backward pass adds to the gradients of the leaves. Here each pass was to start "
        "from zero.",
        "Where do the leaves' gradients become 0 before a pass?",
    ),
    Fault(
        "lacking", "Lacks {operation}",
        "The exercise asks for {operation}.",
        "Take an operation that you have, and change what it computes and what it passes back.",
    ),
    Fault(
        "once_only", "A graph can be walked once",
        "A second backward pass on the same graph is refused, as PyTorch does by itself.",
        "What would have to be kept for a second pass?",
        REMARK, "second-pass",
    ),
    Fault(
        "given_seed", "backward takes the root's gradient",
        "backward can't be called without an argument; it was called with 1. In PyTorch and "
        "micrograd, a pass from one number needs none. That is a convention, no mistake.",
        "",
        REMARK,
    ),
]  # fmt: skip
FAULTS = {row.name: row for row in FAULT_ROWS}
ORDER_OF_FAULTS = {row.name: place for place, row in enumerate(FAULT_ROWS)}


REPLACE = "replace"
CHOICES = (
    "reflected",  # 2 + a where there is a + 2
    "deep",  # graphs of thousands of levels
    "second-pass",  # a second pass over the same graph
    "once",  # each node visited once, on the way back
    "double",  # all digits of Python's floats
    "accumulate",  # passes add up in the leaves
    REPLACE,  # each pass replaces them
)
SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow"}


class Expectations:
    """What an exercise expects: operations by name or sign, and choices.

    >>> expected = Expectations(["deep", "+", "tanh"])
    >>> sorted(expected.choices), expected.operations
    (['deep'], ['add', 'tanh'])
    >>> Expectations(["sinus"])
    Traceback (most recent call last):
    micrograd_nn.InputError: sinus can't be expected: expect operations (+, -, *, /, **, neg, exp, \
log, tanh, relu, sigmoid, abs, sqrt, sin, cos, tan, sinh, cosh, softplus, silu, gelu) or \
reflected, deep, second-pass, once, double, accumulate, replace
    """

    def __init__(self, names: Sequence[str]) -> None:
        names = names.split(",") if isinstance(names, str) else names
        self.choices = {name for name in names if name in CHOICES}
        others = [SIGNS.get(name, name) for name in names if name not in CHOICES]
        self.operations = [*dict.fromkeys(others)]
        for name in self.operations:
            if name not in (*BINARY, *UNARY):
                raise InputError(
                    f"{show_line(name)} can't be expected: expect operations "
                    f"({', '.join([*SIGNS, *UNARY])}) or {', '.join(CHOICES)}"
                )
        if {REPLACE, "accumulate"} <= self.choices:
            raise InputError("an engine can't both accumulate and replace: expect one of them")

    def judge(self, sign: Sign) -> str:
        """Return whether a sign is a fault or a remark here."""
        row = FAULTS[sign.fault]
        if REPLACE in self.choices and sign.fault == "kept":  # it would have been replaced
            return WRONG
        return WRONG if row.expected in self.choices else row.severity

    def rank(self, sign: Sign) -> tuple[bool, int]:
        """Return where a sign stands among others: faults first."""
        return self.judge(sign) == REMARK, ORDER_OF_FAULTS[sign.fault]

    def find_lacking(self, examination: Examination) -> Iterator[Sign]:
        """Yield what is expected and isn't there."""
        if REPLACE in self.choices and examination.adds_up:
            yield Sign("adds_up")
        found = examination.capabilities
        known = {form.name for form in found.forms}
        known |= {form.name for sign in found.failing for form in sign.forms}
        for name in self.operations:
            if name not in known:
                yield Sign("lacking", forms=[WrittenForm(name, "v" * len(OPERATIONS[name].inputs))])
