"""Exercises as QTI, judged as the standard and Canvas judge them, and as Moodle's XML."""

import base64
import copy
import html
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from exercising import HOSTILE, make_choice, make_hostile, make_number
from qti import NAMESPACE, find, find_faults, judge, list_right_ranges, strip

from micrograd_nn._ground.text import make_printable
from micrograd_nn.extras.practice.handouts.item import Selection
from micrograd_nn.extras.practice.handouts.platforms import (
    write_assessment,
    write_moodle,
    write_package,
)


def read(data):
    return ElementTree.fromstring(data)


def items_of(root):
    return find(root, "assessment/section/item")


@pytest.fixture(scope="module")
def all_topics():
    return [item for level in (1, 3) for item in Selection(level=level).make_items("anna")]


@pytest.fixture(scope="module")
def written(all_topics):
    return read(write_assessment("A quiz", all_topics))


def test_each_topic_is_as_the_standard_has_it(written, all_topics):
    assert find_faults(written) == []
    assert len(items_of(written)) == len(all_topics)


@pytest.mark.parametrize("path", ["assessment/section/item/presentation", "assessment/section"])
def test_the_check_of_the_standard_sees_faults(written, path):
    for change in (lambda x: x.clear(), lambda x: x.append(ElementTree.Element(NAMESPACE + "or"))):
        broken = copy.deepcopy(written)
        change(find(broken, path)[0])
        assert find_faults(broken)


def test_answers_are_judged_as_the_exercise_judges_them(written, all_topics):
    for element, item in zip(items_of(written), all_topics, strict=True):
        for place, one in enumerate(item.possible):
            if not one.is_right and not one.title:
                continue
            given = f"option_{place + 1}" if item.is_choice else repr(one.number)
            score, said = judge(element, given)
            assert score == (100.0 if one.is_right else 0.0)
            # A number that is near to two mistakes is the first one's.
            same = [x.title for x in item.possible if x.number == one.number or x is one]
            assert one.is_right or any(title in said for title in same)
        if not item.is_choice:  # Canvas takes any plain range for a right answer
            assert list_right_ranges(element) == [item.right.range]
        scored = find(element, "resprocessing/respcondition/setvar")
        assert [x.text for x in scored] == ["100"]  # as New Quizzes has it


def test_a_number_is_right_within_three_digits_and_its_mistakes_have_their_words():
    item = make_number(2.0, [(-2.0, "Sign"), (2.008, "Near")])
    (element,) = items_of(read(write_assessment("", [item])))
    for given, right, said in [
        ("1.995", True, "So much."), ("2.005", True, "Right: 2."), ("1.9949", False, ""),
        ("2.0051", False, "told of 2.008"), ("-2", False, "Sign"), ("-2.004", False, "Sign"),
        ("2.013", False, "told of 2.008"), ("2.004", True, "Right: 2."),  # which is near to both
        ("7", False, "−2: <strong>Sign.</strong>"),
    ]:  # fmt: skip
        score, told = judge(element, given)
        assert (score, said in told) == (100.0 * right, True)
        assert right or "So much." not in told  # the working has the right answer


@pytest.mark.parametrize("number", [0.0, 1.5e-7, -3e20, 1 / 3])
def test_numbers_of_any_size_are_written_without_a_power_of_ten(number):
    (element,) = items_of(read(write_assessment("", [make_number(number)])))
    assert judge(element, repr(number))[0] == 100.0
    texts = [x.text for x in element.iter() if strip(x) in ("vargte", "varlte")]
    assert not any("e" in text for text in texts)


