"""Policy: findings become verdicts, each with a channel and the reason for it.

Law: a verdict can only make a finding quieter than its rule and hit asked for, never louder, and says why.
Sources: rule catalogue §4.2 (etiquette) and §1.0 (channels). Must not know words or mails.
"""

from msgspec import Struct


class Suppression(Struct, frozen=True, forbid_unknown_fields=True):
    """A stated reason not to show findings. Empty fields match anything; `path` is a glob."""

    reason: str
    rule: str = ""
    path: str = ""
    function: str = ""
    symbol: str = ""
    fingerprint: str = ""


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """Another channel for rules on some paths or lists. Empty fields match anything.

    `rule` is an id or `*`; `path` a glob on the file; `list` an address or List-Id of the mail.
    """

    channel: str
    rule: str = "*"
    path: str = ""
    list: str = ""


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """What may go into a mail, and how much of it (defaults: rule catalogue §4.2)."""

    rfc: str = "off"
    max_findings_per_mail: int = 3
    max_own_lines: int = 30
    max_mails_per_series: int = 2
    skip_tags: tuple[str, ...] = ()
    suppress: tuple[Suppression, ...] = ()
    override: tuple[Override, ...] = ()
