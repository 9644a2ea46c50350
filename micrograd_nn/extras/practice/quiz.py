"""Exercises in a terminal: asked, answered, told why a miss was one, and what was learned."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import randrange
from shlex import quote

from rich.console import Console
from rich.text import Text

from ..._ground import colors
from ..._ground.text import InputError, count_things, show_line
from ...explain.tree import tree
from ...terminal.stepper import is_interactive
from .exercises import TOPICS, Exercise, make_exercises
from .exercises.exercise import UNKNOWN, split_code

WIDEST_TEXT = 80  # columns
PER_TOPIC = 5  # exercises, where one topic is asked for
SEEDS = 10_000
TRIES = 2  # after which the working is shown
WORKING, SKIP, END = "?", "s", "q"
KEYS = f"{WORKING} shows the working, {SKIP} skips, {END} ends"

RIGHT_STYLE, WRONG_STYLE, HINT_STYLE, CODE_STYLE = "bold", f"bold {colors.WRONG}", "dim", "bold"


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
            show_working(console, exercise)
    finally:
        if is_right or gives_up or titles:
            score.add(exercise, titles, is_right)


def show_working(console: Console, exercise: Exercise) -> None:
    """Print how the right answer comes about."""
    say(console, f"The answer is {exercise.answer.show()}:", "bold")
    say(console, exercise.working)


def say(console: Console, text: str, style: str = "") -> None:
    """Print a text as it is, wrapped, with what stands in backquotes as code."""
    parts = [(part, CODE_STYLE if i % 2 else "") for i, part in enumerate(split_code(text))]
    shown = Text.assemble(*parts)
    shown.stylize(style)
    console.print(shown)
