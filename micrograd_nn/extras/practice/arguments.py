"""What ``quiz`` and ``diagnose`` take at the command line, an option a row."""

from __future__ import annotations

from ...terminal.parser import Parser


def add_quiz_options(quiz: Parser) -> None:
    """Add what ``quiz`` takes: what to ask, how hard, how often, and into which files."""
    from .exercises import TOPICS
    from .exercises.topics import LEVELS
    from .handouts.handout import QUIZ_FORMATS

    kinds = ", ".join(f"{name} {one.purpose}" for name, one in QUIZ_FORMATS.items())
    quiz.add_options({
        "topic": {"metavar": "TOPIC", "nargs": "?", "choices": list(TOPICS), "default": None,
                  "help": f"one of {', '.join(TOPICS)} (default: all of them)"},
        "--list": {"action": "store_true", "help": "say what the topics are, and end"},
        "--seed": {"metavar": "TEXT",
                   "help": "the same seed asks the same (default: a new one)"},
        "--level": {"type": int, "choices": LEVELS, "metavar": "N", "default": 1,
                    "help": "1 to 3, from easy to hard (default: %(default)s)"},
        "--count": {"type": int, "metavar": "N",
                    "help": "how many exercises (default: 5 of a topic, or one of each)"},
        "--sheet": {"metavar": "N", "type": int,
                    "help": "write this many exercises to a file, and ask none (see --format, -o)"},
        "--format": {"choices": list(QUIZ_FORMATS), "metavar": "NAME",
                     "help": f"{kinds} (default: sheet)"},
        "-o --output": {"metavar": "OUT", "help": "write them there"},
        "--for": {"dest": "students", "metavar": "NAMES.txt",
                  "help": "a sheet for each line of that file, a name each: all in one document, "
                  "or where OUT is a folder, such as out/, a file each"},
    })  # fmt: skip


def add_diagnosis_options(diagnose: Parser) -> None:
    """Add what ``diagnose`` takes: engines, and how to tell what is wrong with them."""
    diagnose.add_options({
        "engines": {
            "metavar": "FILE.py:CLASS", "nargs": "+",
            "help": "an engine's file and class (by itself Value), a notebook, a folder or a .zip "
            "of what a class handed in; of several, a table is made"},
        "--name": {
            "metavar": "CLASS",
            "help": "the class in files that are given without one (Value, or as the rubric says)"},
        "--expect": {
            "metavar": "WHAT,…", "default": [], "type": lambda text: text.split(","),
            "help": "what the exercise asks for beside right gradients: operations by name or "
            "sign, and reflected (2 + a), deep (graphs of thousands of levels), second-pass (over "
            "one graph), once (each node visited once), double (no float32), accumulate (passes "
            "add up in leaves), or replace (they don't)"},
        "--rubric": {"metavar": "RUBRIC.toml",
                     "help": "what each part gets points for, of a class"},
        "--jobs": {"type": int, "metavar": "N", "help": "how many engines run at once (all cores)"},
        "-o --output": {
            "metavar": "OUT",
            "help": "write a report there, too: .html, .csv, .json, or a folder that gets all of "
            "them and a page for each student"},
        "--json": {"dest": "as_json", "action": "store_true", "help": "print JSON, for a grader"},
    }, rare=("--name", "--jobs", "--json"))  # fmt: skip
