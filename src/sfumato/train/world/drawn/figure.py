"""Parts of a body that all characters share, each from the front, the side (facing right) and the back.

A figure stands on y = 0.95 about x = 0.5 and is some two and a half heads tall; `pen.look` is its design, so
that what `pen.pick` gives is the same in all three views.
"""

from __future__ import annotations

import numpy as np

from sfumato.train.world.drawn.pen import Colour, Pen, darker, lighter
from sfumato.train.world.drawn.shapes import Shape, arc, box, curve, ellipse, poly, ribbon
from sfumato.train.world.scene import View

EYES = "4a8ad8 5a9a4a 8a5a34 7a5ab0"
SKINS = "f6d2b4 c68a5e f2c4a0 8d5a3c e8b48c 6b4430"
HAIRS = "4a2e20 e8b84a 1f1a22 a8452a 7a4a2a 6a6a78 d87aa0 3a6a9a"
HEAD = (0.5, 0.30)


def line(*points: tuple[float, float]) -> Shape:
    """An open curve."""
    return curve(*points, closed=False)


def legs(pen: Pen, view: View, cloth: Colour, shoe: Colour, top: float = 0.66, hem: float = 0.92) -> None:
    """Two legs from `top`, clothed down to `hem` and bare below, and shoes."""
    bare = pen.pick(SKINS)
    near, far = ((0.53, 0.47) if view == "side" else (0.435, 0.565))[:: -1 if view != "side" else 1]
    for x, shade in ((far, 0.22 if view == "side" else 0.0), (near, 0.0)):
        pen.fill(box(x - 0.036, top, x + 0.036, 0.925), darker(bare, shade))
        pen.fill(box(x - 0.048, top, x + 0.048, hem, 0.015), darker(cloth, shade))
        foot(pen, x, view, darker(shoe, shade))


def foot(pen: Pen, x: float, view: View, shoe: Colour) -> None:
    """A shoe; from the side its toe points right."""
    toe = 0.095 if view == "side" else 0.058
    sole = np.concatenate(
        (arc(x - 0.052 + toe, 0.92, toe, 0.045, 0.5, 1.0)[::-1][:1], poly((x + toe, 0.95), (x - 0.058, 0.95)))
    )
    upper = curve(
        (x - 0.055, 0.945), (x - 0.052, 0.89), (x + 0.03, 0.885), (x + toe, 0.915), (x + toe + 0.008, 0.948)
    )
    pen.fill(upper, shoe)
    pen.line(sole[1:], darker(shoe, 0.5), 0.012)


def torso(pen: Pen, view: View, colour: Colour, half: float = 0.125, low: float = 0.70) -> Shape:
    """The trunk from the neck at 0.44 down to `low`; gives back its outline."""
    wide = half * 0.78 if view == "side" else half
    belly = 0.018 if view == "side" else 0.0
    shape = curve(
        (0.5, 0.435),
        (0.5 + wide * 0.75, 0.45),
        (0.5 + wide * 0.98 + belly * 0.5, 0.53),
        (0.5 + wide + belly, low - 0.04),
        (0.5 + wide * 0.8, low),
        (0.5, low + 0.008),
        (0.5 - wide * 0.8, low),
        (0.5 - wide, low - 0.04),
        (0.5 - wide * 0.98, 0.53),
        (0.5 - wide * 0.75, 0.45),
    )
    pen.fill(shape, colour)
    return shape


def gown(pen: Pen, view: View, colour: Colour, half: float, low: float, top: float = 0.45) -> Shape:
    """A robe or skirt that widens to `half` at `low`, with folds; gives back its outline."""
    wide, waist = (half * 0.85, 0.075) if view == "side" else (half, 0.105)
    shape = np.concatenate(
        (
            line(
                (0.5 - waist, top), (0.5 - waist - (wide - waist) * 0.42, (top + low) / 2), (0.5 - wide, low)
            ),
            line(
                (0.5 - wide * 0.5, low + 0.02),
                (0.5, low + 0.012),
                (0.5 + wide * 0.5, low + 0.02),
                (0.5 + wide, low),
            ),
            line((0.5 + waist + (wide - waist) * 0.42, (top + low) / 2), (0.5 + waist, top)),
        )
    )
    pen.fill(shape, lighter(colour, 0.06), darker(colour, 0.1))
    with pen.inside(shape):
        for u in (-0.62, -0.22, 0.22, 0.62):
            fold = ribbon(
                line(
                    (0.5 + u * waist, top + 0.1),
                    (0.5 + u * wide * 0.75, low - 0.1),
                    (0.5 + u * wide, low + 0.03),
                ),
                0.004,
                0.030,
            )
            pen.glaze(fold, darker(colour, 0.6), 0.3)
    return shape


