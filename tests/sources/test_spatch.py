"""Coccinelle itself, and what becomes of it where it is absent, fails, hangs or prints nonsense."""

import os
import time
from pathlib import Path

import pytest

from reviewbot.model.match import Match
from reviewbot.model.skip import Abstention, SkipReason
from reviewbot.sources.spatch import Spatch
from tests.sources.programs import needs_spatch, program

C = "int f(struct foo *a)\n{\n\tfoo_get(a);\n\tif (a->bar)\n\t\treturn -1;\n\tfoo_put(a);\n\treturn 0;\n}\n"
STARRED = "@r@\nexpression E;\n@@\n  foo_get(E);\n  ... when != foo_put(E)\n* return ...;\n"
REPORTING = """virtual patch
virtual report, context

@r@
expression E;
position p;
@@
foo_get@p(E)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "a foo is taken")
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "foo.cocci"
    path.write_text(STARRED)
    return path


def reason(found: object) -> SkipReason:
    assert isinstance(found, Abstention), found
    return found.reason


@needs_spatch
def test_a_marked_line_is_a_match(script: Path) -> None:
    assert Spatch()(script, C) == (Match(5),)


@needs_spatch
def test_nothing_to_find(script: Path) -> None:
    assert Spatch()(script, "int f(void)\n{\n\treturn 0;\n}\n") == ()
    assert Spatch()(script, "\n") == ()


@needs_spatch
def test_what_is_no_c_is_no_crash(script: Path) -> None:
    assert Spatch()(script, "int f( {{{ ;;; \x00 \udcff \\\n'") == ()


@needs_spatch
def test_the_kernel_s_way_to_report(script: Path) -> None:
    script.write_text(REPORTING)
    found = Spatch()(script, C)
    if reason_of_no_python(found):
        pytest.skip("this spatch has no Python")
    assert found == (Match(3, "a foo is taken"),)


def reason_of_no_python(found: object) -> bool:
    return isinstance(found, Abstention) and "ython" in found.detail


@needs_spatch
def test_a_script_that_is_none_is_named(script: Path) -> None:
    script.write_text("@r@ foo(\n")
    found = Spatch()(script, C)
    assert reason(found) is SkipReason.SPATCH_FAILED
    assert "foo.cocci" in found.detail and "line 1" in found.detail


@needs_spatch
def test_a_script_that_crashes_is_named(script: Path) -> None:
    script.write_text(
        REPORTING.replace('coccilib.report.print_report(p[0], "a foo is taken")', "no")
    )
    assert reason(Spatch()(script, C)) is SkipReason.SPATCH_FAILED


@needs_spatch
def test_nothing_is_left_behind(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    Spatch()(script, C)
    assert list(room.iterdir()) == []


def test_absent(script: Path) -> None:
    assert Spatch("no-such-spatch")(script, C) == Abstention(SkipReason.NO_SPATCH)


def test_not_to_be_started(script: Path, tmp_path: Path) -> None:
    assert reason(Spatch(str(tmp_path))(script, C)) is SkipReason.SPATCH_FAILED


def test_failing_without_a_word(script: Path, tmp_path: Path) -> None:
    found = Spatch(program(tmp_path, "exit 3"))(script, C)
    assert found == Abstention(SkipReason.SPATCH_FAILED, "foo.cocci, exit code 3")


def test_failing_with_one(script: Path, tmp_path: Path) -> None:
    found = Spatch(program(tmp_path, "echo first; echo '  last ' >&2; exit 1"))(script, C)
    assert found == Abstention(SkipReason.SPATCH_FAILED, "foo.cocci, last")


def test_hanging_with_a_child(script: Path, tmp_path: Path) -> None:
    """The child holds the pipe open: it has to be ended as well."""
    clock = time.monotonic()
    pid = tmp_path / "pid"
    body = f"sleep 60 & echo $! > {pid}; sleep 60"
    found = Spatch(program(tmp_path, body), patience=0.5)(script, C)
    assert found == Abstention(SkipReason.SPATCH_SLOW, "foo.cocci, 0.5 s")
    assert time.monotonic() - clock < 10
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(int(pid.read_text()), 0)
            state = Path(f"/proc/{pid.read_text().strip()}/stat")
            if state.is_file() and ") Z " in state.read_text():
                raise ProcessLookupError
            time.sleep(0.05)


def test_printing_without_end(script: Path, tmp_path: Path) -> None:
    found = Spatch(program(tmp_path, "exec yes"), limit=100_000)(script, C)
    assert reason(found) is SkipReason.SPATCH_GARBAGE


@pytest.mark.parametrize(
    "printed", ["image.c:99:1-2: far away", r"--- image.c\n@@ -1,1 +1,1 @@\n-another line"]
)
def test_printing_nonsense(script: Path, tmp_path: Path, printed: str) -> None:
    found = Spatch(program(tmp_path, f"printf '%b\\n' '{printed}'"))(script, C)
    assert found == Abstention(SkipReason.SPATCH_GARBAGE, "foo.cocci")


def test_printing_bytes(script: Path, tmp_path: Path) -> None:
    assert Spatch(program(tmp_path, r"printf '\377\000\200'"))(script, C) == ()


def test_what_is_asked(script: Path, tmp_path: Path) -> None:
    """Of the kernel's modes the one that says where; no headers; the script by its full path."""
    script.write_text("virtual patch\nvirtual context, org, report\n")
    told = tmp_path / "told"
    Spatch(program(tmp_path, f'echo "$@" > {told}; cat image.c > {told}.c'))(script, C)
    assert told.read_text().split() == [
        *("--very-quiet", "--no-includes", "-D", "report", "--sp-file", str(script), "image.c"),
    ]
    assert Path(f"{told}.c").read_text() == C
