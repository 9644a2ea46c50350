"""Files of exercises: of each format, for a class, and what is refused before anything is lost."""

import os
import zipfile

import pytest

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.practice.handouts.handout import QUIZ_FORMATS, write_handout
from micrograd_nn.extras.practice.handouts.item import Selection

pytestmark = pytest.mark.usefixtures("folder")

TWO = Selection(["shared"], 2)


def write_names(text="anna\nben\n../x\n"):
    with open("names.txt", "w", encoding="utf-8") as file:
        file.write(text)
    return "names.txt"


@pytest.mark.parametrize("format", QUIZ_FORMATS)
def test_any_text_is_a_seed_and_gives_the_same_again(format, folder):
    name, written = f"quiz{QUIZ_FORMATS[format].ending}", []
    for seed in ("anna", "anna", "\udcff", "", "a\nb\x00", "<b>", "x" * 10_000, "陈🙂"):
        assert write_handout(name, Selection(["local"], 1), format, seed) == [name]
        written.append((folder / name).read_bytes())
    assert len({*written}) == len(written) - 1
    assert written[0] == written[1]
    assert zipfile.is_zipfile(name) == (format == "qti")


def test_a_class_in_one_document_has_each_sheet_and_all_answers_behind(folder):
    write_handout("class.html", TWO, students=write_names())
    text = (folder / "class.html").read_text(encoding="utf-8")
    places = [text.index(f'<p class="who"><b>{name}</b>') for name in ("anna", "ben", "../x")]
    places += [text.index(f"Answers: sheet {name}<") for name in ("anna", "ben", "../x")]
    assert places == sorted(places)


@pytest.mark.slow
@pytest.mark.parametrize("format", [*QUIZ_FORMATS][1:])
def test_a_class_in_a_folder_has_a_file_each_as_if_asked_for_alone(format, folder):
    ending = QUIZ_FORMATS[format].ending
    written = write_handout("out/", TWO, format, students=write_names())
    assert [os.path.dirname(path) for path in written] == ["out"] * 3
    write_handout(f"anna{ending}", TWO, format, "anna")
    alone = (folder / f"anna{ending}").read_bytes()
    assert (folder / "out" / f"01-anna{ending}").read_bytes() == alone
    assert sorted(os.listdir()) == sorted(["names.txt", "out", f"anna{ending}"])


def test_a_students_own_sheet_has_no_answers_which_are_in_a_file_of_their_own(folder):
    written = write_handout("out/", TWO, students=write_names("anna\nanswers\n../x\n"))
    assert list(map(os.path.basename, written)) == [
        "01-anna.html", "02-answers.html", "03-x.html", "answers.html",
    ]  # fmt: skip
    *sheets, answers = [(folder / path).read_text(encoding="utf-8") for path in written]
    write_handout("anna.html", TWO, seed="anna")
    asked, _, told = (folder / "anna.html").read_text().partition('<section class="answers">')
    assert asked[asked.index("<ol>") :].strip() in sheets[0]
    assert told[: told.index("</main>")].strip() in answers
    assert answers.count('<section class="answers">') == 3
    assert '<section class="sheet">' not in answers
    assert not [text for text in sheets if "Answers" in text or 'class="right"' in text]


def test_another_seed_gives_a_class_other_sheets(folder):
    with pytest.raises(InputError, match="isn't a topic"):
        write_handout("out/", Selection(["no"]), students=write_names())
    assert os.listdir() == ["names.txt"]
    names = write_names("anna\n")
    write_handout("one.html", TWO, seed="monday", students=names)
    write_handout("two.html", TWO, seed="monday anna")
    one, two = [(folder / name).read_text(encoding="utf-8") for name in ("one.html", "two.html")]
    assert one[one.index("<ol>") :] == two[two.index("<ol>") :]
    assert '<p class="who"><b>anna</b></p>' in one
    assert 'sheet <b>monday anna</b></span><span class="name">Name</span>' in two


@pytest.mark.parametrize(
    ("output", "format", "students", "told"),
    [
        ("quiz.pdf", "sheet", None, "quiz.pdf: the name of a file for sheet ends in .html"),
        ("quiz.json", "qti", None, "ends in .zip"),
        ("quiz", "page", None, "ends in .html"),
        ("there", "sheet", "anna\nanna", "two of one name"),
        ("class.zip", "qti", "anna", "class.zip is one file: .* such as class/"),
        ("away/quiz.html", "sheet", None, "can't write away/quiz.html: there is no such folder"),
        ("names.txt/", "sheet", "anna", "can't make the folder names.txt/: it is a file"),
        ("class.pdf", "sheet", "anna", "ends in .html"),
    ],
)
def test_what_cant_be_is_told_and_nothing_is_written(folder, output, format, students, told):
    given = write_names(students or "anna")
    with pytest.raises(InputError, match=told):
        write_handout(output, TWO, format, students=given if students else None)
    assert os.listdir() == ["names.txt"]
    assert (folder / "names.txt").read_text() == (students or "anna")


def test_the_names_arent_overwritten(folder):
    for name in ("01-anna.html", "answers.html"):
        (folder / name).write_text("anna\n")
        with pytest.raises(InputError, match="would overwrite what is read"):
            write_handout(f"./{name}", TWO, students=name)
        with pytest.raises(InputError, match="would overwrite what is read"):
            write_handout("./", TWO, students=name)
        assert (folder / name).read_text() == "anna\n"
        os.remove(name)


def test_a_folder_with_sheets_is_refused_as_it_was(folder):
    write_handout("out/", TWO, students=write_names("anna\nben\n"))
    before = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    told = r"01-anna.html and 2 more would be replaced: name a new folder, or delete"
    with pytest.raises(InputError, match=told):
        write_handout("out/", Selection(["chain"]), students="names.txt")
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == before
    write_handout("out/", TWO, "page", students=write_names("cleo\n"))  # which has other names
    assert len(os.listdir("out")) == 4
