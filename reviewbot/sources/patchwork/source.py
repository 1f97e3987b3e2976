"""What a person asks of a Patchwork server, as mails: a series, or all series of a project in some states.

Law: only servers of the configuration are asked, each with its own token. Must not know how requests are made.
"""

from collections.abc import Callable, Iterator, Sequence

from reviewbot.errors import UsageError
from reviewbot.model.message import RawMessage
from reviewbot.sources.names import PatchworkKind, PatchworkName
from reviewbot.sources.patchwork.api import Asks, Patchwork, missing
from reviewbot.sources.patchwork.settings import Instance
from reviewbot.sources.patchwork.token import token

Tell = Callable[[str], None]


def instance_at(base: str, instances: Sequence[Instance]) -> Instance:
    """The server whose address is `base`. Raises UsageError where the configuration has none."""
    found = [each for each in instances if each.base == base.rstrip("/")]
    if not found:
        raise UsageError(
            f"{base}: no Patchwork server of the configuration",
            f'Name it in config.toml: [[patchwork]] name = "…", url = "{base}".',
        )
    return found[-1]


def place(where: str, instances: Sequence[Instance]) -> tuple[Instance, str]:
    """The server and the project that `SERVER/PROJECT`, `SERVER` or `PROJECT` names.

    A word alone is a server where there is one of that name (its `project` is meant), else a project of the
    first server. Raises UsageError.
    """
    named = {each.name: each for each in instances}
    server, slash, project = where.partition("/")
    if not slash and server not in named and instances:
        return instances[0], where
    if server not in named:
        known = ", ".join(sorted(named)) or "none"
        raise UsageError(f"{server!r}: no [[patchwork]] of that name; there are: {known}")
    instance = named[server]
    if not (project or instance.project):
        raise UsageError(f"{where}: which project? Write {server}/PROJECT, or set its project")
    return instance, project or instance.project


def series_mails(
    name: PatchworkName, instances: Sequence[Instance], client: Asks, tell: Tell
) -> Iterator[RawMessage]:
    """The mails of the series that is named, or that holds the patch or cover letter that is named.

    Raises UsageError, InputError, ConfigError and ServiceError, each with a sentence.
    """
    instance = instance_at(name.base, instances)
    server = Patchwork(client, instance.base, token(instance, tell))
    number = name.number
    if name.kind is not PatchworkKind.SERIES:
        kind = "covers" if name.kind is PatchworkKind.COVER else "patches"
        number = server.series_of(name.number or name.message_id, kind)
    return _mails(server, number, tell)


def queue_mails(
    where: str,
    states: Sequence[str],
    since: str,
    instances: Sequence[Instance],
    client: Asks,
    tell: Tell,
) -> Iterator[RawMessage]:
    """The mails of all series of a project that have a patch in one of `states`, newest series first.

    `where` as in `place`; `since` is a date of ISO 8601, or empty. Raises as `series_mails`.
    """
    instance, project = place(where, instances)
    server = Patchwork(client, instance.base, token(instance, tell))
    for number in server.queue(project, states, since):
        yield from _mails(server, number, tell)


def _mails(server: Patchwork, number: int, tell: Tell) -> Iterator[RawMessage]:
    series = server.series(number)
    if lacking := missing(series):
        tell(lacking)
    yield from server.mails(series)
