"""Exercises as Moodle's XML: each answer with its marks, its tolerance and its words."""

import base64
from xml.etree import ElementTree

from exercising import HOSTILE, make_choice, make_hostile, make_number

from micrograd_nn._ground.text import make_printable
from micrograd_nn.extras.practice.handouts.platforms import write_moodle


def read(*items, name="anna"):
    root = ElementTree.fromstring(write_moodle(name, items))
    return root.findall("question")


def judge(question, number):
    """Return the marks of a number, and what is said of it, as Moodle does: the first that fits."""
    for answer in question.findall("answer"):
        tolerance = float(answer.findtext("tolerance"))
        if abs(number - float(answer.findtext("text"))) <= tolerance * (1 + 1e-9):
            return answer.get("fraction"), answer.findtext("feedback/text")
    return "0", None


def test_numbers_have_a_tolerance_and_their_mistakes_no_marks():
    _, question = read(make_number(2.0, [(-2.0, "Sign")]))
    sign = "0", "<p><strong>Sign.</strong> told of -2.0</p>"
    right, none = ("100", None), ("0", None)
    judged = [judge(question, x) for x in (1.995, 2.0, 2.005, 2.01, -2.004)]
    assert judged == [right, right, right, none, sign]
    told = [question.get("type"), question.findtext("generalfeedback/text")]
    assert told == ["numerical", "<p>So much.</p>"]


def test_choices_stay_in_their_order():
    _, question = read(make_choice(misses=[(0, "Grows")]))
    assert [
        (x.findtext("text"), x.get("fraction"), "Grows" in x.findtext("feedback/text", ""))
        for x in question.findall("answer")
    ] == [("exp", "0", True), ("tanh", "100", False), ("relu", "0", False)]
    told = [question.get("type"), question.findtext("shuffleanswers")]
    assert told == ["multichoice", "false"]


def test_the_questions_stand_in_a_category_of_the_sheets_name():
    category = read(make_number(), name="a/b")[0]
    assert category.findtext("category/text") == "$course$/top/Backpropagation by hand: sheet a//b"


def test_drawings_are_files_of_their_questions_and_texts_stay_texts():
    for question in read(*make_hostile(), name=HOSTILE)[1:]:
        (file,) = question.findall("questiontext/file")
        picture = ElementTree.fromstring(base64.b64decode(file.text))
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        text = question.findtext("questiontext/text")
        assert f'src="@@PLUGINFILE@@/{file.get("name")}"' in text
        assert "<b>" not in text
        assert make_printable(HOSTILE) not in text  # but escaped
