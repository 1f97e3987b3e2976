import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.model.printable import email, escaped, header, identifier, printable, spoken

WILD = st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Lu", "Po", "Zs"]))
HOSTILE = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\t\n"]


def test_plain_text_is_left_alone() -> None:
    text = "static int foo(void)\t/* Jörg 日本 🐧 */\n"
    assert printable(text) == text


@pytest.mark.parametrize("char", HOSTILE, ids=ascii)
def test_controls_become_visible(char: str) -> None:
    shown = printable(f"a{char}b")
    assert char not in shown
    assert shown.startswith("a")
    assert len(shown) > 2


def test_each_kind_of_character_has_its_picture() -> None:
    assert printable("\x1b[31m") == "␛[31m"
    assert printable("\x7f\r") == "␡␍"
    assert printable("\x9b\u202e\ufeff") == "<U+009B><U+202E><U+FEFF>"
    assert printable("\udc80") == "\ufffd"


@given(WILD)
def test_printable_twice_is_printable_once(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(WILD)
def test_printable_text_can_be_encoded(text: str) -> None:
    printable(text).encode()


@given(WILD)
def test_a_header_is_one_short_line(text: str) -> None:
    line = header(text, 40)
    assert len(line) <= 40
    assert line == line.strip()
    assert not set(line) & {"\n", "\t", *HOSTILE}
    assert header(line, 40) == line
    line.encode()


def test_a_header_keeps_what_is_harmless() -> None:
    assert header("[PATCH]  foo: Jörg's 日本") == "[PATCH]  foo: Jörg's 日本"
    assert header("a\r\nBcc: b@example.org") == "a  Bcc: b@example.org"
    assert header("a\u202eb\u200bc\udcffd") == "abc\ufffdd"


def test_a_header_of_a_megabyte_costs_little() -> None:
    assert header("x" * 10**6) == "x" * 497 + "..."


def test_identifiers() -> None:
    assert identifier("20260303.1-a_b+c@host.example.org") == "20260303.1-a_b+c@host.example.org"
    for wrong in ("", "a b@c", "a>b@c", "a<b", "a\nb@c", "ä@c", "x" * 251):
        assert identifier(wrong) == ""


def test_addresses() -> None:
    assert email("a.b+c@lists.example.org") == "a.b+c@lists.example.org"
    for wrong in ("", "a", "a@", "@b", "a b@c", "a@b@c", "a@b\n", "a@b>,<c@d", "ä@b", '"a b"@c'):
        assert email(wrong) == ""


@given(WILD)
def test_escaped_json_is_the_same_value_and_safe(text: str) -> None:
    made = escaped(json.dumps([text], ensure_ascii=False))
    assert not set(made) & set(HOSTILE)
    assert printable(made) == made
    (back,) = json.loads(made)
    assert back == "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kvm_get_kvm(vm->kvm)", "kvm_get_kvm(vm->kvm)"),
        ("Acked-by: A <a@b>", "Acked-by : A <a@b>"),
        ("x\nreviewed-BY: A", "x reviewed-BY : A"),
        ("pw-bot: cr, reviewbot: off", "pw-bot : cr, reviewbot : off"),
        ("#syz fix: x", "# syz fix: x"),
        ("a ? robot : b", "a ? robot : b"),
    ],
)
def test_what_is_spoken_commands_nobody(text: str, said: str) -> None:
    assert spoken(text) == said
    assert spoken(said) == said


@pytest.mark.parametrize("address", ["-x@b.c", "/x@b.c", "|x@b.c", "x@-b.c"])
def test_an_address_is_no_option_and_no_file(address: str) -> None:
    assert email(address) == ""


@pytest.mark.parametrize("address", ["kvm@vger.kernel.org.", "a@b..c", "a@.b", "a@" + "b" * 256])
def test_a_domain_has_one_spelling(address: str) -> None:
    """Else `stable@vger.kernel.org.` would be another address than the one nobody writes to."""
    assert email(address) == ""
