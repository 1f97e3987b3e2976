"""Evidence in words, and what several failed searches come to."""

from reviewbot.model.evidence import Evidence, Lack, Origin, joined, lacking


def test_words_say_how_much_was_seen_and_where() -> None:
    assert Evidence(Origin.BLOB, "blob 1a2b").words == "the whole file: blob 1a2b"
    assert lacking(Lack.NO_TREE, "no tree").words == "the hunks only: no tree"
    assert Evidence().words == "the whole file"


def test_the_most_telling_reason_wins_and_all_are_told_once() -> None:
    missing, other = lacking(Lack.NOT_THERE, "no blob"), lacking(Lack.HUNKS, "they do not apply")
    made = joined([missing, other, missing])
    assert made == lacking(Lack.HUNKS, "no blob; they do not apply")
    assert joined([]) == lacking(Lack.NOT_THERE, "")
    assert joined([Evidence(Origin.BLOB, "found")]).lack is Lack.NOT_THERE
