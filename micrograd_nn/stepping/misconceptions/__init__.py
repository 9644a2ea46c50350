"""What people get wrong in a step of the chain rule, and the number that it leads to.

A step adds a share, upstream × local derivative, to the gradient of a node's input. A misconception
is a rule in the quantities of that step, or in an operation's result and inputs, so what it leads
to is known before anybody has it. A wrong answer is matched with these, and called by its name.
"""

from .nearness import find_range, is_near, is_nearly
from .slips import Slip, find_slips, list_quantities, list_slips
from .table import MISCONCEPTIONS, Misconception, Quantities

__all__ = [
    "MISCONCEPTIONS",
    "Misconception",
    "Quantities",
    "Slip",
    "find_range",
    "find_slips",
    "is_near",
    "is_nearly",
    "list_quantities",
    "list_slips",
]
