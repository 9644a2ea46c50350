"""Training on a table in Python: the same as the command, without a file."""

import threading
from pathlib import Path

import pytest
from tables import write_fruit

from micrograd_nn import load_model
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables import Spelling, parse_table, train_table
from micrograd_nn.extras.tables.trained import write_in_python
from micrograd_nn.terminal.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a folder with a table to train on, at a terminal as wide as a report."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("fruit.csv").write_text(write_fruit(20, pear_every=2))
    return tmp_path


@pytest.mark.slow
def test_it_says_and_learns_what_the_command_does(capsys):
    trained = train_table("fruit.csv", "fruit", test=0.2, epochs=3)
    line = ["train", "fruit.csv", "--target", "fruit", "--test", "0.2", "--epochs", "3"]
    assert main([*line, "--model", "m.json"]) == 0
    assert trained.model.state() == load_model("m.json").model.state()
    said = capsys.readouterr().out.replace("Model: m.json, ", "Model: ")
    assert trained.report == write_in_python(said)
    assert "test, 4 rows" in trained.report


def test_it_shows_itself_in_a_line_that_tells_what_was_learned():
    table = parse_table("a,b,c,d,e,f,y\n" + "".join(f"{i},1,1,1,1,1,{i}\n" for i in range(9)))
    trained = train_table(table, "y", hidden=[], epochs=1)
    assert repr(trained) == (
        "<trained on the table: y from a, b, c, d, e, …; MLP(6, [1], activation=['linear']), "
        "best epoch 1>"
    )


def test_it_writes_nothing(folder, capsys):
    train_table("fruit.csv", "fruit", epochs=2)
    assert [path.name for path in folder.iterdir()] == ["fruit.csv"]
    assert capsys.readouterr() == ("", "")


def test_a_row_that_lacks_a_column_is_refused():
    trained = train_table("fruit.csv", "fruit", epochs=1)
    with pytest.raises(InputError, match="the table lacks columns trained on: 'weight'"):
        trained.predict({"colour": "green"})
    with pytest.raises(TypeError, match=r"or a list of dictionaries, not \[.green., 110"):
        trained.predict(["green", 110])


def test_a_mark_before_the_text_is_no_part_of_a_name():
    assert parse_table("\ufeffa,y\n1,2\n").columns == ("a", "y")


def test_what_it_saves_predicts_the_same():
    trained = train_table("fruit.csv", "fruit", epochs=2)
    trained.save("m.json")
    again = load_model("m.json")
    assert again.model.state() == trained.model.state()
    assert again.encoding == trained.encoding
    assert again.training["best_epoch"] == trained.history.best.number


@pytest.mark.slow
@pytest.mark.parametrize("classes", [False, True])
def test_two_numbers_stay_numbers_on_its_page_unless_they_are_classes(classes):
    """Standardised, they are -1 and 1, as the two classes of a score often are."""
    table = parse_table("x,y\n" + "".join(f"{x},{10 + x % 2}\n" for x in range(40)))
    trained = train_table(table, "y", validation=0, hidden=[3], epochs=2, classes=classes)
    text = trained.replay(epoch=1).text
    assert f'"kind":"{"classes" if classes else "numbers"}"' in text
    assert ('"classes":["10","11"]' if classes else '"units":[[10.5,0.5]],"classes":[]') in text
    assert '"opening":1' in text


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ({"epoch": 5}, TypeError, "no option 'epoch': choose from hidden, .*, epochs, "),
        (
            {"hidden": 8},
            InputError,
            r"hidden: 8 is not a list of layers' sizes, such as \[16, 16\]",
        ),
        ({"ignore": "colour"}, TypeError, r"ignore is a text: write ignore=\['colour'\]"),
    ],
)
def test_an_option_that_there_is_not_is_refused(asked, error, told):
    with pytest.raises(error, match=told):
        train_table("fruit.csv", "fruit", **asked)


def test_it_names_what_one_writes_in_python():
    table = {"x": ["1,5", "2,5", "1,5", "2,5", "k. A."] * 5, "y": [*"ababa"] * 5}
    with pytest.raises(InputError, match=r"or spelling=Spelling\(decimal=','\)$"):
        train_table(table, "y")
    german = Spelling(decimal=",", missing=("k. A.",))
    trained = train_table(table, "y", spelling=german, hidden=[], validation=0)
    assert "x: 1.5 to 2.5; 5 empty: " in trained.report
    assert trained.predict({"x": "2,5"}, spelling=german) == "b"
    assert trained.predict({"x": [1.5]}, spelling=german) == ["a"]
    assert trained.predict_probabilities({"x": "2,5"}, spelling=german)["b"] > 0.5
    with pytest.raises(InputError, match=r"\(spelling=Spelling\(decimal=…\) says what"):
        trained.predict({"x": "2,5"})


def test_sizes_of_layers_may_be_a_tuple():
    assert repr(train_table("fruit.csv", "fruit", hidden=(3,), epochs=1).model).startswith(
        "MLP(3, [3,"
    )


@pytest.mark.slow
def test_it_starts_no_thread_which_a_browser_has_not(monkeypatch):
    monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail(f"started {thread}"))
    trained = train_table("fruit.csv", "fruit", hidden=[3], epochs=2)
    assert "a linear model" in trained.report
