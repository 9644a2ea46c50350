"""Whether a message is one of the Debug Adapter Protocol: by its schema, which debugpy carries."""

import functools
import json
from importlib.util import find_spec
from pathlib import Path

HAS_SCHEMA = all(find_spec(name) for name in ("debugpy", "jsonschema"))
PLACE = "_vendored/pydevd/_pydevd_bundle/_debug_adapter/debugProtocol.json"


def read_kinds():
    """Return the protocol's types, each with no properties but those that it names."""
    path = Path(find_spec("debugpy").origin).parent / PLACE
    kinds = json.loads(path.read_text(encoding="utf-8"))["definitions"]

    def join(kind):
        if "allOf" not in kind:
            return kind
        base, own = kind["allOf"]
        base = join(kinds[base["$ref"].rpartition("/")[2]])
        properties = {**base["properties"], **own.get("properties", {})}
        required = {*base.get("required", []), *own.get("required", [])}
        return {**own, "properties": properties, "required": sorted(required)}

    def close(part):
        for inner in part.values() if isinstance(part, dict) else part:
            if isinstance(inner, dict | list):
                close(inner)
        if isinstance(part, dict) and "properties" in part:
            part.setdefault("additionalProperties", False)

    joined = {name: join(kind) for name, kind in kinds.items()}
    close(joined)
    return joined


@functools.cache
def read_validators():
    """Return for each type what validates a message, imported late: that takes seconds."""
    from jsonschema import Draft4Validator

    kinds = read_kinds()
    return {
        name: Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": kinds})
        for name in kinds
    }


def check_message(message):
    """Fail where no adapter sends such a message; without a schema, pass."""
    if message["type"] == "event":
        name = f"{make_title(message['event'])}Event"
    else:
        assert message["type"] == "response", "this adapter asks for nothing"
        name = (
            f"{make_title(message['command'])}Response" if message["success"] else "ErrorResponse"
        )
    if HAS_SCHEMA:
        read_validators()[name].validate(message)


def make_title(name):
    """Return how a name stands within one of the schema's."""
    return name[:1].upper() + name[1:]
