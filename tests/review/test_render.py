"""Words from templates: a temporary folder stands for the user's, another for the shipped ones."""

from pathlib import Path

import pytest

from reviewbot.errors import ExitCode, TemplateError
from reviewbot.model.finding import Finding
from reviewbot.review.render import FACT_LIMIT, WORD_LIMIT, Pages, Words
from tests.values import finding


@pytest.fixture
def words(tmp_path: Path) -> Words:
    for folder in ("user", "shipped"):
        (tmp_path / folder / "rules").mkdir(parents=True)
    return Words((tmp_path / "user", tmp_path / "shipped"))


def put(words: Words, name: str, text: str, folder: int = 1) -> None:
    (words.folders[folder] / name).write_text(text)


def said(words: Words, template: str, found: Finding | None = None, position: str = "") -> str:
    put(words, "rules/a-rule.j2", template)
    return words.comment(found or finding(), position)


def test_facts_become_words(words: Words) -> None:
    found = finding(facts={"get": "kvm_get_kvm", "times": 2}, function="foo", symbol="kvm")
    text = "{{ get }}() is called {{ times }} times for {{ symbol }} in {{ function }}() of {{ path }}."
    assert said(words, text, found) == (
        "kvm_get_kvm() is called 2 times for kvm in foo() of virt/foo.c."
    )


def test_what_is_not_known_is_empty(words: Words) -> None:
    text = "x{% if symbol %}{{ symbol }}{% endif %}{{ function }}{{ patch }}y"
    assert said(words, text) == "xy"


def test_the_patch_is_named_where_it_is_known(words: Words) -> None:
    assert said(words, "patch {{ patch }}", position="2/4") == "patch 2/4"


def test_a_fact_wins_over_what_is_always_there(words: Words) -> None:
    assert said(words, "{{ path }}", finding(facts={"path": "mine"})) == "mine"


def test_white_space_is_the_templates_own_business(words: Words) -> None:
    text = "{% if path %}\nOne\n  sentence,\n{% endif %}\nanother.\n\n\n  Next\tparagraph.\n\n"
    assert said(words, text) == "One sentence, another.\n\nNext paragraph."


def test_the_users_template_comes_first(words: Words) -> None:
    put(words, "rules/a-rule.j2", "mine", folder=0)
    assert said(words, "shipped") == "mine"


def test_a_template_may_use_macros_of_another(words: Words) -> None:
    put(words, "_macros.j2", "{% macro call(name) %}{{ name }}(){% endmacro %}")
    text = '{% from "_macros.j2" import call %}{{ call("foo") }}'
    assert said(words, text) == "foo()"


def test_a_fact_is_data_and_one_line(words: Words) -> None:
    hostile = finding(facts={"name": "{{ 7 * 7 }}\n\nBcc: x\x1b[2J\u202e"})
    assert said(words, "{{ name }}", hostile) == "{{ 7 * 7 }} Bcc: x [2J"


def test_a_fact_is_bounded(words: Words) -> None:
    huge = finding(facts={"name": "x " * 10**6}, symbol="y " * 10**6)
    assert FACT_LIMIT < len(said(words, "{{ name }} {{ symbol }}", huge)) <= 2 * FACT_LIMIT + 1


def test_no_word_is_longer_than_a_line_may_be(words: Words) -> None:
    huge = finding(facts={"name": "𝕏" * 10**6}, symbol="y" * WORD_LIMIT)
    expected = "𝕏" * WORD_LIMIT + "... " + "y" * WORD_LIMIT + "()"
    assert said(words, "{{ name }}{{ name }}() {{ symbol }}()", huge) == expected


def test_a_fact_is_no_trailer_and_no_command(words: Words) -> None:
    hostile = finding(facts={"name": "Acked-by: E <e@x> #syz fix reviewbot: off"})
    assert said(words, "{{ name }}", hostile) == "Acked-by : E <e@x> # syz fix reviewbot : off"


def failure(words: Words, template: str, found: Finding | None = None) -> str:
    with pytest.raises(TemplateError) as raised:
        said(words, template, found)
    assert raised.value.exit_code is ExitCode.INTERNAL
    return str(raised.value)


def test_an_undefined_variable_names_template_rule_and_line(words: Words) -> None:
    message = failure(words, "One\n{{ get }}() two\n")
    assert message == "template rules/a-rule.j2 of rule a-rule, line 2: 'get' is undefined"


