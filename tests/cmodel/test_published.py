"""What a flow makes reachable for user space."""

from reviewbot.cmodel.flow_build import flow
from reviewbot.cmodel.published import leads_to, publications
from tests.changes import image


def led_to(body: str, pointer: str = "vm") -> list[tuple[str, bool]]:
    """Each publication of a function, and whether it leads to the pointer."""
    seen = image(f"int foo(struct vm *vm, struct foo *f, int fd)\n{{\n\t{body}\n}}\n")
    function = seen.outline.functions[0]
    graph = flow(seen, function)
    assert graph is not None
    return [
        (one.call, leads_to(one, pointer, function, seen.outline))
        for one in publications(graph, function, seen.outline)
    ]


def test_the_object_itself() -> None:
    made = 'return anon_inode_getfd("foo", &fops, (void *)vm, 0);'
    assert led_to(made) == [("anon_inode_getfd", True)]
    assert led_to(made, "vm->host") == [("anon_inode_getfd", True)]
    assert led_to(made, "f") == [("anon_inode_getfd", False)]


def test_what_is_stored_in_it() -> None:
    made = 'return anon_inode_getfd("foo", &fops, f, 0);'
    assert led_to(f"f->vm = vm;\n\t{made}") == [("anon_inode_getfd", True)]
    assert led_to(f"f->other = fd;\n\t{made}") == [("anon_inode_getfd", False)]


def test_a_file_that_is_installed_later() -> None:
    made = 'file = anon_inode_getfile("foo", &fops, vm, 0);'
    assert led_to(made) == []
    assert led_to(f"{made}\n\tfd_install(fd, file);") == [("fd_install", True)]
    assert led_to(f"{made}\n\tfd_install(fd, another);") == [("fd_install", False)]
