import io

from reviewbot.commands.tables import show


class Terminal(io.StringIO):
    """A terminal that keeps what is written."""

    def isatty(self) -> bool:
        return True


def shown(*rows: tuple[str, ...], stream: io.StringIO | None = None) -> list[str]:
    out = stream or io.StringIO()
    show(("name", "says"), rows, out)
    return out.getvalue().splitlines()


def test_columns_are_aligned() -> None:
    assert shown(("a", "one"), ("longer", "two")) == [
        "name    says",
        "a       one",
        "longer  two",
    ]


def test_in_a_pipe_a_row_is_one_line() -> None:
    assert shown(("a", "word " * 200))[1:] == [f"a     {'word ' * 200}".rstrip()]


def test_on_a_terminal_the_last_column_wraps(monkeypatch: object) -> None:
    lines = shown(("a", "word " * 60), stream=Terminal())
    assert len(lines) > 2


def test_nothing_in_a_cell_is_markup_or_control() -> None:
    (_, row) = shown(("[red]x[/red]", "\x1b[2J"))
    assert row.startswith("[red]x[/red]")
    assert "\x1b" not in row


def test_no_rows_leave_the_heading() -> None:
    assert shown() == ["name  says"]
