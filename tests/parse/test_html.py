"""HTML becomes plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.parse.html import plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd\n"),
        ("a &lt;b@c&gt; &amp;&nbsp;d", "a <b@c> & d\n"),
        ("<style>p { x }</style>seen", "seen\n"),
        ("<head><title>t</title></head><body class='x'>seen</body>", "seen\n"),
        ("<script>if (a < b) { }</script>seen", "seen\n"),
        ("a</style>b", "ab\n"),
        ("no tags", "no tags\n"),
        ("an open <tag", "an open \n"),
        ("< >x", "x\n"),
        ("", "\n"),
    ],
)
def test_text(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.text(st.sampled_from("<>/ abp&;r\n"), max_size=100))
def test_never_raises(markup: str) -> None:
    plain(markup)
