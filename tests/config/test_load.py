from pathlib import Path

import pytest

from reviewbot.cmodel.pairs import Failure
from reviewbot.commands.scaffold import in_pack, scaffold
from reviewbot.config import load
from reviewbot.errors import ConfigError
from reviewbot.model.finding import Channel
from reviewbot.review.compose import Identity
from reviewbot.review.policy import Policy
from reviewbot.review.post import Mode


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's own file."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "reviewbot"
    folder.mkdir(parents=True)
    return folder


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def complaint(path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(written(path, text))
    return caught.value


# What is shipped


def test_the_shipped_file_says_what_the_code_says() -> None:
    """A default stands in two places, and this keeps them the same."""
    settings = load().settings
    assert settings.identity == Identity()
    shipped = settings.policy
    assert shipped == Policy(skip_tags=shipped.skip_tags, test_paths=shipped.test_paths)


def test_the_shipped_file_says_every_option_of_every_rule() -> None:
    config = load()
    for rule in config.rules:
        if rule.options is not None:
            written_down = set(config.table["rules"].get(rule.id, {}))
            assert written_down >= set(rule.options.__struct_fields__), rule.id
            assert config.rule_settings[rule.id].options == rule.options(), rule.id


def test_the_shipped_pairs_are_those_of_the_catalogue() -> None:
    pairs = load().settings.pairs
    assert {"kvm_get_kvm", "try_module_get", "symbol_get", "fops_get", "fget"} <= set(pairs.getters)
    assert {"kvm_put_kvm", "module_put", "symbol_put", "fops_put", "fput"} <= set(pairs.putters)
    fails = {getter.name: getter.fails for pair in pairs.pairs for getter in pair.get}
    assert fails["kvm_get_kvm"] is Failure.NEVER
    assert fails["kvm_get_kvm_safe"] is Failure.FALSE
    assert fails["vfio_alloc_device"] is Failure.ERR_PTR
    assert fails["kvm_page_track_register_notifier"] is Failure.NEGATIVE


def test_no_getter_takes_two_kinds_of_objects() -> None:
    pairs = load().settings.pairs
    assert len(pairs.getters) == len(set(pairs.getters))
    assert not set(pairs.getters) & set(pairs.putters)


# Files and their order


def test_the_last_file_has_the_last_word(home: Path, tmp_path: Path) -> None:
    written(home / "config.toml", "[policy]\nmax_own_lines = 10\nmax_findings_per_mail = 1\n")
    named = written(tmp_path / "named.toml", "[policy]\nmax_own_lines = 20\n")
    policy = load(named).settings.policy
    assert (policy.max_own_lines, policy.max_findings_per_mail) == (20, 1)
    assert policy.max_mails_per_series == Policy().max_mails_per_series


def test_the_files_are_known(home: Path, tmp_path: Path) -> None:
    named = written(tmp_path / "named.toml", "")
    assert [layer.path for layer in load(named).layers][1:] == [named]
    mine = written(home / "config.toml", "")
    assert [layer.path for layer in load(named).layers][1:] == [mine, named]


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize("text", ["[policy", "a = ", "= 1", 'x = "\ud800"'])
def test_what_is_not_toml_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError, match=r"broken\.toml: is not TOML: "):
        load(path)


def test_the_complaint_names_the_file_that_is_wrong(home: Path, tmp_path: Path) -> None:
    written(home / "config.toml", "[policy]\nmax_own_line = 10\n")
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path / "named.toml", "[policy]\nmax_own_lines = 20\n"))
    assert str(caught.value) == (
        f"{home / 'config.toml'}: policy.max_own_line: there is no such key"
    )
    assert caught.value.hint == "Did you mean max_own_lines?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("polcy = 1", "polcy: there is no such key"),
        ("[policy]\nmax_own_lines = true", "policy.max_own_lines: expected int, got bool"),
        ("[[pair]]\nobject = 1", "pair[0].object: expected str, got int"),
        ("[[suppress]]\nrule = 'x'", "suppress[0]: object missing required field reason"),
        ("[[override]]\nchannel = 'loud'", "override[0].channel: invalid enum value 'loud'"),
        ("[identity]\nemail = 'nobody'", "identity: email is not an address: 'nobody'"),
        ("[rules.export-nwe]", "rules.export-nwe: there is no such key"),
        ("packs = 'one'", "packs: expected array, got str"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    assert str(complaint(path, text)) == f"{path}: {said}"


# What it makes


def test_suppressions_and_overrides_become_policy(tmp_path: Path) -> None:
    text = (
        '[[suppress]]\nreason = "agreed"\nrule = "export-new"\n'
        '[[override]]\nchannel = "draft"\npath = "arch/*"\n'
    )
    policy = load(written(tmp_path / "a.toml", text)).kit().policy
    assert [entry.reason for entry in policy.suppress] == ["agreed"]
    assert [entry.channel for entry in policy.override] == [Channel.DRAFT]


def test_the_channel_of_a_rule_reaches_the_kit(tmp_path: Path) -> None:
    text = '[rules.module-get-unchecked]\nchannel = "draft"\n'
    kit = load(written(tmp_path / "a.toml", text)).kit()
    assert kit.channels == {"module-get-unchecked": Channel.DRAFT}


def test_a_rule_can_be_switched_off(tmp_path: Path) -> None:
    text = "[rules.module-get-unchecked]\nenabled = false\n"
    kit = load(written(tmp_path / "a.toml", text)).kit()
    assert "module-get-unchecked" not in {rule.id for rule in kit.rules}


def test_options_reach_the_kit(tmp_path: Path) -> None:
    text = '[rules.extern-on-prototype]\npaths = ["fs/*.h"]\n'
    kit = load(written(tmp_path / "a.toml", text)).kit()
    assert kit.options["extern-on-prototype"].paths == ("fs/*.h",)


def test_one_entry_adds_a_getter(tmp_path: Path) -> None:
    text = '[[pair]]\nobject = "struct kvm"\nget = [{ name = "kvm_find" }]\nput = []\n'
    kit = load(written(tmp_path / "a.toml", text)).kit()
    assert {"kvm_find", "kvm_get_kvm"} <= set(kit.pairs.of("struct kvm").getters)


def test_folders_are_relative_to_their_file(tmp_path: Path) -> None:
    words, elsewhere = tmp_path / "words", tmp_path / "b" / "words"
    words.mkdir()
    elsewhere.mkdir(parents=True)
    path = written(tmp_path / "a.toml", f'[render]\ntemplates = ["words", "{elsewhere}"]\n')
    assert load(path).settings.render.templates == (str(words), str(elsewhere))


def test_a_folder_that_is_not_there_is_named_with_file_and_key(tmp_path: Path) -> None:
    path = written(tmp_path / "a.toml", '[render]\ntemplates = ["words"]\n')
    with pytest.raises(ConfigError, match=f"{path}: render.templates: .*words is not a folder"):
        load(path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[policy]\nrfc = "maybe"\n', "policy.rfc: invalid enum value 'maybe'"),
        ("[policy]\nmax_findings_per_mail = -1\n", "max_findings_per_mail: expected int >= 0"),
        ('[rules.export-new]\nchannel = "gate"\n', "channel 'gate' is not for findings"),
        ('[[override]]\nchannel = "gate"\n', "channel 'gate' is not for findings"),
    ],
)
def test_what_means_nothing_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load(written(tmp_path / "a.toml", text))


