"""Content Credentials: what is signed, read again by the reference reader; the picture stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from sfumato.faces.cli.app import app
from sfumato.faces.settings import Settings, load, sign_of
from sfumato.plan import Input, Plan
from sfumato.studio import Picture, Studio, read_kept, verify
from sfumato.studio.gallery import keep
from sfumato.studio.provenance import KEY, Signature, claim, credentials_in, init

c2pa = pytest.importorskip("c2pa")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init(tmp_path / "c2pa", "Ann Example")
    return tmp_path / "c2pa"


@pytest.fixture
def picture(root: Path) -> Picture:
    plan = Plan.from_json((root / "tests" / "golden" / "plan-v3.json").read_text(encoding="utf-8"))
    pixels = np.random.default_rng(0).integers(0, 256, (plan.height, plan.width, 3), dtype=np.uint8)
    return Picture(
        pixels, plan, 0, "0badcafe-0000-0000-0000-000000000000", {"device": "cpu", "licence": "mit"}
    )


def test_the_reference_reader_takes_it(folder: Path, picture: Picture, tmp_path: Path) -> None:
    path = keep(picture, tmp_path / "pictures", Signature.of(folder).sign)
    told = credentials_in(path)
    own = told["manifests"][told["active_manifest"]]
    assert told["validation_state"] == "Valid"
    assert own["signature_info"]["issuer"] == "Ann Example"
    said = {each["label"].removesuffix(".v2"): each["data"] for each in own["assertions"]}
    assert said["c2pa.actions"]["actions"][0]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert said["org.sfumato.plan"] == {
        **{"model": picture.plan.family, "plan": picture.plan.hash},
        "model_licence": "mit",
    }
    assert own["claim_generator_info"][0]["name"] == "Sfumato"
    assert picture.plan.prompt not in str(told)


def test_pixels_and_plan_stay(folder: Path, picture: Picture, tmp_path: Path) -> None:
    signed = keep(picture, tmp_path / "signed", Signature.of(folder).sign)
    plain = keep(picture, tmp_path / "plain")
    with_, without = read_kept(signed), read_kept(plain)
    assert (with_.plan, with_.index, with_.job) == (without.plan, without.index, without.job)
    assert np.array_equal(with_.pixels, picture.pixels)
    with pytest.raises(ValueError, match="no Content Credentials"):
        credentials_in(plain)


def test_a_changed_picture_does_not_fit(folder: Path, picture: Picture, tmp_path: Path) -> None:
    path = keep(picture, tmp_path, Signature.of(folder).sign)
    data = bytearray(path.read_bytes())
    data[-400] ^= 1
    path.write_bytes(data)
    assert credentials_in(path)["validation_state"] == "Invalid"
    assert CliRunner().invoke(app, ["provenance", "show", str(path)]).exit_code == 1


def test_what_keeps_a_given_picture_is_a_composite(picture: Picture) -> None:
    inputs = (Input(role="start", hash="0" * 64), Input(role="mask", hash="1" * 64))
    said = claim(picture.plan.model_copy(update={"inputs": inputs}), "mit")
    action = said["assertions"][0]["data"]["actions"][0]
    assert action["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")


def test_the_key_is_its_owner_s_alone(folder: Path) -> None:
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        init(folder, "Somebody else")


def test_what_cannot_sign_is_said_at_once(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no certificate"):
        sign_of(Settings(c2pa=tmp_path))
    (folder / "certificate.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(ValueError, match="could not be signed"):
        sign_of(Settings(c2pa=folder))
    (folder / KEY).write_text("no key")
    with pytest.raises(ValueError, match="cannot sign"):
        sign_of(Settings(c2pa=folder))
    assert sign_of(Settings()) is None


def test_a_signed_picture_is_verified(folder: Path, tmp_path: Path) -> None:
    studio = Studio(tmp_path / "pictures", sign=Signature.of(folder).sign)
    (job,) = studio.submit("a red fox --q .25 --seed 1")
    paths = [made for made in studio.work(job) if isinstance(made, Path)]
    assert all(credentials_in(path)["validation_state"] == "Valid" for path in paths)
    assert verify(paths[0]).identical
    studio.shelf.close()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: Picture) -> None:
    monkeypatch.setenv("SFUMATO_SETTINGS", str(tmp_path / "settings.toml"))
    made = CliRunner().invoke(app, ["provenance", "init"])
    assert made.exit_code == 0 and load().c2pa == tmp_path / "c2pa", made.output
    path = keep(picture, tmp_path, sign_of(load()))
    shown = CliRunner().invoke(app, ["provenance", "show", str(path)])
    assert shown.exit_code == 0 and "trainedAlgorithmicMedia" in shown.output and "Valid" in shown.output
