"""The trees of tests and of no tree at all."""

from reviewbot.model.tree import NO_COMMIT, Commit, DictTree, NoTree

FILES = {"a.c": "int foo_bar;\n", "b.c": "int foo;\n"}


def test_no_tree_answers_nothing() -> None:
    tree = NoTree()
    answers = (tree.blob("1234"), tree.file("a.c"), tree.mentions(("foo",)), tree.commit("1234"))
    assert answers == (None,) * 4


def test_words_are_whole() -> None:
    assert list(DictTree(FILES).mentions(("foo",))["foo"]) == ["b.c"]
    assert list(DictTree(FILES).mentions(("nowhere",))["nowhere"]) == []


def test_commits_by_the_beginning_of_their_ids() -> None:
    tree = DictTree(FILES, {"1234ab": "foo: bar", "1234cd": "bar: foo"})
    assert tree.commit("1234a") == Commit("1234ab", "foo: bar")
    assert tree.commit("1234") is None
    assert tree.commit("ffff") == NO_COMMIT
    assert DictTree(FILES).commit("ffff") is None
