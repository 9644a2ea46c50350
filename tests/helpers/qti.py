"""IMS QTI 1.2 as the standard has it: which element may hold which, and how answers are judged.

The models are those of the standard's ASI binding, of the elements that are written here, without
what is optional and isn't. (The schema itself bears no licence to be passed on.)
"""

import re

NAMESPACE = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
VARIABLE = "(not|and|or|unanswered|other|varequal|varlt|varlte|vargt|vargte)"
MODELS = {
    "questestinterop": "objectbank|assessment|(section|item)+",
    "assessment": "qtimetadata* section+",
    "section": "qtimetadata* (item|section)*",
    "item": "itemmetadata? presentation? resprocessing* itemfeedback*",
    "itemmetadata": "qtimetadata*",
    "qtimetadata": "qtimetadatafield+",
    "qtimetadatafield": "fieldlabel fieldentry",
    "presentation": "(material|response_lid|response_str|response_num)+",
    "material": "(mattext|matimage)+",
    "response_lid": "material? (render_choice|render_fib) material?",
    "response_str": "material? (render_choice|render_fib) material?",
    "render_choice": "(material|response_label)*",
    "render_fib": "(material|response_label)*",
    "response_label": "(material|flow_mat)*",
    "resprocessing": "outcomes respcondition+",
    "outcomes": "decvar+",
    "respcondition": "conditionvar setvar* displayfeedback*",
    "conditionvar": f"{VARIABLE}+",
    "and": f"{VARIABLE}+",
    "or": f"{VARIABLE}+",
    "itemfeedback": "((flow_mat|material)|solution|hint)+",
    "flow_mat": "(flow_mat|material)+",
    **dict.fromkeys(
        ["fieldlabel", "fieldentry", "mattext", "decvar", "setvar", "displayfeedback", "other",
         "varequal", "vargte", "varlte"],
        "",
    ),
}  # fmt: skip
REQUIRED = {
    "assessment": {"ident"}, "section": {"ident"}, "item": {"ident"}, "response_lid": {"ident"},
    "response_str": {"ident"}, "response_label": {"ident"}, "itemfeedback": {"ident"},
    "varequal": {"respident"}, "vargte": {"respident"}, "varlte": {"respident"},
    "displayfeedback": {"linkrefid"},
}  # fmt: skip
YES = ("Yes", "No")
ALLOWED = {  # and which values, if not any
    "assessment": {"title": ()}, "item": {"title": ()}, "mattext": {"texttype": ()},
    "response_lid": {"rcardinality": ("Single", "Multiple", "Ordered")},
    "response_str": {"rcardinality": ("Single", "Multiple", "Ordered")},
    "render_choice": {"shuffle": YES},
    "render_fib": {"fibtype": ("String", "Integer", "Decimal", "Scientific")},
    "decvar": {
        "varname": (), "minvalue": (), "maxvalue": (),
        "vartype": ("Integer", "String", "Decimal", "Scientific", "Boolean", "Enumerated", "Set"),
    },
    "respcondition": {"continue": YES, "title": ()},
    "setvar": {"varname": (), "action": ("Set", "Add", "Subtract", "Multiply", "Divide")},
    "displayfeedback": {"feedbacktype": ("Response", "Solution", "Hint")},
}  # fmt: skip


def strip(element):
    """Return an element's name, which has to be of the standard's namespace."""
    assert element.tag.startswith(NAMESPACE), element.tag
    return element.tag.removeprefix(NAMESPACE)


def find_faults(root):
    """Return where a document isn't as the standard has it."""
    faults = []
    for element in root.iter():
        name = strip(element)
        if name not in MODELS:
            faults.append(f"{name} is unknown")
            continue
        model = re.sub(r"(\w+)", r"(?:\1,)", MODELS[name]).replace(" ", "")
        children = "".join(f"{strip(child)}," for child in element)
        if not re.fullmatch(model, children):
            faults.append(f"{name} has {children}")
        if MODELS[name] and (element.text or "").strip():
            faults.append(f"{name} has text")
        required, allowed = REQUIRED.get(name, set()), ALLOWED.get(name, {})
        for missing in required - set(element.keys()):
            faults.append(f"{name} lacks {missing}")
        for key, value in element.items():
            if key not in required and value not in (allowed.get(key, ["-"]) or [value]):
                faults.append(f"{name} has {key}={value}")
    return faults


def find(element, path):
    return element.findall("/".join(NAMESPACE + name for name in path.split("/")))


def is_met(condition, answer):
    """Tell whether a condition is met by an answer, a text."""
    name = strip(condition)
    if name == "other":
        return True
    if name == "varequal":
        return answer == condition.text
    if name == "vargte":
        return float(answer) >= float(condition.text)
    if name == "varlte":
        return float(answer) <= float(condition.text)
    met = [is_met(child, answer) for child in condition]
    return any(met) if name == "or" else all(met)


def judge(item, answer):
    """Return the score of an answer, and what is said of it, as a platform of the standard does."""
    score, said = 0.0, []
    for condition in find(item, "resprocessing/respcondition"):
        if is_met(find(condition, "conditionvar")[0], answer):
            for setting in find(condition, "setvar"):
                score = float(setting.text)
            said += [shown.get("linkrefid") for shown in find(condition, "displayfeedback")]
            if condition.get("continue") != "Yes":
                break
    texts = {one.get("ident"): one for one in find(item, "itemfeedback")}
    return score, " ".join(find(texts[name], "flow_mat/material/mattext")[0].text for name in said)


def list_right_ranges(item):
    """Return the ranges that Canvas takes for right: it asks no condition for its score.

    Of each condition it takes an exact number or a range within "or", else a range; see
    ``numeric_interaction.rb`` of Canvas, and the migration to QTI 2 before it.
    """
    found = []
    for condition in find(item, "resprocessing/respcondition"):
        names = [strip(part) for part in condition.iter()]
        if "or" in names:
            assert "varequal" not in names
        elif "and" in names:
            low, high = [
                float(next(part.text for part in condition.iter() if strip(part) == name))
                for name in ("vargte", "varlte")
            ]
            found.append((low, high))
    return found
