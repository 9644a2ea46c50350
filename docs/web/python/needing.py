"""Which cells of a chapter another one needs: by the names that it uses, and what may change them.

A cell needs those that make what it uses, and those between that use it, too, since they may
change it: by a name of their own, or by a function that another cell has. What an import, a def or
a class makes is taken to stay as it is, unless something is assigned to its attributes. So no cell
is left out that could matter, but some run that don't.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator
from typing import NamedTuple

CHANGING = {"random", "warnings"}  # modules that remember something
FILE = re.compile(r"\A[\w/-]+\.\w+\Z")  # a text that may name a file, which other cells read
DOING_ANYTHING = {"exec", "eval", "globals", "vars"}
FIRST = -1  # before all cells
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Names(NamedTuple):
    """The names of a cell."""

    made: set[str]  # by an assignment, a loop, with: what they name can change
    fixed: dict[str, set[str]]  # by an import, a def, a class: with the names that it uses
    sure: set[str]  # made or fixed whatever happens, so that no cell above matters for them
    used: set[str]  # as other cells left them
    mentioned: set[str]


def find_needs(texts: list[str]) -> list[list[int]]:
    """Return for each cell the numbers of those above that it needs, from 0.

    >>> find_needs(["import math", "x = [1]", "print(math.pi)", "x.append(2)", "x"])
    [[], [], [0], [1], [1, 3]]

    A cell that can't be read needs all above it, and every cell below needs it.

    >>> find_needs(["x = 1", "x = (", "y = 2"])
    [[], [0], [0, 1]]
    """
    cells = [read_names(text) for text in texts]
    known = [names for names in cells if names]
    changing = CHANGING.union(*[names.made for names in known])
    bodies: dict[str, set[str]] = {}
    for names in known:
        for name, used in names.fixed.items():
            bodies[name] = bodies.get(name, set()) | used
    for names in known:
        names.used.update(reach(names.mentioned, bodies))
    return [find_needed(cells[: at + 1], changing) for at in range(len(cells))]


def find_needs_of_both(given: list[list[str]]) -> list[list[list[int]]]:
    """Return the needs of a chapter's cells as they are, and as they were built."""
    return [find_needs(texts) for texts in given]


def reach(mentioned: Iterable[str], bodies: dict[str, set[str]]) -> set[str]:
    """Return the names that are used by what some names stand for, and by what those stand for."""
    found: set[str] = set()
    waiting = [*mentioned]
    while waiting:
        new = bodies.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def find_needed(cells: list[Names | None], changing: set[str]) -> list[int]:
    """Return the cells that the last of a list needs."""
    last = len(cells) - 1
    unknown = {place for place, names in enumerate(cells) if names is None}
    if last in unknown:
        return [*range(last)]
    needed: set[int] = set()
    for place in unknown:  # which may do anything with what is above it
        needed |= {*range(place + 1)}
    asked: set[tuple[int, str, int]] = set()
    waiting = list_wanted(cells, last)
    while waiting:
        question = waiting.pop()
        if question in asked:
            continue
        asked.add(question)
        at, name, since = question
        for place in range(at - 1, since, -1):
            names = cells[place]
            if names is None:
                continue
            makes = since == FIRST and (name in names.made or name in names.fixed)
            if makes or (name in names.used and name in changing):
                needed.add(place)
                waiting += list_wanted(cells, place)
                waiting += [(at, other, place) for other in names.made | names.used]
            if since == FIRST and name in names.sure:
                break
    return sorted(needed)


def list_wanted(cells: list[Names | None], at: int) -> list[tuple[int, str, int]]:
    """Return what a cell asks of those above it: who made a name that it uses, who changed it.

    A question with the place of a cell is about another name that this cell gave to what is asked
    for: who has changed it since?
    """
    names = cells[at]
    return [(at, name, FIRST) for name in names.used] if names else []


def read_names(text: str) -> Names | None:
    r"""Return the names of a cell, None if they can't be known: it isn't Python, or runs texts.

    >>> names = read_names("from math import pi\nx = n\nfor i in f(x):\n    print(i)")
    >>> sorted(names.made), sorted(names.sure), sorted(names.used)
    (['i', 'x'], ['i', 'pi', 'x'], ['f', 'n'])
    """
    try:
        tree, table = ast.parse(text), symtable.symtable(text, "cell", "exec")
    except (SyntaxError, ValueError):
        return None
    names = Names(set(), {}, set(), set(), set())
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if symbol.is_imported() or symbol.is_namespace():
            names.fixed[name] = set()
        elif symbol.is_assigned():
            names.made.add(name)
        if symbol.is_referenced():
            names.mentioned.add(name)
    for inner in table.get_children():
        names.fixed.get(inner.get_name(), names.mentioned).update(find_used(inner))
    names.made.update(find_changed(tree))
    if DOING_ANYTHING & names.mentioned.union(*names.fixed.values()) or has_star(tree):
        return None
    read_statements(tree.body, names)
    names.used.intersection_update(names.mentioned)  # not those of a comprehension's own
    names.made.update(files := find_files(tree))
    names.used.update(files)
    for used in (names.used, names.mentioned, *names.fixed.values()):
        used.difference_update(vars(builtins))
    return names


def read_statements(body: list[ast.stmt], names: Names) -> None:
    """Note which names statements use before they make them, and which they make for sure."""
    for statement in body:
        if isinstance(statement, FUNCTIONS):  # whose body waits for a call
            note_used([*statement.decorator_list, statement.args], names)
            names.sure.add(statement.name)
        elif isinstance(statement, ast.ClassDef):
            note_used([statement], names)
            names.sure.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            names.sure.update([(a.asname or a.name).partition(".")[0] for a in statement.names])
        elif isinstance(statement, ast.Assign):
            note_used([statement.value, *statement.targets], names)
            names.sure.update(find_stored(statement.targets))
        elif isinstance(statement, ast.For):
            note_used([statement.iter, statement.target], names)
            names.sure.update(find_stored([statement.target]))
            note_used([*statement.body, *statement.orelse], names)
        elif isinstance(statement, ast.With):
            for item in statement.items:
                note_used([item.context_expr], names)
                names.sure.update(find_stored([item.optional_vars] if item.optional_vars else []))
            read_statements(statement.body, names)
        else:
            note_used([statement], names)


def note_used(parts: Iterable[ast.AST], names: Names) -> None:
    """Note the names that are read in some parts, unless the cell has made them for sure."""
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                names.mentioned.add(node.target.id)
                names.used.update({node.target.id} - names.sure)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                names.used.update({node.id} - names.sure)


def find_stored(targets: Iterable[ast.expr]) -> Iterator[str]:
    """Yield the names that are assigned to."""
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def find_used(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names of the cell that a function or a class uses."""
    for symbol in table.get_symbols():
        if symbol.is_global():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from find_used(inner)


def find_changed(tree: ast.AST) -> Iterator[str]:
    """Yield the names whose object is changed by attribute or index, or in a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            root: ast.expr = node
            while isinstance(root, (ast.Attribute, ast.Subscript)):
                root = root.value
            if isinstance(root, ast.Name):
                yield root.id


def find_files(tree: ast.AST) -> set[str]:
    """Return the texts of a cell that may name a file."""
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {text for text in constants if isinstance(text, str) and FILE.match(text)}


def has_star(tree: ast.AST) -> bool:
    """Return whether all names of a module are imported."""
    return any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)
    )
