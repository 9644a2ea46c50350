"""Exercises for learning platforms: as IMS QTI 1.2, which such as Canvas import, and for Moodle.

In QTI a number is right within a range. A known mistake has a condition of its own, with its
feedback and without a score. Canvas takes each plain range for a right answer, scored or not, and
skips those within an ``or``: so that is where the ranges of mistakes are. It has feedback for wrong
choices, and one for all wrong numbers, which therefore lists the mistakes.

Moodle has no import of QTI; its own XML has feedback for each mistake. A number has a tolerance. A
known mistake is an answer that gives no marks and has its feedback.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

from ...._ground.text import make_printable
from .item import TRY_AGAIN, Item, Possible, hash_text, identify_exercise, name_quiz
from .markup import (
    build_element,
    draw_file,
    write_asked,
    write_decimal,
    write_feedback,
    write_image,
    write_inline,
    write_paragraphs,
    write_told,
    write_xml,
)

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
FILES = "$IMS-CC-FILEBASE$"  # the root of a package, as Canvas knows it
RESPONSE = "response1"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of ZIP: the same exercises make the same file on any day
PICTURE = "graph.svg"
MARKS = [("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")]
CHOICES = [("single", "true"), ("shuffleanswers", "false"), ("answernumbering", "abc")]


def write_package(name: str, items: Sequence[Item]) -> bytes:
    """Return a sheet's exercises and their drawings as a ZIP file."""
    quiz = write_assessment(name_quiz(name), items)
    pictures = {
        place_picture(number): draw_file(item.exercise.graph)
        for number, item in enumerate(items, 1)
        if item.exercise.graph is not None
    }
    manifest = build_manifest(hash_text(quiz.decode())[:16], pictures)
    packed = io.BytesIO()
    contents: dict[str, str | bytes] = {"imsmanifest.xml": manifest, "quiz/quiz.xml": quiz}
    with zipfile.ZipFile(packed, "w") as package:
        for path, content in {**contents, **pictures}.items():
            entry = zipfile.ZipInfo(path, FIRST_DAY)
            entry.external_attr = 0o644 << 16
            package.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def place_picture(number: int) -> str:
    """Return the place of a drawing in a package, by the number of its exercise."""
    return f"images/{number}.svg"


def build_manifest(identifier: str, pictures: Iterable[str]) -> bytes:
    """Return what a package has in it, as XML."""
    files = [("quiz/quiz.xml", "imsqti_xmlv1p2"), *[(name, "webcontent") for name in pictures]]
    resources = [
        build_element(
            "resource",
            {"identifier": f"resource-{identifier}-{number}", "type": kind, "href": name},
            build_element("file", {"href": name}),
        )
        for number, (name, kind) in enumerate(files)
    ]
    about = [("schema", "IMS Content"), ("schemaversion", "1.1.3")]
    return write_xml(
        build_element(
            "manifest",
            {"identifier": f"manifest-{identifier}", "xmlns": PACKAGING},
            build_element("metadata", {}, *[build_element(name, {}, text) for name, text in about]),
            build_element("organizations"),
            build_element("resources", {}, *resources),
        )
    )


def write_assessment(title: str, items: Sequence[Item]) -> bytes:
    """Return the exercises as XML, in which the drawings are named and not contained."""
    name = f"quiz-{hash_text(' '.join(identify_exercise(item.exercise) for item in items))[:16]}"
    built = [build_item(number, item) for number, item in enumerate(items, 1)]
    section = build_element("section", {"ident": "root_section"}, *built)
    assessment = build_element("assessment", {"ident": name, "title": title}, section)
    return write_xml(build_element("questestinterop", {"xmlns": NAMESPACE}, assessment))


def build_item(number: int, item: Item) -> Element:
    """Return one exercise: what is asked, how an answer is judged, and what is said then."""
    exercise = item.exercise
    kind = "multiple_choice_question" if item.is_choice else "numerical_question"
    fields = [
        build_element(
            "qtimetadatafield", {},
            build_element("fieldlabel", {}, label), build_element("fieldentry", {}, entry),
        )
        for label, entry in (("question_type", kind), ("points_possible", "1"))
    ]  # fmt: skip
    asked = write_asked(item)
    if exercise.graph is not None:
        asked += write_image(f"{FILES}/{place_picture(number)}", exercise.graph)
    judging, said = judge_answers(item)
    return build_element(
        "item",
        {
            "ident": identify_exercise(exercise),
            "title": make_printable(f"{number}. {item.title}"),
        },
        build_element("itemmetadata", {}, build_element("qtimetadata", {}, *fields)),
        build_element("presentation", {}, build_text(asked), build_response(item)),
        judging,
        *[
            build_element(
                "itemfeedback", {"ident": name}, build_element("flow_mat", {}, build_text(text))
            )
            for name, text in said.items()
        ],
    )


def build_text(text: str) -> Element:
    """Return HTML, which stands in the XML as text."""
    return build_element("material", {}, build_element("mattext", {"texttype": "text/html"}, text))


