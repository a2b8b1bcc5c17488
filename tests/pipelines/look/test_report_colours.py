"""The report's colours: readable on paper and at night, and apart for eyes that see fewer colours."""

import itertools
import math
import re
from pathlib import Path

import pytest

REPORT = Path(__file__).parents[3] / "pipelines/look/report"
CSS = (REPORT / "report.css").read_text(encoding="utf-8")
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11."""
APART = 0.07
"""Least distance of two fills in OKLab; about 0.02 is the least that a trained eye notices side by side."""

Colour = tuple[float, float, float]

EYES: dict[str, tuple[Colour, Colour, Colour]] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""What is left of linear RGB: Machado, Oliveira, Fernandes, 2009, severity 1."""


def theme(name: str) -> dict[str, Colour]:
    """Return the custom properties of a theme as linear RGB."""
    block = re.search(rf"{re.escape(name)} \{{(.*?)\}}", CSS, re.DOTALL)
    assert block
    found = re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1])
    return {key: linear(tuple(int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))) for key, code in found}


def linear(rgb: tuple[float, ...]) -> Colour:
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in rgb)
    return red, green, blue


def encoded(colour: Colour) -> tuple[float, ...]:
    return tuple(12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in colour)


def light(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: Colour, other: Colour) -> float:
    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def seen(colour: Colour, eyes: str) -> Colour:
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, colour, strict=True)))) for row in EYES[eyes]
    )
    return red, green, blue


def oklab(colour: Colour) -> Colour:
    red, green, blue = colour
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


THEMES = [
    pytest.param(theme(":root"), id="light"),
    pytest.param(theme(':root[data-theme="dark"]'), id="dark"),
]


@pytest.mark.parametrize("colours", THEMES)
def test_every_text_stands_out_from_its_ground(colours: dict[str, Colour]) -> None:
    for text, ground in itertools.product(("ink", "soft", "accent"), ("paper", "sheet", "wash")):
        assert contrast(colours[text], colours[ground]) >= TEXT_CONTRAST, (text, ground)


@pytest.mark.parametrize("colours", THEMES)
def test_every_fill_stands_out_from_the_paper(colours: dict[str, Colour]) -> None:
    for name in ("rest", "good", "focus", *(f"c{n}" for n in range(7))):
        assert contrast(colours[name], colours["paper"]) >= SHAPE_CONTRAST, name


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("colours", THEMES)
def test_two_fills_are_told_apart_by_all_eyes(colours: dict[str, Colour], eyes: str) -> None:
    fills = {name: oklab(seen(colours[name], eyes)) for name in ("rest", *(f"c{n}" for n in range(7)))}
    near = {
        (one, other): round(math.dist(fills[one], fills[other]), 3)
        for one, other in itertools.combinations(fills, 2)
        if math.dist(fills[one], fills[other]) < APART
    }
    assert near == {}


@pytest.mark.parametrize("colours", THEMES)
def test_numbers_in_the_matrix_can_be_read_on_every_shade(colours: dict[str, Colour]) -> None:
    script = (REPORT / "charts.js").read_text(encoding="utf-8")
    listed = re.search(r"SHADES = \[(.*?)\]", script)
    assert listed
    paper, heat = encoded(colours["paper"]), encoded(colours["heat"])
    for strength in map(float, listed[1].split(",")):
        shade = linear(tuple(a + (b - a) * strength for a, b in zip(paper, heat, strict=True)))
        text = "paper" if strength > 0.5 else "ink"
        assert contrast(colours[text], shade) >= TEXT_CONTRAST, (text, strength)