def test_folders_named_on_the_command_line_come_first(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    path = written(tmp_path / "a.toml", '[render]\ntemplates = ["words"]\n')
    folders = load(path).kit(templates=(tmp_path / "mine",)).words.folders
    assert folders[:2] == (tmp_path / "mine", tmp_path / "words")
    assert folders[-1].name == "templates"


def test_a_pack_brings_rules_and_words(tmp_path: Path) -> None:
    scaffold("bar-unsafe", (), in_pack(tmp_path / "pack"))
    config = load(written(tmp_path / "a.toml", 'packs = ["pack"]\n[rules.bar-unsafe]\n'))
    assert "bar-unsafe" in {rule.id for rule in config.rules}
    assert tmp_path / "pack" / "templates" in config.kit().words.folders


def test_a_pack_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.toml: packs: .*nowhere has no folder rules/"):
        load(written(tmp_path / "a.toml", 'packs = ["nowhere"]\n'))


def test_an_installed_package_brings_rules_and_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a package that declares the entry point `reviewbot.rules` does, once it is installed."""
    scaffold("bar-unsafe", (), in_pack(tmp_path / "pack"))
    (tmp_path / "pack" / "rules").rename(tmp_path / "odd_rules")
    (tmp_path / "pack" / "templates").rename(tmp_path / "odd_rules" / "templates")
    (tmp_path / "odd_rules" / "__init__.py").touch()
    metadata = tmp_path / "odd_rules-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: odd-rules\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[reviewbot.rules]\nodd = odd_rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    kit = load().kit(select=("bar-unsafe",))
    assert [rule.id for rule in kit.rules] == ["bar-unsafe"]
    assert tmp_path / "odd_rules" / "templates" in kit.words.folders


# To whom mails go


LIST = '[[list]]\naddress = "kvm@vger.kernel.org"\nopt_in = true\n'


def test_by_default_nothing_is_sent_to_anybody() -> None:
    manners = load().kit().manners
    assert (manners.post.mode, manners.lists) == (Mode.DRAFT, ())
    assert (manners.post.embargo_hours, manners.post.auto_submitted) == (24, False)


def test_manners_hold_all_that_is_set(tmp_path: Path) -> None:
    text = (
        '[post]\nmode = "list"\n[policy]\nmax_mails_per_series = 1\n'
        '[identity]\nemail = "Bot@example.org"\nreply_to = "Me <me@example.org>"\n' + LIST
    )
    manners = load(written(tmp_path / "a.toml", text)).manners()
    assert (manners.post.mode, manners.policy.max_mails_per_series) == (Mode.LIST, 1)
    assert [one.address for one in manners.lists] == ["kvm@vger.kernel.org"]
    assert manners.own == {"bot@example.org", "me@example.org"}


def test_only_what_breaks_a_kernel_may_be_said_to_lists() -> None:
    public = load().manners().public
    assert "kvm-get-without-put" in public
    assert public.isdisjoint({"extern-on-prototype", "fixes-tag-malformed", "export-new"})


def test_a_list_may_have_words_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    path = written(tmp_path / "a.toml", LIST + 'templates = "words"\n')
    words = load(path).kit().list_words["kvm@vger.kernel.org"]
    assert (words.folders[0], words.folders[-1].name) == (tmp_path / "words", "templates")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[post]\nembargo_hours = 0\n", "post.embargo_hours: expected int >= 1"),
        ('[post]\nmode = "all"\n', "post.mode: invalid enum value 'all'"),
        ('[post]\nquiet_hours = "always"\n', "post: quiet_hours is not like 22:00-07:00: 'always'"),
        (LIST + "forbids = true\n", "opt_in and forbids contradict each other"),
        (LIST.replace("kvm@", "*@"), "address of a list that opted in is one address"),
        (LIST + 'templates = "words"\n', "list.templates: .*words is not a folder"),
    ],
)
def test_manners_that_cannot_be_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(written(tmp_path / "a.toml", text))