def arm(pen: Pen, x: float, swing: float, sleeve: Colour, hand: Colour, bare: float = 0.0) -> None:
    """An arm from the shoulder at x, its hand `swing` to the right; the share `bare` has no sleeve."""
    path = line((x, 0.485), (x + swing * 0.65, 0.575), (x + swing, 0.665))
    pen.fill([ellipse(x + swing, 0.672, 0.040)], hand)
    if bare:
        pen.fill(ribbon(path, 0.062, 0.055), hand)
    part = path[: max(4, int(len(path) * (1 - bare)))]
    pen.fill([ribbon(part, 0.082, 0.078 - 0.006 * (1 - bare)), ellipse(x, 0.485, 0.041)], sleeve)


def arms(pen: Pen, view: View, sleeve: Colour, hand: Colour, bare: float = 0.0, far: bool = False) -> None:
    """Both arms; from the side only the nearer one, or with `far` (before the trunk) only the other."""
    if view == "side":
        arm(
            pen,
            0.51 if far else 0.48,
            0.10 if far else -0.01,
            darker(sleeve, 0.25 * far),
            darker(hand, 0.2 * far),
            bare,
        )
    elif not far:
        arm(pen, 0.385, -0.055, sleeve, hand, bare)
        arm(pen, 0.615, 0.055, sleeve, hand, bare)


def head(pen: Pen, view: View, skin: Colour, ears: bool = True) -> None:
    """A round head; from the side with a nose, and with the ear in the middle."""
    x, y = HEAD
    pen.fill(box(x - 0.035, 0.42, x + 0.035, 0.47), darker(skin, 0.15))
    if ears and view != "side":
        pen.fill(
            [ellipse(x - 0.157, y + 0.03, 0.028, 0.036), ellipse(x + 0.157, y + 0.03, 0.028, 0.036)],
            darker(skin, 0.06),
        )
    skull = curve(
        (x, y - 0.155),
        (x + 0.12, y - 0.10),
        (x + 0.155, y + 0.02),
        (x + 0.10, y + 0.125),
        (x, y + 0.155),
        (x - 0.10, y + 0.125),
        (x - 0.155, y + 0.02),
        (x - 0.12, y - 0.10),
    )
    nose = [ellipse(x + 0.150, y + 0.048, 0.020, 0.017)] if view == "side" else []
    pen.fill([skull, *nose], skin, light=0.7)


def face(pen: Pen, view: View, iris: Colour, brow: Colour, smile: float = 0.02) -> None:
    """Eyes, brows, cheeks and mouth; nothing from behind."""
    x, y = HEAD
    for ex in {"front": (x - 0.062, x + 0.062), "side": (x + 0.088,), "back": ()}[view]:
        wide = 0.018 if view == "side" else 0.024
        pen.glaze(
            ellipse(ex + (0.0 if view == "side" else np.sign(ex - x) * 0.035), y + 0.085, 0.030, 0.018),
            "f0605a",
            0.35,
            blur=0.008,
        )
        pen.fill(ellipse(ex, y + 0.03, wide, 0.036), "241a24", light=0.0, ink=0)
        pen.fill(ellipse(ex, y + 0.042, wide * 0.75, 0.020), iris, light=0.0, ink=0)
        pen.fill(ellipse(ex - wide * 0.3, y + 0.013, wide * 0.42, 0.012), "ffffff", light=0.0, ink=0)
        pen.line(line((ex - 0.028, y - 0.028), (ex, y - 0.040), (ex + 0.028, y - 0.030)), brow, 0.011)
    if view == "front":
        pen.line(line((x - 0.010, y + 0.062), (x, y + 0.068), (x + 0.010, y + 0.062)), "a8604a", 0.008)
    mouth = {"front": (x, 0.038), "side": (x + 0.110, 0.024), "back": (0.0, 0.0)}[view]
    if mouth[1]:
        mx, half = mouth
        pen.line(
            line((mx - half, y + 0.100), (mx, y + 0.100 + smile), (mx + half, y + 0.098)), "7a2a2e", 0.011
        )
