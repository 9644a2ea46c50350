"""Exercises as IMS QTI 1.2, which learning platforms such as Canvas import: ``write_package``.

A number is right within a range. A known mistake has a condition of its own, with its feedback and
without a score. Canvas takes each plain range for a right answer, scored or not, and skips those
within an ``or``: so that is where the ranges of mistakes are. It has feedback for wrong choices,
and one for all wrong numbers, which therefore lists the mistakes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...._ground.text import make_printable
from .collection import hash_text, identify_exercise, name_quiz
from .item import TRY_AGAIN, Item, Possible
from .markup import draw_file, write_code, write_image, write_inline, write_paragraphs

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
FILES = "$IMS-CC-FILEBASE$"  # the root of a package, as Canvas knows it
RESPONSE = "response1"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of ZIP: the same exercises make the same file on any day


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
    manifest = Element("manifest", {"identifier": f"manifest-{identifier}", "xmlns": PACKAGING})
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "IMS Content"
    SubElement(metadata, "schemaversion").text = "1.1.3"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    files = [("quiz/quiz.xml", "imsqti_xmlv1p2"), *[(name, "webcontent") for name in pictures]]
    for number, (name, kind) in enumerate(files):
        described = {"identifier": f"resource-{identifier}-{number}", "type": kind, "href": name}
        SubElement(SubElement(resources, "resource", described), "file", {"href": name})
    return write_xml(manifest)


def write_xml(root: Element) -> bytes:
    """Return a document as text in UTF-8."""
    indent(root, "")
    text: bytes = tostring(root, "utf-8", xml_declaration=True)
    return text


def write_assessment(title: str, items: Sequence[Item]) -> bytes:
    """Return the exercises as XML, in which the drawings are named and not contained."""
    root = Element("questestinterop", {"xmlns": NAMESPACE})
    name = f"quiz-{hash_text(' '.join(identify_exercise(item.exercise) for item in items))[:16]}"
    assessment = SubElement(root, "assessment", {"ident": name, "title": title})
    section = SubElement(assessment, "section", {"ident": "root_section"})
    for number, item in enumerate(items, 1):
        add_item(section, number, item)
    return write_xml(root)


def add_item(section: Element, number: int, item: Item) -> None:
    """Add one exercise: what is asked, how an answer is judged, and what is said then."""
    exercise = item.exercise
    heading = make_printable(f"{number}. {item.title}")
    added = SubElement(section, "item", {"ident": identify_exercise(exercise), "title": heading})
    metadata = SubElement(SubElement(added, "itemmetadata"), "qtimetadata")
    kind = "multiple_choice_question" if item.is_choice else "numerical_question"
    for label, entry in (("question_type", kind), ("points_possible", "1")):
        field = SubElement(metadata, "qtimetadatafield")
        SubElement(field, "fieldlabel").text = label
        SubElement(field, "fieldentry").text = entry
    presentation = SubElement(added, "presentation")
    asked = write_paragraphs(item.question) + write_code(exercise.program)
    if exercise.graph is not None:
        asked += write_image(f"{FILES}/{place_picture(number)}", exercise.graph)
    add_text(presentation, asked)
    (add_options if item.is_choice else add_box)(presentation, item)
    said = add_judging(added, item)
    for name, text in said.items():
        feedback = SubElement(added, "itemfeedback", {"ident": name})
        add_text(SubElement(feedback, "flow_mat"), text)


def add_text(parent: Element, text: str) -> None:
    """Add HTML, which stands in the XML as text."""
    material = SubElement(parent, "material")
    SubElement(material, "mattext", {"texttype": "text/html"}).text = text


def add_box(presentation: Element, item: Item) -> None:
    """Add a box for a number."""
    response = SubElement(
        presentation, "response_str", {"ident": RESPONSE, "rcardinality": "Single"}
    )
    box = SubElement(response, "render_fib", {"fibtype": "Decimal"})
    SubElement(box, "response_label", {"ident": "answer1"})


def add_options(presentation: Element, item: Item) -> None:
    """Add the answers to choose among, in their order."""
    response = SubElement(
        presentation, "response_lid", {"ident": RESPONSE, "rcardinality": "Single"}
    )
    choices = SubElement(response, "render_choice", {"shuffle": "No"})
    for place, one in enumerate(item.possible):
        label = SubElement(choices, "response_label", {"ident": name_option(place)})
        add_text(label, write_inline(one.text))


def name_option(place: int) -> str:
    """Return what one of the answers is called in the file."""
    return f"option_{place + 1}"


def add_judging(added: Element, item: Item) -> Mapping[str, str]:
    """Add the conditions of right and known wrong answers; return what is said, by its names."""
    judging = SubElement(added, "resprocessing")
    scored = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    SubElement(SubElement(judging, "outcomes"), "decvar", scored)
    working = write_paragraphs(item.exercise.working)
    said = {"correct_fb": f"<p>Right: {write_inline(item.right_text)}.</p>{working}"}
    mistakes = []
    for place, one in enumerate(item.possible):
        if not one.is_right and not one.title:
            continue
        condition = SubElement(judging, "respcondition", {"continue": "No"})
        met = SubElement(condition, "conditionvar")
        if item.is_choice:
            SubElement(met, "varequal", {"respident": RESPONSE}).text = name_option(place)
        else:
            add_range(met if one.is_right else SubElement(met, "or"), one)
        if one.is_right:
            SubElement(condition, "setvar", {"action": "Set", "varname": "SCORE"}).text = "100"
            feedback = "correct_fb"
        else:
            feedback = f"mistake_{place + 1}_fb"
            said[feedback] = write_feedback(one)
            mistakes.append(f"<li>{write_inline(item.name_answer(place))}: {write_told(one)}</li>")
        SubElement(
            condition, "displayfeedback", {"feedbacktype": "Response", "linkrefid": feedback}
        )
    other = SubElement(judging, "respcondition", {"continue": "No"})
    SubElement(SubElement(other, "conditionvar"), "other")
    SubElement(
        other, "displayfeedback",
        {"feedbacktype": "Response", "linkrefid": "general_incorrect_fb"},
    )  # fmt: skip
    said["general_incorrect_fb"] = f"<p>{TRY_AGAIN}</p>"  # without the working: it gives all away
    if mistakes and not item.is_choice:
        said["general_incorrect_fb"] += f"<p>Known mistakes:</p><ul>{''.join(mistakes)}</ul>"
    return said


def add_range(parent: Element, one: Possible) -> None:
    """Add a condition that is met by the numbers that are near to one."""
    low, high = one.range
    both = SubElement(parent, "and")
    SubElement(both, "vargte", {"respident": RESPONSE}).text = write_decimal(low)
    SubElement(both, "varlte", {"respident": RESPONSE}).text = write_decimal(high)


def write_decimal(number: float) -> str:
    """Return a number without a power of ten, which not every platform reads."""
    return f"{Decimal(repr(number)):f}"


def write_told(one: Possible) -> str:
    """Return what is wrong with an answer, on one line."""
    return f"<strong>{write_inline(one.title)}.</strong> {write_inline(one.told)}"


def write_feedback(one: Possible) -> str:
    """Return what is wrong with an answer, as a paragraph."""
    return f"<p>{write_told(one)}</p>"
