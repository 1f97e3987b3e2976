"""What may go wrong between a question and its answer, in sentences for people.

Law: a sentence names the host and what it did; the hint says what a person can do. Three kinds matter to
callers: `UnreachableError`, `RefusedError`, and any other ServiceError. Must not know how requests are made.
"""

from reviewbot.errors import ServiceError
from reviewbot.model.printable import header
from reviewbot.sources.web.belief import Doubt, Want
from reviewbot.sources.web.hosts import Place, to_add
from reviewbot.sources.web.waits import Wish, spoken

OFFLINE = "What was fetched before is still there: --offline reads it."
_REASONS = {
    408: "Request Timeout",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class UnreachableError(ServiceError):
    """Nothing answered in time, or only with 5xx: the failure upon which another origin may be tried."""


class RefusedError(ServiceError):
    """The server understood and said no; asking again or elsewhere is no use.

    `status` is the HTTP status: 400 for a search that public-inbox cannot read, 401 and 403 for a token.
    """

    def __init__(self, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class UncertainError(ServiceError):
    """Something was sent that changes the server, and nobody knows whether it did."""


class WireError(Exception):
    """The connection failed; the message is why. `is_tls`: the other side is not who it should be."""

    def __init__(self, message: str, is_tls: bool = False) -> None:
        super().__init__(message)
        self.is_tls = is_tls


class PassingError(Exception):
    """A failure that may pass: `failure` is what is raised when it does not.

    `wish` is how long to wait before the host `where` is asked again, which may be one that a redirect led to.
    """

    def __init__(self, failure: ServiceError, where: Place, wish: Wish | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.where = where
        self.wish = wish


def lost(where: Place, error: WireError) -> PassingError | UnreachableError:
    """The connection failed before the head of an answer was there."""
    if error.is_tls:
        hint = "Nothing was sent. A proxy with a certificate of its own: name it in $REQUESTS_CA_BUNDLE."
        return UnreachableError(f"{where.name} cannot be trusted: {error}", hint)
    return PassingError(
        UnreachableError(f"{where.name} cannot be reached: {error}", OFFLINE), where
    )


def broken(where: Place, why: str) -> PassingError:
    """The body of an answer ended, or went bad, before it was complete."""
    said = f": {why}" if why else ""
    return PassingError(
        UnreachableError(f"{where.name} broke off its answer{said}", OFFLINE), where
    )


def unhappy(where: Place, status: int, wish: Wish | None) -> PassingError:
    """A status that may pass: 429, 5xx and their like."""
    said = f"{where.name} answered {status} {_REASONS.get(status, '')}".rstrip()
    kind = UnreachableError if status >= 500 else ServiceError
    return PassingError(kind(said, OFFLINE), where, wish)


def refused(where: Place, status: int, reason: str) -> ServiceError:
    """A status that will not pass."""
    said = f"{where.name} answered {status} {header(reason, 60)}".rstrip()
    if status >= 500:
        return UnreachableError(said, OFFLINE)
    return RefusedError(said, status=status)


def too_late(where: Place, seconds: float) -> UnreachableError:
    """The deadline of the question has passed."""
    return UnreachableError(
        f"{where.name} did not finish its answer within {spoken(seconds)}",
        "deadline in the table [network] is the limit. " + OFFLINE,
    )


def too_patient(where: Place, wish: Wish, longest: float, failure: ServiceError) -> ServiceError:
    """The server asks for more patience than the settings allow; of the kind of the `failure` it had."""
    return type(failure)(
        f"{where.name} asks to wait {spoken(wish.seconds)} (Retry-After: {header(wish.written, 40)})",
        f"max_retry_after in the table [network] allows {spoken(longest)}; try again then. {OFFLINE}",
    )


def given_up(failure: ServiceError, attempts: int, seconds: float) -> ServiceError:
    """A failure that did not pass, with what was tried."""
    if attempts > 1:
        failure.args = (f"{failure} ({attempts} attempts in {spoken(seconds)})",)
    return failure


def unbelievable(where: Place, want: Want, doubt: Doubt, agent: str) -> ServiceError:
    """The answer is not what was asked for."""
    if not doubt.is_wall:
        return ServiceError(f"{where.name} answered with {doubt.what}, not with {want.value}")
    return ServiceError(
        f"{where.name} answered with {doubt.what}, not with {want.value};"
        " reviewbot does not try to get past it",
        f"It was asked as {agent!r}. Some walls refuse every name that matches bot|crawler: agree on one with"
        " the people who run the server, and set user_agent in the table [network].",
    )


def endless(where: Place) -> ServiceError:
    """An answer of which nobody can tell whether it is complete."""
    return ServiceError(
        f"{where.name} did not say where its answer ends, so a part of it might be missing"
    )


def too_much(where: Place, what: str) -> ServiceError:
    """The answer is larger than allowed; `what` says than what."""
    return ServiceError(
        f"{where.name} sent an answer that unpacks to {what}: refused",
        "max_bytes in the table [network] is the limit.",
    )


def elsewhere(where: Place, target: Place) -> ServiceError:
    """A redirect to a host that is not configured."""
    return ServiceError(
        f"{where.name} redirects to {target.name}, which is not a configured host: not followed",
        to_add(target),
    )


def not_taken(where: Place, status: int, said: str) -> ServiceError:
    """A status that says a change was not made; `said` is what the server wrote beside it."""
    reason = f": {header(said, 200)}" if said and not said.lstrip().startswith("<") else ""
    message = f"{where.name} answered {status} {_REASONS.get(status, '')}".rstrip() + reason
    if status >= 500:
        return UncertainError(message)
    return RefusedError(message, status=status)


def uncertain(where: Place, why: str) -> UncertainError:
    """The answer to a change is not there."""
    return UncertainError(why, f"Look at {where.name} before you try again.")