@pytest.mark.parametrize(
    ("template", "line", "what"),
    [
        ("a\n\n{% if %}", 3, "Expected an expression"),
        ("{{ 'x' + 1 }}", 1, "concatenate"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
        ("{{ path.nothing.more }}", 1, "no attribute 'nothing'"),
        ("{{ path.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ '%d' % path }}", 1, "%d format"),
        ("{% for n in range(10000000) %}{% endfor %}", 1, "Range too big"),
        ("\n\n{{ path | nothing }}", 3, "No filter named 'nothing'"),
        ("{{ path | int(base=99) | abs + none }}", 1, "unsupported operand"),
    ],
)
def test_every_failure_names_the_line(words: Words, template: str, line: int, what: str) -> None:
    message = failure(words, template)
    assert message.startswith(f"template rules/a-rule.j2 of rule a-rule, line {line}: ")
    assert what in message


def test_a_failure_in_another_template_names_that(words: Words) -> None:
    put(words, "_macros.j2", "\n{% macro call() %}\n{{ nothing }}{% endmacro %}")
    text = '{% from "_macros.j2" import call %}{{ call() }}'
    message = failure(words, text)
    assert message == "template _macros.j2 of rule a-rule, line 3: 'nothing' is undefined"


def test_a_missing_template_says_where_it_was_looked_for(words: Words) -> None:
    with pytest.raises(
        TemplateError, match=r"rules/b-rule\.j2 of rule b-rule is not there"
    ) as raised:
        words.comment(finding("b-rule"))
    assert all(str(folder) in raised.value.hint for folder in words.folders)


def test_a_missing_include_names_itself(words: Words) -> None:
    assert failure(words, '{% include "other.j2" %}').startswith("template other.j2")


def test_no_template_outside_the_folders_is_read(words: Words, tmp_path: Path) -> None:
    (tmp_path / "secret.j2").write_text("secret")
    assert "is not there" in failure(words, '{% include "../secret.j2" %}')


def test_a_template_in_another_charset_is_a_failure(words: Words) -> None:
    (words.folders[1] / "rules" / "c-rule.j2").write_bytes(b"caf\xe9")
    with pytest.raises(TemplateError, match=r"rules/c-rule\.j2 of rule c-rule"):
        words.comment(finding("c-rule"))


def test_the_body_of_a_mail_is_a_template_too(words: Words) -> None:
    put(words, "reply.j2", "{{ name }}:\n{{ text | wrap }}\n{{ '-- ' }}\nbot\n\n")
    text = "word " * 20
    made = words.reply(name="A", text=text)
    assert made == f"A:\n{('word ' * 14).strip()}\n{('word ' * 6).strip()}\n-- \nbot\n"


def test_quotes_pass_the_template_unaltered(words: Words) -> None:
    put(words, "reply.j2", "{% for line in lines %}\n{{ line }}\n{% endfor %}\n-- \nx")
    lines = ['> +\tif (a < b && "c")  ', "> ", "> {{ x }}", ">  {% endfor %}"]
    assert words.reply(lines=lines) == "\n".join([*lines, "-- ", "x", ""])


def test_a_failure_in_the_body_names_no_rule(words: Words) -> None:
    put(words, "reply.j2", "\n{{ nothing }}")
    with pytest.raises(
        TemplateError, match=r"^template reply\.j2, line 2: 'nothing' is undefined$"
    ):
        words.reply()


# Pages


def page(words: Words, template: str, **values: object) -> str:
    put(words, "page.html.j2", template)
    return "".join(Pages(words.folders).pieces("page.html.j2", values))


def test_a_page_escapes_what_it_is_given(words: Words) -> None:
    assert page(words, '<p title="{{ a }}">{{ a }}</p>', a="<b> \"&'") == (
        '<p title="&lt;b&gt; &#34;&amp;&#39;">&lt;b&gt; &#34;&amp;&#39;</p>'
    )


def test_a_page_shows_what_cannot_be_seen(words: Words) -> None:
    assert page(words, "{{ a }}", a="x\u202ey\x1b") == "x&lt;U+202E&gt;y␛"


def test_a_page_keeps_what_is_safe(words: Words) -> None:
    assert page(words, "{{ a|safe }}{{ n }}", a="<b>", n=3) == "<b>3"
    macro = "{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m(a) }}"
    assert page(words, macro, a="<b>") == "<i>&lt;b&gt;</i>"


def test_a_page_cannot_reach_into_python(words: Words) -> None:
    with pytest.raises(TemplateError, match="unsafe"):
        page(words, "{{ a.__class__.__mro__ }}", a="x")


def test_a_page_that_does_not_render_names_its_line(words: Words) -> None:
    with pytest.raises(TemplateError, match=r"template page\.html\.j2, line 2: 'b' is undefined"):
        page(words, "x\n{{ b }}")


def test_a_page_that_is_not_there_is_named(words: Words) -> None:
    with pytest.raises(TemplateError, match=r"template none\.j2 is not there"):
        list(Pages(words.folders).pieces("none.j2", {}))
