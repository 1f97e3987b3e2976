"""Merged: a tree has what was posted, or it has not, or it cannot tell."""

import pytest
from msgspec.structs import replace

from reviewbot.model.diff import Side
from reviewbot.model.finding import Finding
from reviewbot.model.tree import DictTree, NoTree
from reviewbot.review.merged import merged
from reviewbot.review.outcome import Outcome
from tests.review.revisions import ELSE, FILE, LEAK, RULE, WITH_PUT, posted, reviewed

AROUND = "int a;\n\n{}\nint foo_other(void)\n{{\n\treturn 0;\n}}\n"
FOPS = """\
static const struct file_operations foo_fops = {
	.open = foo_open,
};

int kvm_foo_fd(struct kvm *kvm)
{
	return anon_inode_getfd("foo", &foo_fops, NULL, O_RDWR);
}
"""


def outcome(mail: bytes) -> Outcome:
    ((one,),) = reviewed(mail)
    return one


def finding(made: Outcome, rule: str = RULE) -> Finding:
    (one,) = (one.finding for one in made.verdicts if one.finding.rule == rule)
    return one


def answer(mail: bytes, text: str, rule: str = RULE, path: str = FILE) -> str | None:
    made = outcome(mail)
    return merged(DictTree({path: text}), [made])(finding(made, rule))


def test_the_function_as_it_was_posted() -> None:
    assert answer(posted(LEAK), AROUND.format(LEAK)) == "dict"


def test_white_space_is_no_difference() -> None:
    assert answer(posted(LEAK), LEAK.replace("\t", "        ").replace("\n\n", "\n")) == "dict"


@pytest.mark.parametrize(
    "text",
    [WITH_PUT, ELSE, LEAK.replace("return ret;", "goto put;"), LEAK.replace("probe", "go"), ""],
)
def test_another_function_is_not_what_was_posted(text: str) -> None:
    assert answer(posted(LEAK), text) is None


def test_a_put_somewhere_else_in_the_function_counts() -> None:
    text = LEAK.replace("\treturn -ENODEV;\n\n", "\treturn -ENODEV;\n\tof_node_put(np);\n")
    assert answer(posted(LEAK), text) is None


def test_a_file_that_the_tree_does_not_have() -> None:
    assert answer(posted(LEAK), LEAK, path="drivers/foo/bar.c") is None
    made = outcome(posted(LEAK))
    assert merged(NoTree(), [made])(finding(made)) is None


def test_a_patch_that_is_of_another_family() -> None:
    made = outcome(posted(LEAK))
    assert merged(DictTree({FILE: LEAK}), [])(finding(made)) is None


def test_an_object_with_its_initializer() -> None:
    path = "virt/kvm/foo.c"
    mail = posted(FOPS, path=path)
    owned = FOPS.replace("\t.open", "\t.owner = THIS_MODULE,\n\t.open")
    assert answer(mail, AROUND.format(FOPS), "fops-owner-missing", path) == "dict"
    assert answer(mail, AROUND.format(owned), "fops-owner-missing", path) is None


def test_a_line_outside_of_functions() -> None:
    text = ELSE + "EXPORT_SYMBOL_GPL(foo_exit);\n"
    assert answer(posted(text), AROUND.format(text), "export-new") == "dict"
    assert answer(posted(text), AROUND.format(ELSE), "export-new") is None


def test_what_was_taken_out_must_not_be_there() -> None:
    made = outcome(posted(LEAK))
    seen = finding(made)
    lost = replace(seen, anchor=replace(seen.anchor, side=Side.OLD, text="\tof_node_put(old);"))
    again = LEAK.replace("\tfoo_count++;\n", "\tfoo_count++;\n\tof_node_put(old);\n")
    assert merged(DictTree({FILE: LEAK}), [made])(lost) == "dict"
    assert merged(DictTree({FILE: again}), [made])(lost) is None


def test_a_finding_in_a_commit_message_is_in_no_tree() -> None:
    made = outcome(posted(LEAK))
    seen = finding(made)
    assert (
        merged(DictTree({"": ""}), [made])(replace(seen, anchor=replace(seen.anchor, path="")))
        is None
    )


def test_the_name_of_a_tree_is_no_path() -> None:
    class Named(DictTree, frozen=True):
        """A tree with the name of a folder."""

        @property
        def name(self) -> str:
            """A path."""
            return "/home/me/linux.git/"

    made = outcome(posted(LEAK))
    assert merged(Named({FILE: LEAK}), [made])(finding(made)) == "linux.git"