def build_response(item: Item) -> Element:
    """Return a box for a number, or the answers to choose among, in their order."""
    box = build_element(
        "render_fib", {"fibtype": "Decimal"}, build_element("response_label", {"ident": "answer1"})
    )
    choices = build_element(
        "render_choice", {"shuffle": "No"},
        *[
            build_element(
                "response_label", {"ident": name_option(place)}, build_text(write_inline(one.text))
            )
            for place, one in enumerate(item.possible)
        ],
    )  # fmt: skip
    return build_element(
        "response_lid" if item.is_choice else "response_str",
        {"ident": RESPONSE, "rcardinality": "Single"},
        choices if item.is_choice else box,
    )


def name_option(place: int) -> str:
    """Return what one of the answers is called in the file."""
    return f"option_{place + 1}"


def judge_answers(item: Item) -> tuple[Element, dict[str, str]]:
    """Return the conditions of right and known wrong answers; and what is said, by its names."""
    working = write_paragraphs(item.exercise.working)
    said = {"correct_fb": f"<p>Right: {write_inline(item.right_text)}.</p>{working}"}
    mistakes, conditions = [], []
    for place, one in enumerate(item.possible):
        if not one.is_right and not one.title:
            continue
        feedback = "correct_fb"
        if not one.is_right:
            feedback = f"mistake_{place + 1}_fb"
            said[feedback] = write_feedback(one)
            mistakes.append(f"<li>{write_inline(item.name_answer(place))}: {write_told(one)}</li>")
        conditions.append(build_condition(find_test(item, place), feedback, one.is_right))
    conditions.append(build_condition(build_element("other"), "general_incorrect_fb"))
    said["general_incorrect_fb"] = f"<p>{TRY_AGAIN}</p>"  # without the working: it gives all away
    if mistakes and not item.is_choice:
        said["general_incorrect_fb"] += f"<p>Known mistakes:</p><ul>{''.join(mistakes)}</ul>"
    scored = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    outcomes = build_element("outcomes", {}, build_element("decvar", scored))
    return build_element("resprocessing", {}, outcomes, *conditions), said


def build_condition(test: Element, feedback: str, is_right: bool = False) -> Element:
    """Return the condition of an answer: what is said of it, and its score if it is right."""
    score = build_element("setvar", {"action": "Set", "varname": "SCORE"}, "100")
    shown = {"feedbacktype": "Response", "linkrefid": feedback}
    return build_element(
        "respcondition", {"continue": "No"},
        build_element("conditionvar", {}, test),
        *[score] * is_right,
        build_element("displayfeedback", shown),
    )  # fmt: skip


def find_test(item: Item, place: int) -> Element:
    """Return what is met by one of the answers: a choice, or the numbers that are near to it."""
    about = {"respident": RESPONSE}
    if item.is_choice:
        return build_element("varequal", about, name_option(place))
    one = item.possible[place]
    low, high = map(write_decimal, one.range)
    both = build_element(
        "and", {}, build_element("vargte", about, low), build_element("varlte", about, high)
    )
    return both if one.is_right else build_element("or", {}, both)


# For Moodle


def write_moodle(name: str, items: Sequence[Item]) -> bytes:
    """Return a sheet's exercises as a file for the import of Moodle's question bank."""
    # A slash would divide it into a category and one within.
    title = name_quiz(name).replace("/", "//")
    category = build_element("category", {}, build_element("text", {}, f"$course$/top/{title}"))
    questions = [build_question(number, item) for number, item in enumerate(items, 1)]
    top = build_element("question", {"type": "category"}, category)
    return write_xml(build_element("quiz", {}, top, *questions))


def build_question(number: int, item: Item) -> Element:
    """Return one exercise."""
    graph, asked, files = item.exercise.graph, write_asked(item), []
    if graph is not None:
        asked += write_image(f"@@PLUGINFILE@@/{PICTURE}", graph)
        picture = base64.b64encode(draw_file(graph).encode()).decode()
        about = {"name": PICTURE, "path": "/", "encoding": "base64"}
        files = [build_element("file", about, picture)]
    title = make_printable(f"{number}. {item.title}")
    return build_element(
        "question", {"type": "multichoice" if item.is_choice else "numerical"},
        build_element("name", {}, build_element("text", {}, title)),
        build_html("questiontext", asked, *files),
        build_html("generalfeedback", write_paragraphs(item.exercise.working)),
        *[build_element(name, {}, text) for name, text in MARKS + CHOICES * item.is_choice],
        *[
            build_answer(one)
            for one in item.possible
            if item.is_choice or one.is_right or one.title
        ],
    )  # fmt: skip


def build_answer(one: Possible) -> Element:
    """Return one possible answer, with what is said of it."""
    marks = "100" if one.is_right else "0"
    told = [build_html("feedback", write_feedback(one))] * bool(one.title)
    if one.number is None:
        text = build_element("text", {}, write_inline(one.text))
        return build_element("answer", {"fraction": marks, "format": "html"}, text, *told)
    low, high = one.range  # not as far on both sides, which a tolerance is
    most = min(high - one.number, one.number - low)
    return build_element(
        "answer", {"fraction": marks, "format": "moodle_auto_format"},
        build_element("text", {}, write_decimal(one.number + 0.0)),
        build_element("tolerance", {}, write_decimal(float(f"{most:.9g}"))),
        *told,
    )  # fmt: skip


def build_html(name: str, content: str, *beside: Element) -> Element:
    """Return HTML, which stands in the XML as text."""
    return build_element(name, {"format": "html"}, build_element("text", {}, content), *beside)
