"""Which archives the words of an audit name.

Law: a path that is there is that path; another word is the name of a local mirror. Must not know what is in
them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewbot.errors import InputError
from reviewbot.sources.bulk.volume import Kind, Volume, volumes
from reviewbot.sources.mirror.settings import Mirrors
from reviewbot.sources.mirror.shelf import Mirror, mirrors


def volumes_of(words: Iterable[str], settings: Mirrors, scratch: Path) -> tuple[Volume, ...]:
    """The volumes of all words, each once; `scratch` is a folder for what must be unpacked.

    Raises InputError for a word that names nothing, or holds no mail.
    """
    known = {each.name: each for each in mirrors(settings)}
    found = [volume for word in words for volume in _of_word(word, known, scratch)]
    return tuple(dict.fromkeys(found))


def _of_word(word: str, known: dict[str, Mirror], scratch: Path) -> Iterator[Volume]:
    if Path(word).exists():
        yield from volumes(word, scratch)
    elif (mirror := known.get(word)) is not None:
        for number, path in sorted(mirror.epochs.items()):
            yield Volume(Kind.PUBLIC_INBOX, str(path.resolve()), mirror.name, number)
        if not mirror.epochs:
            raise InputError(
                f"the mirror {word} has no repository yet", f"Run `reviewbot mirror update {word}`."
            )
    else:
        names = ", ".join(known) or "none yet"
        raise InputError(
            f"{word}: no such file or folder, and no local mirror is called so",
            f"Mirrors: {names}. `reviewbot mirror add URL` makes one.",
        )
