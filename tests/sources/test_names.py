from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewbot.errors import UsageError
from reviewbot.sources.names import (
    ChangeName,
    FileName,
    MessageName,
    PatchworkKind,
    PatchworkName,
    named,
)
from reviewbot.sources.urls import MAX_ID, escaped, is_message_id

ID = "20260302.1234-1-alice@example.org"
LORE = "https://lore.kernel.org"
PATCHWORK = "https://patchwork.kernel.org"
CHANGE = "20260302-foo-bar-0123456789ab"


@pytest.mark.parametrize(
    "word",
    [
        ID,
        f"<{ID}>",
        f"id:{ID}",
        f"id:<{ID}>",
        f"mid:{ID}",
        f"mid:{ID.replace('@', '%40')}",
        f"m:{ID}",
        f"news:{ID}",
        f"rfc822msgid:{ID}",
        f"Message-ID: <{ID}>",
        f"message-id:{ID}",
        f"Message-Id:\n <{ID}>\r\n",
        f"  <{ID}>\t\n",
        f"{ID}>",
    ],
)
def test_a_message_id_in_every_dress(word: str) -> None:
    assert named(word) == MessageName(ID)


def test_brackets_and_prefixes_make_an_id_of_any_word() -> None:
    assert named("<no-at-sign>") == MessageName("no-at-sign")
    assert named("id:no-at-sign") == MessageName("no-at-sign")
    assert named("id:100%25@example.org") == MessageName("100%25@example.org")
    assert named("mid:100%25@example.org") == MessageName("100%@example.org")


@pytest.mark.parametrize(
    ("url", "inbox"),
    [
        (f"{LORE}/r/{ID}", "all"),
        (f"{LORE}/r/{ID}/", "all"),
        (f"{LORE}/all/{ID}", "all"),
        (f"{LORE}/all/{ID}/", "all"),
        (f"{LORE}/{ID}/", "all"),
        (f"{LORE}/kvm/{ID}/raw", "kvm"),
        (f"{LORE}/kvm/{ID}/T/", "kvm"),
        (f"{LORE}/kvm/{ID}/T/#u", "kvm"),
        (f"{LORE}/kvm/{ID}/T/#m0123456789abcdef0123456789abcdef01234567", "kvm"),
        (f"{LORE}/kvm/{ID}/t/#t", "kvm"),
        (f"{LORE}/kvm/{ID}/t.mbox.gz", "kvm"),
        (f"{LORE}/kvm/{ID}/t.mbox", "kvm"),
        (f"{LORE}/kvm/{ID}/t.atom", "kvm"),
        (f"{LORE}/kvm/{ID}/#R", "kvm"),
        (f"{LORE}/kvm/{ID}/R/", "kvm"),
        (f"{LORE}/kvm/{ID}/2-config.txt", "kvm"),
        (f"{LORE}/kvm/{ID}/?q=foo", "kvm"),
        (f"{LORE}/kvm/{ID.replace('@', '%40')}/", "kvm"),
        (f"  <{LORE}/kvm/{ID}/>\n", "kvm"),
        (f"Link: {LORE}/r/{ID}", "all"),
        (f"HTTPS://Lore.Kernel.ORG/kvm/{ID}/", "kvm"),
        (f"lore.kernel.org/kvm/{ID}/", "kvm"),
    ],
)
def test_every_form_of_lore(url: str, inbox: str) -> None:
    assert named(url) == MessageName(ID, f"{LORE}/{inbox}")


@pytest.mark.parametrize(
    "url",
    [
        f"https://patch.msgid.link/{ID}",
        f"https://msgid.link/{ID}",
        f"https://lkml.kernel.org/r/{ID}",
        f"http://lkml.kernel.org/r/{ID}",
        f"https://lkml.kernel.org/{ID}/",
        f"patch.msgid.link/{ID}",
    ],
)
def test_a_redirector_names_no_archive(url: str) -> None:
    assert named(url) == MessageName(ID)


@pytest.mark.parametrize(
    ("url", "inbox"),
    [
        (f"https://inbox.example.org/libfoo/{ID}/", "https://inbox.example.org/libfoo"),
        (f"http://localhost:11043/lore/all/{ID}/raw", "http://localhost:11043/lore/all"),
        (f"http://127.0.0.1:8080/kvm/{ID}/T/#u", "http://127.0.0.1:8080/kvm"),
        (f"http://[::1]:8080/kvm/{ID}/", "http://[::1]:8080/kvm"),
        (f"https://example.org/r/{ID}", "https://example.org/all"),
        (f"https://example.org/lore/r/{ID}", "https://example.org/lore/all"),
        (f"https://example.org/{ID}/", "https://example.org/all"),
        (f"https://sea.lore.kernel.org/kvm/{ID}/", "https://sea.lore.kernel.org/kvm"),
    ],
)
def test_other_hosts(url: str, inbox: str) -> None:
    assert named(url) == MessageName(ID, inbox)


