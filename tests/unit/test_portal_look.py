"""The look: a council's own colours are refused when people could not read them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digital_council.errors import OperatorError
from digital_council.portal.face import look
from digital_council.portal.face.assets import Assets
from digital_council.settings import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "hub_config").mkdir()
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    return tmp_path


def theme(project: Path, text: str) -> None:
    (project / "hub_config" / "theme.toml").write_text(text, encoding="utf-8")


def test_contrast_is_as_the_guidelines_define_it():
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_products_own_look_is_the_one_in_the_file_and_passes(project):
    assert look.load(PROJECT) == look.load(project) == look.Look()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[light]\nlink = "#aaaaaa"', "light.link #aaaaaa on light.paper #ffffff has a contrast of 2.3"),
        ('[dark]\nink = "#333333"', "dark.ink"),
        ('[light]\nbrand = "#ffdd00"', "light.on_brand"),
        ('[light]\nbrnd = "#000000"', "did you mean 'brand'"),
        ('[light]\nbrand = "red;}body{display:none"', "light.brand"),
        ('logo = "crest.svg"', "is missing"),
        ('logo = "../../secret.svg"', "a file beside it"),
        ('logo = "people.csv"', "a file beside it"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_look_that_cannot_be_used_stops_the_start_in_one_line(project, text, said):
    theme(project, text)
    with pytest.raises(OperatorError) as refused:
        look.load(project)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value).strip()


def test_a_councils_colours_and_logo_are_served(project):
    theme(project, 'name = "Anytown"\nlogo = "crest.svg"\n[light]\nbrand = "#4a0d4a"')
    shutil.copy(PROJECT / "src/digital_council/portal/static/icon.svg", project / "hub_config" / "crest.svg")
    assets = Assets(project)
    assert b"--brand:#4a0d4a" in assets.find("portal.css").content
    assert assets.find(assets.logo).content.startswith(b"<svg")
    (project / "hub_config" / "crest.svg").write_bytes(b"x" * 40_000)
    with pytest.raises(OperatorError, match="at most 30 kB"):
        Assets(project)
