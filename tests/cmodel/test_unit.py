"""What the grammar is given of an item, and how a fragment is completed."""

import pytest

from reviewbot.cmodel.layout import items
from reviewbot.cmodel.piece import whole
from reviewbot.cmodel.unit import Unit, unit
from tests.cmodel.sources import page

FUNCTION = "static int foo(struct kvm *kvm)"


def units(text: str, first: int = 1, heading: str = "") -> list[Unit | None]:
    sheet = page(text, first, heading)
    found = items(sheet.code, sheet.heading_code, cut=sheet.cut)
    return [unit(whole(sheet), item) for item in found]


def completed(text: str, heading: str) -> str:
    (found,) = units(text, 7, heading)
    assert found is not None
    at = found.text.index(text.strip())
    assert at + found.shift == text.index(text.strip())
    return " ".join(found.text.split())


def test_a_function_is_given_without_its_header() -> None:
    assert units("int foo(void)\n{\n\tx();\n}\n") == [Unit("{\n\tx();\n}", 14)]


@pytest.mark.parametrize(
    "text",
    [
        "int foo(int a);\n",
        "EXPORT_SYMBOL(x);\n",
        "enum a { B, C }\n",
        "void foo(void)\n{\n}\n",
        "}\n",
    ],
)
def test_what_holds_no_facts_is_not_parsed(text: str) -> None:
    assert units(text) == [None]


def test_an_initialised_declaration_is_parsed() -> None:
    assert units("int x = foo(1);\n") == [Unit("int x = foo(1);", 0)]


@pytest.mark.parametrize(
    ("text", "heading", "complete"),
    [
        ("\tx();\n\ty();", FUNCTION, "{ x(); y();};"),
        ("\tx();\n}", FUNCTION, "{ x(); };"),
        ("\t\tx();\n\t}\n}", FUNCTION, "{{ x(); } };"),
        ("\tx();\n\tif (a) {", FUNCTION, "{ x(); if (a) {}};"),
        ("\t  b);\n\tfoo(c,", FUNCTION, "{if( b); foo(c,);};"),
        ("\t.a = 1,", "static struct foo x = {", "static struct foo x = { .a = 1,};"),
        ("\t.a = 1,\n};", "static struct foo x =", "static struct foo x ={ .a = 1, };;"),
        ("\t\t.a = 1,\n\t},\n};", "struct foo x = {", "struct foo x = {{ .a = 1, }, };;"),
        ("\tint a;", "struct foo {", "struct foo { int a;};"),
        ("\t\tint a;\n\t};\n};", "struct foo", "struct foo{struct{ int a; }; };;"),
    ],
)
def test_a_fragment_is_completed(text: str, heading: str, complete: str) -> None:
    assert completed(text, heading) == complete


def test_a_body_with_an_odd_brace_is_balanced() -> None:
    (found,) = units("int foo(void)\n{\n\tif (a) {\n\t\tx();\n}\n")
    assert found is not None
    assert found.text.count("{") == found.text.count("}")


def test_absurd_imbalance_is_not_mirrored() -> None:
    (found,) = units("\tx();" + "}" * 1000 + "\n\ty = 1;", 7, FUNCTION)
    assert found is not None
    assert len(found.text) < 1200
