"""Two folders of results: the same in another guise is the same, and every kind of difference is found."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from snapstamps.formats.mat import read_mat, write_mat
from snapstamps.model.errors import InputError
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import read_parms, write_parms
from snapstamps.stamps.store import StampsStore
from snapstamps.stamps.tolerances import Rule, tolerances
from snapstamps.stamps.verify import compare_folders

TWO_PI = 2 * np.pi


@pytest.fixture
def pair(tiny_project: Path, tmp_path: Path) -> tuple[StampsStore, StampsStore]:
    """Results, and a copy of them to be changed."""
    original = tiny_project / "stamps"
    shutil.copytree(original, tmp_path / "copy")
    return StampsStore(original), StampsStore(tmp_path / "copy")


def change(store: StampsStore, artefact: str, field: str, new) -> None:
    """Replace one variable of a file by what a function makes of it."""
    stored = read_mat(store.file(artefact))
    stored[field] = new(stored[field])
    write_mat(store.file(artefact), stored)


def differing(pair: tuple[StampsStore, StampsStore]) -> list[str]:
    return [f"{row.artefact}.{row.field}" for row in compare_folders(*pair) if not row.same]


def test_every_field_has_its_rule_and_every_exception_its_reason():
    rules = tolerances()
    assert {name: set(table) for name, table in rules.items()} == {
        name: {field.name for field in fields} for name, fields in ARTEFACTS.items()
    }
    every: list[Rule] = [rule for table in rules.values() for rule in table.values()]
    assert all(rule.why for rule in every if rule.kind == "apart")
    assert all(
        rule.within > 0 for rule in every if rule.kind in {"absolute", "relative", "phase", "phasor", "unwrapped"}
    )
    assert max(rule.share for rule in every) <= 1e-3


def test_a_copy_is_the_same_in_every_field(pair):
    compared = compare_folders(*pair)
    assert all(row.same for row in compared)
    assert {row.artefact for row in compared} >= {"parms", "ps1", "pm1", "select1", "weed1", "rc2", "phuw2", "scn2"}
    assert sum(row.n for row in compared) > 1_000_000
    assert all(row.difference in {None, 0.0} for row in compared)


def test_another_order_of_the_scatterers_is_the_same(pair):
    _, copy = pair
    n = int(copy.read("ps2", "n_ps").n_ps)
    order = np.random.default_rng(1).permutation(n)
    for artefact, fields in ARTEFACTS.items():
        if not copy.has(artefact) or not any(field.shape[:1] == ("n_ps",) for field in fields):
            continue
        stored = read_mat(copy.file(artefact))
        for field in fields:
            if field.shape[:1] == ("n_ps",) and stored[field.name].shape[0] == n:
                stored[field.name] = stored[field.name][order]
        write_mat(copy.file(artefact), stored)
    assert not np.array_equal(copy.read("ps2", "ij").ij, pair[0].read("ps2", "ij").ij)
    assert differing(pair) == []


def test_phase_counts_modulo_two_pi_and_unwrapped_phase_up_to_a_constant(pair):
    patch = StampsStore(pair[1].path / "PATCH_1")
    change(patch, "pm1", "C_ps", lambda C: C + TWO_PI)
    change(patch, "pm1", "ph_res", lambda res: res - np.float32(TWO_PI))
    change(pair[1], "rc2", "ph_rc", lambda ph: ph * 3)
    change(pair[1], "phuw2", "ph_uw", lambda ph: ph + np.float32(TWO_PI) * np.arange(ph.shape[1], dtype=np.float32))
    assert differing(pair) == []


def test_a_cycle_in_one_scatterer_is_a_difference(pair):
    def slip(ph):
        ph[7, 3] += TWO_PI
        return ph

    change(pair[1], "phuw2", "ph_uw", slip)
    rows = [row for row in compare_folders(*pair) if not row.same]
    assert [(row.artefact, row.field, row.beyond) for row in rows] == [("phuw2", "ph_uw", 1)]
    assert rows[0].difference == pytest.approx(TWO_PI, rel=1e-5)


@pytest.mark.parametrize(
    ("artefact", "field", "step"),
    [
        ("scla2", "K_ps_uw", 1e-5),
        ("scla2", "C_ps_uw", 1e-2),
        ("ifgstd2", "ifg_std", 0.1),
        ("pm2", "C_ps", 0.1),
        ("hgt2", "hgt", 1e-3),
        ("scla_smooth2", "ph_ramp", 0.01),
        ("bp2", "bperp_mat", 0.01),
    ],
)
def test_what_lies_beyond_its_tolerance_is_found_and_what_lies_within_is_not(pair, artefact, field, step):
    rule = tolerances()[artefact][field]
    kind = read_mat(pair[0].file(artefact))[field].dtype
    change(pair[1], artefact, field, lambda values: (values + np.asarray(step)).astype(kind))
    assert differing(pair) == [f"{artefact}.{field}"]
    if rule.within:
        original = read_mat(pair[0].file(artefact))[field].astype(np.float64)
        change(pair[1], artefact, field, lambda _: (original + rule.within / 3).astype(np.float64))
        assert differing(pair) == []


def test_a_scatterer_more_is_a_difference_and_the_others_are_still_compared(pair):
    _, copy = pair
    for artefact, fields in ARTEFACTS.items():
        if copy.has(artefact) and any(field.shape[:1] == ("n_ps",) for field in fields):
            for field in fields:
                if field.shape[:1] == ("n_ps",):
                    change(copy, artefact, field.name, lambda rows: rows[1:] if len(rows) > 1 else rows)
    change(copy, "ps2", "n_ps", lambda n: n - 1)
    rows = {f"{row.artefact}.{row.field}": row for row in compare_folders(*pair) if row.place == "."}
    assert not rows["ps2.ij"].same
    assert rows["ps2.ij"].note == "1 pixels in the first only, 0 in the second only"
    assert rows["phuw2.ph_uw"].same
    assert rows["phuw2.ph_uw"].n > 0


def test_nan_equals_nan_only(pair):
    def hole(ph):
        ph[0, 0] = np.nan
        return ph

    change(pair[1], "phuw2", "ph_uw", hole)
    assert differing(pair) == ["phuw2.ph_uw"]
    shutil.copyfile(pair[1].file("phuw2"), pair[1].path / "with_hole.mat")
    both = StampsStore(pair[1].path.parent / "both")
    shutil.copytree(pair[1].path, both.path)
    assert differing((pair[1], both)) == []


def test_a_missing_artefact_is_a_difference_an_intermediate_one_is_not(pair):
    pair[1].delete("scn2", "uw_interp")
    rows = {row.artefact: row for row in compare_folders(*pair) if row.kind == "missing"}
    assert {name: row.same for name, row in rows.items()} == {"scn2": False, "uw_interp": True}


def test_other_parameters_are_named(pair):
    path = pair[1].file("parms")
    write_parms(path, {**read_parms(path), "scn_time_win": 77, "plot_scatterer_size": 1})
    rows = [row for row in compare_folders(*pair) if not row.same]
    assert [(row.artefact, row.note) for row in rows] == [("parms", "scn_time_win")]


def test_another_shape_is_told(pair):
    change(pair[1], "ifgstd2", "ifg_std", lambda std: std[:-1])
    rows = [row for row in compare_folders(*pair) if not row.same]
    assert [row.field for row in rows] == ["ifg_std"]
    assert "shapes" in rows[0].note


def test_a_folder_without_results_is_refused(pair, tmp_path):
    with pytest.raises(InputError, match="no results"):
        compare_folders(pair[0], StampsStore(tmp_path))