@pytest.mark.parametrize(
    "url",
    [
        f"{LORE}/r/odd/slash@example.org",
        f"{LORE}/all/odd%2Fslash@example.org/raw",
        f"{LORE}/all/odd%2fslash%40example.org/T/",
        f"{LORE}/kvm/odd/slash@example.org/t.mbox.gz",
        "https://example.org/lore/all/odd/slash@example.org/",
        "https://msgid.link/odd%2Fslash@example.org",
    ],
)
def test_ids_with_a_slash(url: str) -> None:
    found = named(url)
    assert isinstance(found, MessageName) and found.message_id == "odd/slash@example.org"


def test_ids_without_an_at_sign_in_a_url() -> None:
    assert named(f"{LORE}/kvm/20260302120000.GA1234/") == MessageName(
        "20260302120000.GA1234", f"{LORE}/kvm"
    )
    assert named(f"{LORE}/r/no-at") == MessageName("no-at", f"{LORE}/all")
    assert named("https://example.org/kvm/no-at/raw") == MessageName(
        "no-at", "https://example.org/kvm"
    )


@pytest.mark.parametrize(
    ("path", "kind", "number", "message_id", "project"),
    [
        ("series/123/", PatchworkKind.SERIES, 123, "", ""),
        ("series/123/mbox/", PatchworkKind.SERIES, 123, "", ""),
        ("patch/123/", PatchworkKind.PATCH, 123, "", ""),
        ("patch/123/raw/", PatchworkKind.PATCH, 123, "", ""),
        ("cover/123/mbox", PatchworkKind.COVER, 123, "", ""),
        ("api/1.3/patches/123/", PatchworkKind.PATCH, 123, "", ""),
        ("api/series/123/", PatchworkKind.SERIES, 123, "", ""),
        ("api/covers/123/", PatchworkKind.COVER, 123, "", ""),
        ("project/kvm/list/?series=123", PatchworkKind.SERIES, 123, "", "kvm"),
        ("project/kvm/list/?state=*&series=123&archive=both", PatchworkKind.SERIES, 123, "", "kvm"),
        ("project/kvm/patch/123/", PatchworkKind.PATCH, 123, "", "kvm"),
        (f"project/kvm/patch/{ID}/", PatchworkKind.PATCH, 0, ID, "kvm"),
        (f"project/kvm/patch/{ID}/mbox/", PatchworkKind.PATCH, 0, ID, "kvm"),
        (f"project/kvm/cover/{ID}/", PatchworkKind.COVER, 0, ID, "kvm"),
    ],
)
@pytest.mark.parametrize("base", [PATCHWORK, "https://example.org/patchwork"])
def test_patchwork(
    base: str, path: str, kind: PatchworkKind, number: int, message_id: str, project: str
) -> None:
    assert named(f"{base}/{path}") == PatchworkName(base, kind, number, message_id, project)


def test_where_patchwork_has_the_mails() -> None:
    series = named(f"{PATCHWORK}/project/kvm/list/?series=123")
    patch = named(f"{PATCHWORK}/project/kvm/patch/a%2Fb@example.org/")
    assert isinstance(series, PatchworkName) and isinstance(patch, PatchworkName)
    assert series.mbox == f"{PATCHWORK}/series/123/mbox/"
    assert patch.mbox == f"{PATCHWORK}/project/kvm/patch/a%2Fb@example.org/mbox/"


@pytest.mark.parametrize(
    "word", [CHANGE, f"change-id: {CHANGE}", f"Change-ID:{CHANGE}", f" {CHANGE}\n"]
)
def test_a_change_id(word: str) -> None:
    assert named(word) == ChangeName(CHANGE)


def test_a_change_id_of_another_make_needs_its_name() -> None:
    assert named("Change-Id: I0123456789abcdef") == ChangeName("I0123456789abcdef")
    with pytest.raises(UsageError):
        named("I0123456789abcdef")


def test_standard_input_and_files_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for word in (ID, CHANGE, f"<{ID}>", "plain", " spaced "):
        Path(word).write_bytes(b"")
        assert named(word) == FileName(word)
    assert named(str(tmp_path)) == FileName(str(tmp_path))
    assert named("-") == FileName("-")


