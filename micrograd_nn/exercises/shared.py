"""Exercises on nodes that are used more than once: a shared node, and a diamond."""

from __future__ import annotations

from random import Random

from .making import UPWARD, WHOLE, Draft, Short, ask_gradient, choose_numbers, record_lines

SHARED = {
    1: ["a = {k}*x; y = a*x", "a = x {c:+}; y = a*x", "a = x**2; y = a*x", "a = {k}*x; y = x*a"],
    2: [
        "a = {k}*x; b = a*a; y = b {c:+}", "a = x {c:+}; b = a*w; y = b*a",
        "a = w*x; b = {k}*a; y = a*b", "a = w*x; b = a**2; y = b + a",
    ],
    3: [
        "a = x*x; b = x {c:+}; y = a*b", "a = w*x; b = a {c:+}; d = a*b; y = d - a",
        "a = {k}*x; b = a*x; d = b - x; y = w*d", "a = w*x; b = a + w; d = a*w; y = b*d",
    ],
}  # fmt: skip
DIAMOND = {
    1: ["a = x {c:+}; b = {k}*x; y = a*b", "a = {k}*x; b = {m}*x; y = a*b"],
    2: [
        "a = x**2; b = {k}*x; y = a - b", "a = w*x; b = x {c:+}; y = a*b",
        "a = x {c:+}; b = a*w; d = a*x; y = b - d", "u = {k}*x; a = u {c:+}; b = w*u; y = a*b",
    ],
    3: [
        "a = x {c:+}; b = {k}*x; d = a - b; p = d {m:+}; q = w*d; y = p*q",
        "a = x {c:+}; b = w*x; d = a*b; p = 2*d; q = d {m:+}; r = q*x; y = p - r",
        "u = w*x; a = u {c:+}; b = {k}*u; d = a*b; y = d*x",
    ],
}  # fmt: skip


def make_shared(random: Random, level: int) -> Draft | None:
    """Ask for the gradient of a value that is used more than once."""
    return ask_about_form(random, random.choice(SHARED[level]), ["overwrite"])


def make_diamond(random: Random, level: int) -> Draft | None:
    """Ask for the gradient of a value that two ways lead from, which meet again."""
    needs = ["overwrite", "no upstream", "no local derivative"]
    return ask_about_form(random, random.choice(DIAMOND[level]), needs)


def ask_about_form(random: Random, form: str, needs: list[str]) -> Draft | None:
    """Ask for the gradient by x of lines with places for numbers."""
    x, w, k, m = choose_numbers(random, 4, (*WHOLE, 0.5, 1.5, -0.5))
    c = float(random.choice(UPWARD) * random.choice([1, -1]))
    lines = form.format(k=Short(k), m=Short(m), c=Short(c))
    return ask_gradient(record_lines(lines, x=x, w=w), "x", needs)
