"""``micrograd-nn quiz``: asked and answered at a pipe and at a terminal, or written into files."""

import io
import os
import pty
import select
import shlex
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from itertools import islice
from pathlib import Path

import pytest
from commands import run_command
from golden import assert_stands
from places import GOLDEN, ROOT
from rich.console import Console

from micrograd_nn.extras.practice import quiz
from micrograd_nn.extras.practice.exercises import TOPICS, make_exercise, make_exercises
from micrograd_nn.extras.practice.exercises.answers import ChoiceAnswer
from micrograd_nn.extras.practice.exercises.exercise import UNKNOWN
from micrograd_nn.extras.practice.quiz import Score, ask_exercises
from micrograd_nn.terminal.arguments import parse_arguments
from micrograd_nn.terminal.cli import main


def answer(monkeypatch, typed, **options):
    """Return what is printed where these lines are read from standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
    console = Console(file=io.StringIO(), highlight=False, emoji=False, width=120)
    ask_exercises(console, **options)
    return console.file.getvalue()


def type_right(exercise):
    found = exercise.answer
    return found.letters[found.right] if isinstance(found, ChoiceAnswer) else found.show()


def test_a_whole_quiz_at_a_pipe(monkeypatch):
    first, _, third, fourth = islice(make_exercises(["shared"], 1, "anna"), 4)
    overwritten = [
        next(str(m.answer) for m in exercise.misses if m.title == "Overwritten instead of added")
        for exercise in (first, third)
    ]
    typed = [
        overwritten[0], type_right(first), "nothing", "1234", "?", type_right(third),
        "s",
    ]  # fmt: skip
    text = answer(monkeypatch, typed, topic="shared", seed="anna", count=5)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "Overwritten instead of added: made once, and avoided since." in text
    assert fourth.question.split("\n")[0].replace("`", "")[:40] in text
    assert "4 of 5" in text
    assert_stands(text, GOLDEN / "quiz_shared.txt")


def test_one_of_each_topic_all_right(monkeypatch):
    exercises = islice(make_exercises([*TOPICS], 2, 5), len(TOPICS))
    text = answer(monkeypatch, map(type_right, exercises), seed="5", level=2)
    assert text.count("\nRight.\n") == len(TOPICS) == 12
    assert text.endswith("12 of 12 at the first try.\n")  # and no names that nobody saw
    assert all(topic.title in text for topic in TOPICS.values())
    assert all(len(line) <= 80 for line in text.splitlines())


NEARLY, RIGHT = [str(factor * make_exercise("shared", 1, "anna-1").answer.number)
                 for factor in (1.008, 1)]  # fmt: skip
NOTHING = "Nothing was answered.\n"
ONE_MISS = "0 of 1 at the first try.\nWrong for no known reason: once.\n"
OF_CHAIN = {"topic": "chain", "seed": "1"}
PLAYED = {  # what is typed, the options, what is said of it, and at the end
    "a second miss": (
        ["1234", "1500"], {**OF_CHAIN, "count": 2},
        [f"\n{UNKNOWN}.\n", "\nThe answer is ", "\nBackwards, upstream × local derivative",
         "2 of 2: A chain of two"],
        "0 of 1 at the first try.\nWrong for no known reason: 2 times.\n",
    ),
    "the same again is no second one": (
        ["1234", "1234.0", "?"], {**OF_CHAIN, "count": 1}, [f"\n{UNKNOWN}.\n"], ONE_MISS,
    ),
    "what is rounded too much is no miss": (
        [NEARLY, RIGHT], {"topic": "shared", "seed": "anna", "count": 1},
        ["\nNearly.\nIt has to be right to three digits.\n"], "1 of 1 at the first try.\n",
    ),
    "a miss counts where nothing follows": (["1234"], OF_CHAIN, [], ONE_MISS),
    "and before the end": (["1234", "q"], OF_CHAIN, [], ONE_MISS),
    "and if it is skipped": (["1234", "s"], {**OF_CHAIN, "count": 1}, [], ONE_MISS),
    "nothing": ([], OF_CHAIN, [], NOTHING),
    "the end": (["Q"], OF_CHAIN, [], NOTHING),
    "skipped": (["s", "q"], OF_CHAIN, [], NOTHING),
    "no formula": (
        ["2*(u", "1\x1b[31m\0", "q"], {"topic": "chain", "level": 3, "seed": "7"},
        ["not an expression", "\n  2*(u\n   "], NOTHING,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "options", "said", "end"), PLAYED.values(), ids=PLAYED)
def test_what_is_said_of_answers_and_at_the_end(typed, options, said, end, monkeypatch):
    text = answer(monkeypatch, typed, **options)
    assert [one for one in said if one not in text] == []
    assert text.endswith(end)
    assert not {"\x1b", "\0"} & {*text.replace("\x1b[0m", "")}


def test_another_seed_is_drawn_and_told(monkeypatch):
    monkeypatch.setattr(quiz, "randrange", lambda most: 4821)
    drawn = answer(monkeypatch, ["q"], topic="chain")
    told = "The same again: micrograd-nn quiz chain --level 1 --count 5 --seed 4821\n"
    assert told in drawn
    assert "quiz --level 1 --count 12 --seed 7\n" in answer(monkeypatch, ["q"], seed="7")
    assert drawn == answer(monkeypatch, ["q"], topic="chain", seed="4821")
    assert "--seed 'a b'" in answer(monkeypatch, ["q"], topic="chain", seed="a b")


@pytest.mark.parametrize("seed", ["9" * 300, "it's`it`", "-x", "a b"])
def test_the_same_again_can_be_pasted_into_a_shell(monkeypatch, seed):
    text = answer(monkeypatch, ["q"], topic="chain", seed=seed, count=1)
    (line,) = [line for line in text.splitlines() if line.startswith("The same again")]
    words = shlex.split(line)
    assert parse_arguments(words[words.index("quiz") :]).seed == seed


@pytest.mark.parametrize("seed", ["a\tb", "\udcff", "\x1b[31m"])
def test_a_seed_that_cannot_be_shown_is_told_as_such(monkeypatch, seed):
    text = answer(monkeypatch, ["q"], topic="chain", seed=seed, count=1)
    assert "The same again: with the same --seed, which has signs that can't be shown\n" in text


def test_topics_are_listed(capsys):
    assert main(["quiz", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert "shared   A shared node" in lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["quiz", "lief"], "'lief' is not known: did you mean leaf?"),
        (["quiz", "leaf", "--level", "4"], "--level: 4 is not known: there are 1, 2, 3"),
        (["quiz", "--count", "0"], "--count takes 1 or more, not 0"),
        (
            ["quiz", "--count", "3", "--sheet", "2", "-o", "x.html"],
            "--sheet N says how many exercises there are already: leave out --count",
        ),
        (["quiz", "--count", "x"], "--count takes a whole number, not 'x'"),
    ],
)
def test_what_it_cannot_ask_is_refused_in_a_line(capsys, line, said):
    assert run_command(line) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert said in error


def test_score_knows_what_was_avoided_since_and_forgets_that_at_the_next_time():
    exercise = next(make_exercises(["shared"], 1, 1))
    title = exercise.misses[0].title
    score = Score()
    for titles, is_right, first, told in [
        ([title], True, "0 of 1 at the first try, 1 at the second.", "made once."),
        ([], True, "1 of 2 at the first try, 1 at the second.", "made once, and avoided since."),
        ([title, UNKNOWN], False, "1 of 3 at the first try, 1 at the second.", "made 2 times."),
    ]:
        score.add(exercise, titles, is_right)
        assert score.describe()[:2] == [first, f"{title}: {told}"]
    assert score.describe()[2:] == ["Wrong for no known reason: once."]


def test_what_isnt_text_is_no_answer():
    done = subprocess.run(
        [sys.executable, "-m", "micrograd_nn", "quiz", "leaf", "--seed", "\udcff"],
        input=b"\xff\xfe\x00\n" + b"9" * 100_000 + b"\nq\n", capture_output=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"is none of the choices") == 2
    assert b"Traceback" not in done.stdout


def read_until(end, wanted, seconds=60):
    """Return what a terminal shows until there is what is wanted."""
    seen = b""
    while wanted not in seen and select.select([end], [], [], seconds)[0]:
        try:
            seen += os.read(end, 4096)
        except OSError:  # the program has ended
            break
    assert wanted in seen, seen
    return seen


@pytest.mark.parametrize(
    "last", [*[pytest.param(last, marks=pytest.mark.slow) for last in (b"q\n", b"\x04")], b"\x03"]
)
def test_at_a_terminal_it_prompts_in_colour_and_ends_at_ctrl_d_and_ctrl_c(last):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    program = subprocess.Popen(
        [sys.executable, "-m", "micrograd_nn", "quiz", "chain", "--seed", "1"],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment,
        start_new_session=True, preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    read_until(ours, b"\n> ")
    exercise = next(make_exercises(["chain"], 1, 1))
    os.write(ours, exercise.answer.show().encode() + b"\n")
    seen = read_until(ours, b"\n> ")
    assert b"\x1b[1mRight.\x1b[0m" in seen
    time.sleep(0.2)  # a signal between prompt and reading would wait for the next one
    state = Path(f"/proc/{program.pid}/stat")  # on a busy machine it may be about to read
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] == "R":
        time.sleep(0.1)
    os.write(ours, last)
    assert b"1 of 1 at the first try." in read_until(ours, b"first try.\r\n")
    assert program.wait(60) == 0
    os.close(ours)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.txt").write_text("anna\n../ben\n", encoding="utf-8")
    return tmp_path


def test_a_sheet_is_written_and_its_seed_is_told(capsys, folder):
    assert main(["quiz", "--sheet", "2", "--seed", "anna", "-o", "sheet.html"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Exercises, seed anna: sheet.html. Open it in a browser and print it")
    first = (folder / "sheet.html").read_text(encoding="utf-8")
    assert first.count('<li class="exercise">') == 2
    assert main(["quiz", "--count", "2", "--seed", "anna", "-o", "again.html"]) == 0
    assert (folder / "again.html").read_text(encoding="utf-8") == first


def test_without_a_seed_there_is_a_new_one_which_gives_the_same_again(capsys, folder):
    assert main(["quiz", "shared", "--sheet", "1", "-o", "a.html"]) == 0
    seed = capsys.readouterr().out.split("seed ")[1].split(":")[0]
    main(["quiz", "shared", "--sheet", "1", "--seed", seed, "-o", "b.html"])
    assert (folder / "a.html").read_bytes() == (folder / "b.html").read_bytes()


def test_a_class_gets_a_document_or_a_folder(capsys, folder):
    line = ["quiz", "chain", "--sheet", "1", "--for", "names.txt", "-o"]
    assert main([*line, "class.html"]) == 0
    assert capsys.readouterr().out.startswith("Exercises for each of names.txt: class.html. Open")
    assert main([*line, "out/"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Exercises: 3 files in out/. Open them in a browser and print them")
    assert said.endswith("they have no answers, which are in out/answers.html.\n")
    assert len(os.listdir("out")) == 3


@pytest.mark.parametrize(
    ("format", "told"),
    [
        ("page", "They open in a browser"),
        ("qti", "Canvas, one at a time"),
        ("moodle", "Moodle, one at a time"),
    ],
)
def test_what_to_do_with_a_folder_is_told(capsys, format, told):
    main(["quiz", "chain", "--sheet", "1", "--for", "names.txt", "--format", format, "-o", "out/"])
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--sheet", "3"], "add -o FILE"),
        (["--for", "names.txt"], "add -o FILE"),
        (["--sheet", "0", "-o", "a.html"], "1 to 200 exercises, not 0"),
        (["--sheet", "201", "-o", "a.html"], "1 to 200 exercises, not 201"),
        (["--sheet", "ten", "-o", "a.html"], "--sheet takes a whole number, not 'ten'"),
        (["--format", "word", "-o", "a.doc"], "'word' is not known: there are sheet, page"),
        (["--sheet", "3", "-o", "a.pdf"], "a.pdf: the name of a file for sheet ends in .html"),
        (["--sheet", "3", "--for", "none.txt", "-o", "a.html"], "none.txt: there is no such file"),
        (["--sheet", "3", "--for", "names.txt", "-o", "names.txt"], "ends in .html"),
    ],
)
def test_what_cant_be_is_told_in_a_line_and_writes_nothing(capsys, words, told):
    assert run_command(["quiz", *words]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert os.listdir() == ["names.txt"]