@pytest.mark.parametrize(
    "word", ["gone.mbox", "./gone@here", "/gone/gone", "a/b", "~/mail/x@y", "new/", "x@y.eml"]
)
def test_what_looks_like_a_path_is_one_though_nothing_is_there(word: str) -> None:
    assert named(word) == FileName(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        " \n",
        "gone",
        "[PATCH 1/2] foo: bar",
        "id:",
        "<>",
        "@",
        "two words@example.org",
        "id:two words@example.org",
        "Message-ID: <a@b>\r\nBcc: <c@d>",
        "id:nul\0@example.org",
        "nul\0@example.org",
        "<a@b> <c@d>",
        "a" * 10_000 + "@example.org",
        f"{LORE}/all/{'a' * 10_000}@example.org/",
        "id:bidi\u202e@example.org",
        "id:\udcff@example.org",
        "id:..",
        f"{LORE}/all/%2E%2E/raw",
        f"{LORE}/all/a%0Ab@example.org/",
        f"{LORE}/all/a%00b@example.org/",
        f"{LORE}/all/a%20b@example.org/",
        f"{LORE}/all/%FF@example.org/",
        f"{LORE}/all/a b@example.org/",
        f"{LORE}/",
        f"{LORE}/kvm/",
        f"{LORE}/kvm/new.html",
        f"{LORE}/kvm/0/",
        f"{LORE}/kvm/git/0.git",
        f"{LORE}/kvm/_/text/help/",
        f"{LORE}/kvm/0123456789ab/s/",
        "https://example.org/foo/bar",
        "https://github.com/foo/bar/pull/1",
        "https:///all/a@b/",
        "https://[::1/all/a@b/",
        "https://host:port/all/a@b/",
        "https://user:secret@example.org/all/a@b/",
        "https://exämple.org/all/a@b/",
        f"{PATCHWORK}/project/kvm/list/",
        f"{PATCHWORK}/project/kvm/list/?series=x",
        f"{PATCHWORK}/series/0/",
        "nntps://nntp.lore.kernel.org/a@b",
        "change-id: two words",
    ],
)
def test_all_else_is_refused_in_a_short_sentence(word: str) -> None:
    with pytest.raises(UsageError) as refused:
        named(word)
    said = str(refused.value)
    assert said.isprintable() and len(said) < 250 and "secret" not in said


def test_a_search_is_told_how_to_be_one() -> None:
    with pytest.raises(UsageError) as refused:
        named(f"{LORE}/all/?q=dfhh%3Akvm_get_kvm+AND+d%3A20260101..")
    assert "--query 'dfhh:kvm_get_kvm AND d:20260101..'" in refused.value.hint


def test_examples_are_given() -> None:
    with pytest.raises(UsageError) as refused:
        named("gone")
    assert "1234.5678@example.org" in refused.value.hint


# Laws

ids = st.text(
    st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S")), min_size=1, max_size=60
)
good = ids.filter(is_message_id)
FORMS = (
    "/all/{}/raw",
    "/kvm/{}/T/",
    "/kvm/{}/t/#m0",
    "/r/{}/raw",
    "/all/{}/t.mbox.gz",
)


@given(
    message_id=good,
    form=st.sampled_from(FORMS),
    host=st.sampled_from(["lore.kernel.org", "h.example"]),
)
@example("odd/slash@example.org", FORMS[0], "h.example")
@example("100%25@example.org", FORMS[0], "h.example")
@example("raw", FORMS[0], "h.example")
@example("r/all", FORMS[3], "h.example")
def test_law_an_id_comes_out_of_a_url_as_it_went_in(message_id: str, form: str, host: str) -> None:
    found = named(f"https://{host}{form.format(escaped(message_id))}")
    assert isinstance(found, MessageName) and found.message_id == message_id


@given(good)
def test_law_an_id_comes_out_of_its_other_dresses(message_id: str) -> None:
    for word in (
        f"<{message_id}>",
        f"id:{message_id}",
        f"Message-ID: <{message_id}>",
        f"mid:{escaped(message_id)}",
    ):
        assert named(word) == MessageName(message_id)


@given(good)
def test_law_an_escaped_id_is_one_plain_segment(message_id: str) -> None:
    assert not set(escaped(message_id)) & set("/?#<> \r\n") and escaped(message_id).isascii()


WORDS = (
    "https:// lore.kernel.org / all r @ % %2F %00 raw T ?q= ?series= # : id: mid: < > Message-ID: change-id: "
    "project patch series list api [ ] 1 é 20260302-a-0123456789ab .. -"
)
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\0", "\udc80"])


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join))
@example("https://lore.kernel.org/all/%ED%B2%80@x/raw")
def test_law_a_word_is_a_name_or_a_usage_error(word: str) -> None:
    try:
        found = named(word)
    except UsageError as refused:
        assert str(refused).isprintable()
        return
    if isinstance(found, MessageName):
        assert is_message_id(found.message_id) and len(found.message_id) <= MAX_ID
    if isinstance(found, MessageName) and found.inbox:
        assert found.inbox.startswith(("https://", "http://")) and found.inbox.isascii()
