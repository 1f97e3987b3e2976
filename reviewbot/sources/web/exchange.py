"""One request and the answer to it, as it comes over the wire.

Law: the only file that imports requests, and the only door to the network: each address is held against the
configured hosts once more in the form in which it is sent. No cookies, no redirects, no passwords from
`~/.netrc`; certificates are always checked; proxies and `REQUESTS_CA_BUNDLE` of the environment count. Must
not know what answers mean.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter

from reviewbot.sources.web import wire
from reviewbot.sources.web.clock import Deadline
from reviewbot.sources.web.hosts import Hosts
from reviewbot.sources.web.settings import Network


class _Adapter(HTTPAdapter):
    """requests' own, on connections that keep a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As in requests."""
        super().init_poolmanager(*args, **options)
        wire.timed(self.poolmanager, self._deadline)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As in requests; a SOCKS proxy has connections of its own, which know no deadline."""
        pools = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            wire.timed(pools, self._deadline)
        return pools


class Reply:
    """The head of an answer, and its body to be read once; close it."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.reason = response.reason or ""
        self.url = response.url

    def header(self, name: str) -> str:
        """A field of the head, or an empty string."""
        return self._response.headers.get(name, "")

    @property
    def is_sized(self) -> bool:
        """Whether a body that is cut off can be told from one that is complete."""
        return wire.is_sized(self._response.raw)

    def pieces(self) -> Iterator[bytes]:
        """The body as sent. Raises WireError."""
        return wire.pieces(self._response.raw)

    def target(self, field: str) -> str:
        """The address in the field, made absolute (`Location`); empty where there is none."""
        return absolute(self.url, self.header(field))

    def close(self) -> None:
        """Leave the rest unread; the connection is not used again then."""
        self._response.close()


class Exchange:
    """Requests with one agent to the hosts configured."""

    def __init__(self, settings: Network, hosts: Hosts, agent: str, deadline: Deadline) -> None:
        self._settings = settings
        self._hosts = hosts
        self._agent = agent
        self._deadline = deadline
        self._adapter = _Adapter(deadline)
        self._session = requests.Session()

    def send(self, method: str, url: str, token: str = "", json: bytes = b"") -> Reply:
        """The reply to one request, with `json` as its body where there is any.

        Raises WireError, and UsageError for a host that is not configured.
        """
        fields = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        if token:
            fields["Authorization"] = f"Token {token}"
        if json:
            fields["Content-Type"] = "application/json"
        left = self._deadline.left
        timeout = (
            min(self._settings.connect_timeout, left),
            min(self._settings.read_timeout, left),
        )
        try:
            prepared = requests.Request(method, url, headers=fields, data=json or None).prepare()
            sent = prepared.url or ""
            self._hosts.admit(sent)
            around: Any = self._session.merge_environment_settings(sent, {}, True, None, None)
            return Reply(self._adapter.send(prepared, timeout=timeout, **around))
        except (requests.RequestException, wire.Failure) as error:
            raise wire.failure(error) from None

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()
        self._session.close()


def absolute(base: str, written: str) -> str:
    """The address that `written` means in an answer from `base`; empty where it is none."""
    try:
        return urljoin(base, written.strip()) if written.strip() else ""
    except ValueError:
        return ""
