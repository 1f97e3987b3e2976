"""Where a pointer comes from inside a function: from its parameters, or from somewhere unknown.

Law: "borrowed" means that every visible assignment leads back to a parameter without a call on the way; what
a call returned may carry a reference and is not borrowed. Must not know what is pointed at, nor rules.
"""

import re

from reviewbot.cmodel.outline import Function, Outline

_CAST = re.compile(r"^\(\s*(?:const\s+)?(?:struct\s+\w+|void)\s*\*+\s*\)\s*")
_LOADED = re.compile(r"\w+(?:(?:->|\.)\w+)*->\w+|[^=]*->private_data")
_DEPTH = 4


def bare(expression: str) -> str:
    """The expression without casts and outer parentheses: `(void *)kvm` is `kvm`."""
    text = expression.strip()
    while True:
        stripped = _CAST.sub("", text)
        if stripped.startswith("(") and stripped.endswith(")") and "(" not in stripped[1:-1]:
            stripped = stripped[1:-1].strip()
        if stripped == text:
            return text
        text = stripped


def root(expression: str) -> str:
    """The variable an lvalue begins with: `f` of `f->dev.kvm`, `kvm` of `&kvm->lock`."""
    match = re.match(r"[&*(\s]*(\w+)", expression)
    return match[1] if match else ""


def is_borrowed(expression: str, function: Function, outline: Outline, depth: int = _DEPTH) -> bool:
    """Whether the expression leads back to a parameter of the function, through locals if need be."""
    text = bare(expression)
    if not depth or "(" in text:
        return False
    name = root(text)
    if any(parameter.name == name for parameter in function.parameters):
        return not values(name, function, outline)
    sources = values(name, function, outline)
    return bool(sources) and all(is_borrowed(s, function, outline, depth - 1) for s in sources)


def values(lvalue: str, function: Function, outline: Outline) -> tuple[str, ...]:
    """Everything the function visibly assigns to the lvalue."""
    inside = outline.assignments_between(function.first, function.last)
    return tuple(a.value for a in inside if a.target == lvalue)


def stored_in(holder: str, function: Function, outline: Outline) -> tuple[str, ...]:
    """What the function visibly stores in fields of `holder`, a pointer."""
    inside = outline.assignments_between(function.first, function.last)
    return tuple(a.value for a in inside if a.target.startswith(f"{holder}->"))


def is_loaded(expression: str, function: Function, outline: Outline) -> bool:
    """Whether the pointer is a parameter, or loaded from a field: nothing a call may have handed over.

    A field that the function then sets to NULL gives its pointer away, so that does not count.
    """
    text = bare(expression)
    found = values(text, function, outline)
    is_parameter = any(parameter.name == text for parameter in function.parameters)
    sources = found if found and not is_parameter else (text,)
    return all(
        ((is_parameter and source == text and not found) or _LOADED.fullmatch(bare(source)))
        and "NULL" not in values(bare(source), function, outline)
        for source in sources
    )
