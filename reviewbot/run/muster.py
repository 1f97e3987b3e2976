"""Muster: whether the workers at a Dask scheduler would find what we find.

Law: a worker that would find something else, or nothing, is named before the first job and not by a difference
in the report. Workers that come later are not seen. Must not know what is run there.
"""

import pkgutil
from collections.abc import Mapping
from typing import Any

from reviewbot.errors import ServiceError
from reviewbot.run.likeness import likeness

RESUME = "What is finished is kept: start it again with --resume when the cluster is back."
_INSTALL = "The same release of reviewbot, and of Python, has to be installed at every worker."
_LIKENESS = "reviewbot.run.likeness:likeness"
_DASK = "distributed"


def check(client: Any, address: str, workerless: float) -> None:
    """Raises ServiceError where the workers at an address would not find what we find.

    `client` is a `distributed.Client`; for so many seconds the scheduler may be without workers.
    """
    where = f"at the Dask scheduler {address}"
    try:
        client.wait_for_workers(1, workerless)
        seen = client.get_versions()
        same = client.run(pkgutil.resolve_name, _LIKENESS, on_error="return")
        same = same if _errors(same) else client.run(likeness, on_error="return")
    except TimeoutError:
        raise ServiceError(f"there is no worker {where}") from None
    except OSError as error:
        raise lost(address) from error
    ours = seen["client"]["packages"][_DASK]
    for place, theirs in {"the scheduler": seen["scheduler"], **seen["workers"]}.items():
        release = theirs["packages"][_DASK]
        if release != ours:
            raise ServiceError(f"{place} {where} has {_DASK} {release}, and we have {ours}")
    for worker, lack in _errors(same).items():
        raise ServiceError(f"{worker} {where} lacks this reviewbot: {lack}", _INSTALL)
    for worker, other in same.items():
        if other != likeness():
            raise ServiceError(
                f"{worker} {where} has reviewbot {other}, and we are {likeness()}", _INSTALL
            )


def _errors(answers: Mapping[str, Any]) -> dict[str, BaseException]:
    """The workers that did not do what they were told, and why."""
    return {who: said for who, said in answers.items() if isinstance(said, BaseException)}


def lost(address: str) -> ServiceError:
    """What to raise where the scheduler at an address is heard no more."""
    return ServiceError(f"the Dask scheduler {address} is gone", RESUME)
