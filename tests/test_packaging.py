"""What is built and installed is what is tested: wheel and sdist, and one review from each.

Without network: the build back end is that of the test environment, and so are the dependencies of what is
installed. `.ci/run` does the same with everything fetched anew.
"""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from reviewbot import __version__

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "vfio-lumen.mbox"


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which nothing but the wheel is installed."""
    target = tmp_path_factory.mktemp("installed")
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True)
    return target


def reviewbot(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the installed package far from the checkout; stdout."""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "reviewbot", *arguments]
    process = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_the_version_stands_in_two_places_and_is_one() -> None:
    assert project()["project"]["version"] == __version__
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text()
    extras = project()["project"]["optional-dependencies"]
    needed = [
        *project()["project"]["dependencies"],
        *(d for extra in extras.values() for d in extra),
    ]
    names = {entry.partition(">")[0].partition("[")[0].strip() for entry in needed}
    assert [name for name in sorted(names - {"reviewbot"}) if name not in text] == []


def test_the_wheel_holds_what_a_review_needs(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {"reviewbot/config.toml", "reviewbot/templates/reply.j2"} <= held
    for page in (ROOT / "tests" / "rules").glob("*.md"):
        assert f"reviewbot/pages/{page.name}" in held
        assert f"reviewbot/templates/rules/{page.stem}.j2" in held
    assert not [name for name in held if name.startswith(("tests/", "docs/"))]


def test_the_sdist_holds_what_the_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        *("config.toml", "pyproject.toml", "README.md", "LICENSE"),
        *("templates/reply.j2", "tests/test_packaging.py", "docs/generate.py"),
        *("examples/vfio-lumen.mbox", "CONTRIBUTING.md", "CHANGELOG.md"),
    } <= held


def test_one_review_from_what_is_installed(installed: Path, tmp_path: Path) -> None:
    out = reviewbot(installed, tmp_path, "review", "--format", "jsonl", str(EXAMPLE))
    assert len(out.splitlines()) == 3


def test_the_installed_package_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    shipped = reviewbot(installed, tmp_path, "config", "path").splitlines()[0]
    assert shipped == str(installed / "reviewbot" / "config.toml")
    assert "## Bad" in reviewbot(installed, tmp_path, "rules", "explain", "kvm-fd-without-get")


def test_new_rules_of_an_installed_package_need_a_pack(installed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "reviewbot", "rules", "new", "bar-unsafe"]
    process = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 2
    assert "--pack" in process.stderr
