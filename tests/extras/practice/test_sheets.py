"""``quiz`` where it writes files: what it says of them, and what it refuses, in one line."""

import os

import pytest
from commands import run_command

from micrograd_nn.terminal.cli import main


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
