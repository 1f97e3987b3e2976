"""The lines of a diff."""

from reviewbot.model.diff import Side, Sign
from tests.changes import edit, source

EDITS = source(edit("a.c", "\told(a);", "\tnew(a);\n\tmore(b);", shared="\tkept();")).edits


def test_lines_by_their_numbers() -> None:
    assert {number: line.text for number, line in EDITS.added.items()} == {
        11: "\tnew(a);",
        12: "\tmore(b);",
    }
    assert [line.text for line in EDITS.removed.values()] == ["\told(a);"]
    assert sorted(EDITS.numbered[Side.OLD]) == [10, 11, 12]
    assert sorted(EDITS.numbered[Side.NEW]) == [10, 11, 12, 13]


def test_every_line_is_of_one_sign() -> None:
    assert [line for sign in Sign for line in EDITS.of(sign)] == sorted(
        EDITS, key=lambda line: [*Sign].index(line.sign)
    )
    assert sorted(EDITS.text.split("\n")) == sorted(line.text for line in EDITS)


def test_words_are_looked_for_in_lines_of_a_sign() -> None:
    assert EDITS.mention(("more",), Sign.ADDED)
    assert not EDITS.mention(("more", "kept"), Sign.REMOVED)
    assert not EDITS.mention((), Sign.ADDED)
