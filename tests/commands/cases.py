"""Small inputs for the commands: one patch with a finding to mail, one with a nit, one without."""

from pathlib import Path

from tests.builders import mail, new_file, patch_body

DIFF = new_file("virt/kvm/foo.c", "int foo;\n")
TAG = "Fixes: 1a2b3c4 foo: add bar"
TAGGED = f"Fix foo.\n\n{TAG}\nSigned-off-by: A. Author <author@example.org>"
FAULT = "\ttry_module_get(owner);"
FAULTY = new_file(
    "virt/kvm/foo.c", f"static void foo(struct module *owner)\n{{\n{FAULT}\n\tbar(owner);\n}}\n"
)


def faulty(folder: Path, name: str = "faulty.eml") -> Path:
    """A patch that ignores whether it has the reference: one finding to mail."""
    path = folder / name
    path.write_bytes(mail(patch_body(FAULTY), subject="[PATCH] foo: fix bar"))
    return path


def tagged(folder: Path, name: str = "tagged.eml") -> Path:
    """A patch whose Fixes: tag is too short: a nit, not worth a mail of its own."""
    path = folder / name
    path.write_bytes(mail(patch_body(DIFF, TAGGED), subject="[PATCH] foo: fix bar"))
    return path


def sound(folder: Path, name: str = "sound.eml") -> Path:
    """A patch about which nothing is to be said."""
    path = folder / name
    path.write_bytes(mail(patch_body(DIFF), message_id="2@example.org"))
    return path


def config(folder: Path, text: str) -> Path:
    """A configuration file."""
    path = folder / "config.toml"
    path.write_text(text)
    return path


def pack(folder: Path, check: str, triggers: str = '"foo"', doc: str = "A defect.") -> Path:
    """A configuration that names a pack of one rule, `bar-odd`, with this body of `check`."""
    for name in ("rules", "templates/rules", "pages"):
        (folder / "pack" / name).mkdir(parents=True)
    (folder / "pack" / "rules" / "bar_odd.py").write_text(
        f'"""{doc}"""\n'
        "from reviewbot.cmodel.change import PatchChange\n"
        "from reviewbot.model.finding import Channel, Severity\n"
        "from reviewbot.rule import Needs, rule\n\n\n"
        "@rule(severity=Severity.BUG, channel=Channel.MAIL, needs=Needs.DIFF, "
        f"triggers=({triggers},))\n"
        "def check(change: PatchChange):\n"
        f"    {check}\n"
    )
    (folder / "pack" / "templates" / "rules" / "bar-odd.j2").write_text("This is odd.\n")
    return config(folder, 'packs = ["pack"]\n')
