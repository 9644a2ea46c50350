"""Exercises in a terminal: asked, answered, told why a miss was one, and what was learned.

Or written into files: sheets to print, pages, quizzes for other programs.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import randrange
from shlex import quote
from typing import Any

from rich.console import Console
from rich.text import Text

from ..._ground import colors
from ..._ground.text import InputError, count_things, show_line, show_path
from ...explain.tree import tree
from ...terminal.stepper import is_interactive
from .exercises import TOPICS, Exercise, make_exercises
from .exercises.exercise import UNKNOWN, split_code
from .handouts.handout import write_handout
from .handouts.item import Selection

WIDEST_TEXT = 80  # columns
PER_TOPIC = 5  # exercises, where one topic is asked for
SEEDS = 10_000
TRIES = 2  # after which the working is shown
WORKING, SKIP, END = "?", "s", "q"
KEYS = f"{WORKING} shows the working, {SKIP} skips, {END} ends"

RIGHT_STYLE, WRONG_STYLE, HINT_STYLE, CODE_STYLE = "bold", f"bold {colors.WRONG}", "dim", "bold"
NEXT_STEPS = {
    "sheet": "Open it in a browser and print it: the answers are on pages of their own.",
    "page": "Open it in a browser: it needs no network and no other file.",
    "qti": "Canvas: Settings, Import Course Content, QTI .zip file.",
    "moodle": "Moodle: Question bank, Import, Moodle XML format.",
}
NEXT_STEPS_OF_MANY = {
    "sheet": "Open them in a browser and print them: they have no answers, which are in {last}.",
    "page": "They open in a browser, and need no network and no other file.",
    "qti": "Canvas, one at a time: Settings, Import Course Content, QTI .zip file.",
    "moodle": "Moodle, one at a time: Question bank, Import, Moodle XML format.",
}


@dataclass
class Score:
    """What was answered so far, and which mistakes were made, and avoided since."""

    first: int = 0  # right at the first try
    second: int = 0
    asked: int = 0
    unknown: int = 0  # wrong answers of no known mistake
    made: dict[str, int] = field(default_factory=dict)
    avoided: set[str] = field(default_factory=set)  # of those made, since the last time

    def add(self, exercise: Exercise, titles: Sequence[str], is_right: bool) -> None:
        """Count an exercise that was answered, with the mistakes made at it."""
        self.asked += 1
        self.first += is_right and not titles
        self.second += is_right and bool(titles)
        if is_right and not titles:
            self.avoided |= {miss.title for miss in exercise.misses} & set(self.made)
        for title in titles:
            if title == UNKNOWN:
                self.unknown += 1
            else:
                self.made[title] = self.made.get(title, 0) + 1
                self.avoided.discard(title)

    def describe(self) -> list[str]:
        """Return the score in lines: how many were right, and what was learned."""
        if not self.asked:
            return ["Nothing was answered."]
        second = f", {self.second} at the second" * bool(self.second)
        lines = [f"{self.first} of {self.asked} at the first try{second}."]
        for title, times in self.made.items():
            since = ", and avoided since" * (title in self.avoided)
            lines.append(f"{title}: made {say_often(times)}{since}.")
        if self.unknown:
            lines.append(f"Wrong for no known reason: {say_often(self.unknown)}.")
        return lines


def say_often(times: int) -> str:
    """Return how often."""
    return "once" if times == 1 else count_things(times, "time")


def ask_exercises(
    console: Console, topic: str | None = None, level: int = 1, seed: str | None = None,
    count: int | None = None, list: bool = False,
) -> None:  # fmt: skip
    """Ask exercises of a topic, or of each, and say at the end what was learned.

    Answers are typed at a terminal, or else read from standard input, a line each.
    """
    console.width = min(console.width, WIDEST_TEXT)
    if list:
        for name, one in TOPICS.items():
            console.out(f"{name:<8} {one.title}", highlight=False)
        return
    topics = [topic] if topic else [*TOPICS]
    count = (PER_TOPIC if topic else len(topics)) if count is None else count
    if count < 1:
        raise InputError(f"--count takes 1 or more, not {count}")
    seed = str(randrange(SEEDS)) if seed is None else seed
    read = choose_reader(console)
    say(console, f"{count_things(count, 'exercise')}. {KEYS}.", HINT_STYLE)
    again = [*topics[:1] * bool(topic), f"--level {level}", f"--count {count}"]
    again.append(f"--seed{'=' if seed.startswith('-') else ' '}{quote(seed)}")
    command = f"The same again: micrograd-nn quiz {' '.join(again)}"
    if not seed.isprintable():
        command = "The same again: with the same --seed, which has signs that can't be shown"
    console.print(Text(command, HINT_STYLE), soft_wrap=True)  # so that it can be copied
    score = Score()
    try:
        for number, exercise in enumerate(islice(make_exercises(topics, level, seed), count), 1):
            head = f"{number} of {count}: {TOPICS[exercise.topic].title}, level {level}"
            say(console, f"\n{head}", "bold")
            show_exercise(console, exercise)
            ask_exercise(console, exercise, score, read)
    except (EOFError, KeyboardInterrupt):
        pass
    console.out("")
    for line in score.describe():
        say(console, line)


def choose_reader(console: Console) -> Callable[[], str]:
    """Return what reads an answer: at a prompt, or a line that is then shown as if typed."""
    if is_interactive(console):
        return lambda: input("> ")

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # what isn't text isn't an answer

    def read_line() -> str:
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            raise EOFError
        say(console, f"> {show_line(line.strip())}")
        return line

    return read_line


def show_exercise(console: Console, exercise: Exercise) -> None:
    """Print the question, the program, the graph without gradients, and the choices."""
    say(console, exercise.question)
    if exercise.program:
        say(console, f"\n{exercise.program.rstrip()}", CODE_STYLE)
    if exercise.graph is not None:
        console.out("")
        console.print(tree(exercise.graph, show="data").fold(console.width), soft_wrap=True)
    if exercise.list_choices():
        say(console, "\n" + "\n".join(exercise.list_choices()))
    console.out("")


def ask_exercise(
    console: Console, exercise: Exercise, score: Score, read: Callable[[], str]
) -> None:
    """Take answers until one is right, or the second one wrong, or the working is asked for.

    What was answered wrong counts, also where the input ends then.
    """
    titles: list[str] = []
    is_right = gives_up = False
    try:
        while not is_right and len(titles) < TRIES:
            given = read().strip()
            if given.lower() == END:
                raise EOFError
            if given.lower() == SKIP:
                return
            if given == WORKING:
                gives_up = True
                break
            try:
                verdict = exercise.check(given)
            except InputError as error:
                console.print(Text(str(error)), soft_wrap=True)
                continue
            is_right = verdict.is_right
            say(console, f"{verdict.title or 'Right'}.", RIGHT_STYLE if is_right else WRONG_STYLE)
            if verdict.told:
                say(console, verdict.told)
            if len(exercise.wrong) > len(titles):  # and not the same once more
                titles.append(verdict.title)
        if not is_right:
            say(console, f"The answer is {exercise.answer.show()}:", "bold")
            say(console, exercise.working)
    finally:
        if is_right or gives_up or titles:
            score.add(exercise, titles, is_right)


def say(console: Console, text: str, style: str = "") -> None:
    """Print a text as it is, wrapped, with what stands in backquotes as code."""
    parts = [(part, CODE_STYLE if i % 2 else "") for i, part in enumerate(split_code(text))]
    shown = Text.assemble(*parts)
    shown.stylize(style)
    console.print(shown)


def run_quiz(console: Console, **options: Any) -> None:
    """Ask exercises, or write them into files where that is asked for."""
    files = ("sheet", "format", "output", "students")
    if "list" in options or not any(name in options for name in files):
        ask_exercises(console, **{x: options[x] for x in options if x not in files})
    else:
        write_quiz(console, **options)


def write_quiz(
    console: Console,
    topic: str | None = None,
    level: int = 1,
    seed: str | None = None,
    count: int | None = None,
    sheet: int | None = None,
    format: str | None = None,
    output: str | None = None,
    students: str | None = None,
) -> None:
    """Write exercises into files, and say where they are and what to do with them."""
    if output is None:
        raise InputError("exercises are written to a file: add -o FILE, such as -o quiz.html")
    if sheet is not None and count is not None:
        raise InputError("--sheet N says how many exercises there are already: leave out --count")
    kind = format or "sheet"
    if seed is None and students is None:
        seed = str(randrange(SEEDS))
    topics = [topic] if topic else []
    count = count if sheet is None else sheet
    with console.status("writing …"):
        written = write_handout(output, Selection(topics, count, level), kind, seed, students)
    steps = NEXT_STEPS
    if students is None:
        told = f"Exercises, seed {show_line(str(seed))}: {show_path(output)}."
    elif written == [output]:
        told = f"Exercises for each of {show_path(students)}: {show_path(output)}."
    else:
        told = f"Exercises: {count_things(len(written), 'file')} in {show_path(output)}."
        steps = NEXT_STEPS | NEXT_STEPS_OF_MANY
    console.out(f"{told} {steps[kind].format(last=show_path(written[-1]))}", highlight=False)
