"""The grammar of subject lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.subject import subject


@pytest.mark.parametrize(
    ("text", "prefix", "revision", "position", "total"),
    [
        ("[PATCH RFC net-next v3 02/17] s: t", ("PATCH", "RFC", "net-next"), 3, 2, 17),
        ("[PATCH] s: t", ("PATCH",), 1, None, None),
        ("[PATCH v2] s: t", ("PATCH",), 2, None, None),
        ("[PATCH V2] s: t", ("PATCH",), 2, None, None),
        ("[PATCHv2 1/2] s: t", ("PATCH",), 2, 1, 2),
        ("[PATCH -v2 1/2] s: t", ("PATCH",), 2, 1, 2),
        ("[PATCH -mm -V3] s: t", ("PATCH", "-mm"), 3, None, None),
        ("[PATCH-v2 1/2] s: t", ("PATCH",), 2, 1, 2),
        ("[PATCH1/8] s: t", ("PATCH",), 1, 1, 8),
        ("[RFCv3 1/2] s: t", ("RFC",), 3, 1, 2),
        ("[v2,1/3] s: t", (), 2, 1, 3),
        ("[PATCH, RFC 11/10] s: t", ("PATCH", "RFC"), 1, 11, 10),
        ("[PATCH 5/4] s: t", ("PATCH",), 1, 5, 4),
        ("[PATCH][next] s: t", ("PATCH", "next"), 1, None, None),
        ("[PATCH 1/2] [v3] s: t", ("PATCH",), 3, 1, 2),
        ("[RFC/RFT PATCH 0/3] s: t", ("RFC", "RFT", "PATCH"), 1, 0, 3),
        ("[RFC-PATCH] s: t", ("RFC", "PATCH"), 1, None, None),
        ("[stable:PATCH] s: t", ("stable", "PATCH"), 1, None, None),
        ("[PATCH V5 (RESEND) 0/4] s: t", ("PATCH", "RESEND"), 5, 0, 4),
        ("[RESEND v13 08/25] s: t", ("RESEND",), 13, 8, 25),
        ("[kvm-unit-tests PATCH v3 1/3] s: t", ("kvm-unit-tests", "PATCH"), 3, 1, 3),
        ("[kvm-devel] [PATCH 1/2] s: t", ("kvm-devel", "PATCH"), 1, 1, 2),
        ("[PATCH 0 of 2] s: t", ("PATCH",), 1, 0, 2),
        ("[PATCH 1/n] s: t", ("PATCH",), 1, 1, None),
        ("[PATCH HBK: 4/8] s: t", ("PATCH", "HBK"), 1, 4, 8),
        ("[PATCH 5.10/5.15 2/2] s: t", ("PATCH", "5.10/5.15"), 1, 2, 2),
        ("[PATCH for 4.9/4.14] s: t", ("PATCH", "for", "4.9/4.14"), 1, None, None),
        ("[PATCH AUTOSEL 5.15 08/65] s: t", ("PATCH", "AUTOSEL", "5.15"), 1, 8, 65),
        ("[PATCH nft,v1.0.6 01/41] s: t", ("PATCH", "nft", "v1.0.6"), 1, 1, 41),
        ("[PATCH v5.5 01/30] s: t", ("PATCH", "v5.5"), 5, 1, 30),
        ("[PATCH stable v4.9] s: t", ("PATCH", "stable", "v4.9"), 1, None, None),
        ("[PATCH stable v4.9 v2] s: t", ("PATCH", "stable", "v4.9"), 2, None, None),
        ("[PATCH v55555] s: t", ("PATCH", "v55555"), 1, None, None),
        ("[PATCH v7 23/23] [DO NOT MERGE] s: t", ("PATCH", "DO", "NOT", "MERGE"), 7, 23, 23),
        ("PATCH v4 16/26] s: t", ("PATCH",), 4, 16, 26),
        ("PATCH [netfilter] s: t", ("PATCH", "netfilter"), 1, None, None),
        ("s: t", (), 1, None, None),
    ],
)
def test_grammar(
    text: str, prefix: tuple[str, ...], revision: int, position: int | None, total: int | None
) -> None:
    found = subject(text)
    assert found.prefix == prefix
    assert (found.revision, found.position, found.total) == (revision, position, total)
    assert found.text == "s: t"
    assert not found.reply
    assert found.raw == text


@pytest.mark.parametrize(
    ("text", "position", "insert", "total"),
    [("[PATCH 12.1/17] x", 12, 1, 17), ("[PATCH v8 22.5/30] x", 22, 5, 30)],
)
def test_a_patch_put_in_later(text: str, position: int, insert: int, total: int) -> None:
    found = subject(text)
    assert (found.position, found.insert, found.total) == (position, insert, total)


@pytest.mark.parametrize(
    "text",
    [
        "Re: [PATCH v3 1/2] x",
        "RE: RE: [PATCH v3 1/2] x",
        "Re[2]: [PATCH v3 1/2] x",
        "Fwd: [PATCH v3 1/2] x",
        "AW: WG: [PATCH v3 1/2] x",
        "答复: [PATCH v3 1/2] x",
        "回复: [PATCH v3 1/2] x",
        "[kvm-devel] Re: [PATCH v3 1/2] x",
        "Re: [EXT] Re: [PATCH v3 1/2] x",
    ],
)
def test_replies(text: str) -> None:
    found = subject(text)
    assert found.reply
    assert (found.revision, found.position, found.total, found.text) == (3, 1, 2, "x")


@pytest.mark.parametrize(
    "text", ["***SPAM*** [PATCH] x", "[SPAM] [PATCH] x", "[EXTERNAL][PATCH] x"]
)
def test_what_gateways_add_is_no_prefix(text: str) -> None:
    assert subject(text).prefix == ("PATCH",)
    assert not subject(text).reply


def test_brackets_within_the_text_stay() -> None:
    assert subject("[PATCH] arm: use a[0] and [b]").text == "arm: use a[0] and [b]"


@pytest.mark.parametrize(
    "text", ["[PATCH 1/2 x", "KVM: [PATCH] x", "Regression: x", "[", "]", "PATCH: x"]
)
def test_what_is_not_understood_is_text(text: str) -> None:
    assert subject(text).text == text
    assert subject(text).prefix == ()


def test_blanks() -> None:
    assert subject("  [PATCH]   a   b ").text == "a b"
    assert subject("[PATCH]: a").text == "a"
    assert subject("").text == ""


def test_has() -> None:
    assert subject("[rfc PATCH] x").has("RFC")


@given(st.text(max_size=120))
def test_never_raises(text: str) -> None:
    assert subject(text).raw == text


WORDS = st.lists(st.sampled_from(["RFC", "RESEND", "net-next", "kvm-unit-tests"]), unique=True)


@given(WORDS, st.integers(2, 40), st.integers(0, 99), st.integers(1, 99), st.booleans())
def test_what_is_written_is_read(
    words: list[str], revision: int, position: int, total: int, reply: bool
) -> None:
    bracket = " ".join(["PATCH", *words, f"v{revision}", f"{position:02}/{total}"])
    found = subject(("Re: " if reply else "") + f"[{bracket}] kvm: do it")
    assert found.prefix == ("PATCH", *words)
    assert (found.revision, found.position, found.total) == (revision, position, total)
    assert (found.text, found.reply) == ("kvm: do it", reply)