def test_choices_are_judged_each_with_its_words():
    (element,) = items_of(read(write_assessment("", [make_choice(misses=[(0, "Grows")])])))
    labels = [x for x in element.iter() if strip(x) == "response_label"]
    found = [(find(label, "material/mattext")[0].text, *judge(element, label.get("ident")))
             for label in labels]  # fmt: skip
    assert [(text, score, "Grows" in said) for text, score, said in found] == [
        ("exp", 0.0, True), ("tanh", 100.0, False), ("relu", 0.0, False),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_package_has_all_that_its_manifest_names_and_the_same_bytes_again(all_topics):
    data = write_package("A quiz", all_topics)
    assert write_package("A quiz", all_topics) == data
    package = zipfile.ZipFile(io.BytesIO(data))
    names = package.namelist()
    manifest = read(package.read("imsmanifest.xml"))
    assert {x.get("href") for x in manifest.iter() if x.tag.endswith("}file")} == {*names[1:]}
    quiz = package.read("quiz/quiz.xml").decode()
    pictures = [name for name in names if name.startswith("images/")]
    assert len(pictures) == sum(item.exercise.graph is not None for item in all_topics)
    for name in pictures:
        assert quiz.count(f"$IMS-CC-FILEBASE$/{name}") == 1
        assert read(package.read(name)).tag == "{http://www.w3.org/2000/svg}svg"


def test_hostile_texts_arrive_as_texts():
    package = zipfile.ZipFile(io.BytesIO(write_package(HOSTILE, make_hostile())))
    root = read(package.read("quiz/quiz.xml"))
    assert find_faults(root) == []
    assert find(root, "assessment")[0].get("title").endswith(make_printable(HOSTILE))
    for text in [x.text for x in root.iter() if strip(x) == "mattext"]:
        assert {*re.findall(r"<(\w+)", text)} <= {"p", "code", "pre", "img", "strong", "ul", "li"}
        told = html.unescape(re.sub(r"<[^>]*>", "", text)).replace("`", "").replace("\u00a0", " ")
        assert "</" not in told or make_printable(HOSTILE).replace("`", "") in told


def list_questions(*items, name="anna"):
    root = ElementTree.fromstring(write_moodle(name, items))
    return root.findall("question")


def find_marks(question, number):
    """Return the marks of a number, and what is said of it, as Moodle does: the first that fits."""
    for answer in question.findall("answer"):
        tolerance = float(answer.findtext("tolerance"))
        if abs(number - float(answer.findtext("text"))) <= tolerance * (1 + 1e-9):
            return answer.get("fraction"), answer.findtext("feedback/text")
    return "0", None


def test_numbers_have_a_tolerance_and_their_mistakes_no_marks():
    _, question = list_questions(make_number(2.0, [(-2.0, "Sign")]))
    sign = "0", "<p><strong>Sign.</strong> told of -2.0</p>"
    right, none = ("100", None), ("0", None)
    judged = [find_marks(question, x) for x in (1.995, 2.0, 2.005, 2.01, -2.004)]
    assert judged == [right, right, right, none, sign]
    told = [question.get("type"), question.findtext("generalfeedback/text")]
    assert told == ["numerical", "<p>So much.</p>"]


def test_choices_stay_in_their_order():
    _, question = list_questions(make_choice(misses=[(0, "Grows")]))
    assert [
        (x.findtext("text"), x.get("fraction"), "Grows" in x.findtext("feedback/text", ""))
        for x in question.findall("answer")
    ] == [("exp", "0", True), ("tanh", "100", False), ("relu", "0", False)]
    told = [question.get("type"), question.findtext("shuffleanswers")]
    assert told == ["multichoice", "false"]


def test_the_questions_stand_in_a_category_of_the_sheets_name():
    category = list_questions(make_number(), name="a/b")[0]
    assert category.findtext("category/text") == "$course$/top/Backpropagation by hand: sheet a//b"


def test_drawings_are_files_of_their_questions_and_texts_stay_texts():
    for question in list_questions(*make_hostile(), name=HOSTILE)[1:]:
        (file,) = question.findall("questiontext/file")
        picture = ElementTree.fromstring(base64.b64decode(file.text))
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        text = question.findtext("questiontext/text")
        assert f'src="@@PLUGINFILE@@/{file.get("name")}"' in text
        assert "<b>" not in text
        assert make_printable(HOSTILE) not in text  # but escaped
