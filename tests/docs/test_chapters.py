"""What each chapter of the book has: a question, exercises, recall, an end, and no more than that.

These tests read the chapters' sources.
"""

import re

import pytest
from site_pages import DOCS

CHAPTERS = sorted((DOCS / "learn").glob("[0-9]*.md"))
MOST_WORDS = 3000  # 15 minutes, 200 words a minute
FIRST = "One neuron"  # before which there is nothing to remember
ENDS = ["Exercises", "Do you remember?", "What you can do now"]
MORE = "As many more as you like"  # which are generated, and answer by themselves
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCE = re.compile(r"^(```+|~~~+)(.*?)\n(.*?)^\1\s*?$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#+) +(.*)$", re.MULTILINE)
FOLD = re.compile(  # of a track beside the text, up to what ends it
    r"^```\{(?:matrices|pytorch)\}[^\n]*\n```$.*?(?=^#|^`{3,}\{(?:answer|guess|matrices|pytorch)\}|\Z)",
    re.DOTALL | re.MULTILINE,
)


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def text(request):
    """Return a chapter without what is above its title."""
    return FRONT_MATTER.sub("", request.param.read_text(encoding="utf-8")).lstrip()


def keep_prose(text):
    """Return a text without code and what goes beside it, but with what answers say."""

    def keep(fence):
        if fence[2].startswith("{guess}"):
            return fence[3].partition("\n\n")[2]
        return fence[3] if fence[2].startswith("{answer}") else ""

    return FENCE.sub(keep, FOLD.sub("", blank_code(text)))


def list_sections(text, level):
    """Yield the title and the text of each section, with those below it."""
    places = [found for found in HEADING.finditer(text) if len(found[1]) <= level]
    for found, after in zip(places, [*places[1:], None], strict=True):
        if len(found[1]) == level:
            yield found[2], text[found.end() : after and after.start()]


def blank_code(text):
    """Return a text in which no line of code looks like a heading."""
    return FENCE.sub(lambda fence: re.sub(r"^#+", "", fence[0], flags=re.MULTILINE), text)


def count_answers(text):
    return text.count("```{answer}\n") + text.count("```{answer} Answer\n")


def test_a_chapter_asks_a_question_first(text):
    first = text.split("\n\n")[1]
    assert first.strip("*").endswith("?"), first


def test_a_chapter_ends_with_exercises_recall_and_what_one_can_do(text):
    titles = [title for title, _ in list_sections(blank_code(text), 2)]
    ends = [ENDS[0], ENDS[2]] if text.startswith(f"# {FIRST}\n") else ENDS
    assert titles[-len(ends) :] == ends


def test_a_chapter_has_three_exercises_each_with_an_answer(text):
    (exercises,) = [part for title, part in list_sections(blank_code(text), 2) if title == ENDS[0]]
    sections = dict(list_sections(exercises, 3))
    more = sections.pop(MORE, "exercise.check(")
    assert [count_answers(part) for part in sections.values()] == [1, 1, 1]
    assert more.count("exercise.check(") == 1
    assert count_answers(more) == 0


def test_a_chapter_after_the_first_asks_two_questions_from_before(text):
    for title, recall in list_sections(blank_code(text), 2):
        if title == ENDS[1]:
            assert recall.count("```{answer}") + recall.count(":::{dropdown}") == 2


def test_a_chapter_is_read_in_15_minutes(text):
    words = len(re.findall(r"\S*\w\S*", keep_prose(text)))
    print(f"{text.splitlines()[0]}: {words} words, {words / 200:.0f} minutes")
    assert words <= MOST_WORDS


def test_the_page_of_tracks_lists_each_fold():
    listed = re.findall(
        r"\(#((?:matrices|pytorch)-\d+)\)", (DOCS / "learn/tracks.md").read_text("utf-8")
    )
    folds = [
        f"{name}-{int(path.name[:2])}"
        for path in CHAPTERS
        for name in re.findall(
            r"^`{3,}\{(matrices|pytorch)\}", path.read_text("utf-8"), re.MULTILINE
        )
    ]
    assert sorted(listed) == sorted(folds)
