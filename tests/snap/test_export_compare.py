"""The sign of the third number of .base files: proven by orbits or left alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.passes import Pass
from fakes.safe import write_orbit_file, write_safe
from hypothesis import given
from hypothesis import strategies as st
from snap_worlds import small_spec

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.kernels.orbit import Orbit, fit_orbit
from snapstamps.model.errors import DataError
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.spec import SceneSpec
from snapstamps.snap.base_sign import flipped, normal_component
from snapstamps.snap.export_compare import compare_baselines, correct_baselines, write_comparison
from snapstamps.snap.export_orbits import orbits_in

SPEC = small_spec(n_dates=5)


def orbit_of(spec: SceneSpec, day) -> Orbit:
    one = Pass(spec, day)
    seconds = np.arange(-60.0, 70.0, 10.0)
    vectors = [one.orbit(second) for second in seconds]
    return fit_orbit(seconds, np.array([v[0] for v in vectors]), np.array([v[1] for v in vectors]))


ORBITS = {day: orbit_of(SPEC, day) for day in SPEC.days}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory) -> dict[bool, Path]:
    """The same scene with and without SNAP's faults."""
    made = {}
    for faults in (True, False):
        folder = tmp_path_factory.mktemp("scene")
        simulate_export(SPEC.model_copy(update={"snap_faults": faults}), folder)
        made[faults] = next(folder.glob("INSAR_*"))
    return made


@pytest.fixture
def export(scenes, copy_of) -> Path:
    return copy_of(scenes[True], scenes[True].name)


def bases(export: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((export / "diff0").glob("*.base"))}


def test_what_snap_writes_is_proven_wrong_and_the_other_sign_right(export):
    comparison = compare_baselines(export, ORBITS)
    assert comparison.verdict == "flipped"
    assert len(comparison.pairs) == 4
    for pair in comparison.pairs:
        assert abs(pair.flipped - pair.perpendicular) < 0.05
        error = 2 * pair.normal * np.sin(np.radians(comparison.look))
        assert pair.flipped - pair.given == pytest.approx(error, abs=1e-9)


def test_the_correction_flips_only_the_sign_and_keeps_the_originals(export, scenes):
    before = bases(export)
    changed = correct_baselines(compare_baselines(export, ORBITS))
    assert len(changed) == 4
    for name, content in before.items():
        assert (export / "diff0" / f"{name}.orig").read_bytes() == content
    right = {path.name: GammaHeader.read(path) for path in (scenes[False] / "diff0").glob("*.base")}
    for name, header in right.items():
        now = GammaHeader.read(export / "diff0" / name)
        assert now.numbers("initial_baseline(TCN)", 3) == header.numbers("initial_baseline(TCN)", 3)
        assert now.numbers("initial_baseline_rate", 3) == header.numbers("initial_baseline_rate", 3)


def test_a_second_correction_finds_nothing_to_do(export):
    correct_baselines(compare_baselines(export, ORBITS))
    after = bases(export)
    again = compare_baselines(export, ORBITS)
    assert again.verdict == "flipped", "the verdict is about what SNAP wrote"
    assert again.uncorrected == ()
    assert correct_baselines(again) == ()
    assert bases(export) == after


def test_a_correction_killed_in_the_middle_is_brought_to_its_end(export):
    comparison = compare_baselines(export, ORBITS)
    correct_baselines(replace(comparison, pairs=comparison.pairs[:2]))
    half = compare_baselines(export, ORBITS)
    assert half.verdict == "flipped"
    assert len(correct_baselines(half)) == 2
    assert compare_baselines(export, ORBITS).uncorrected == ()


def test_a_snap_that_has_mended_it_is_left_alone(scenes):
    comparison = compare_baselines(scenes[False], ORBITS)
    assert comparison.verdict == "given"
    with pytest.raises(ValueError, match="do not prove it"):
        correct_baselines(comparison)


def test_without_all_orbits_nothing_is_decided(export):
    lost = SPEC.days[0]
    comparison = compare_baselines(export, {day: orbit for day, orbit in ORBITS.items() if day != lost})
    assert comparison.verdict == "undecided"
    assert comparison.without_orbit == (lost,)
    assert compare_baselines(export, {lost: ORBITS[lost]}).pairs == ()


def test_pairs_of_different_signs_and_strange_ones_are_not_corrected(export):
    path = sorted((export / "diff0").glob("*.base"))[1]
    as_written = GammaHeader.read(path)
    flipped(as_written).write(path)
    assert compare_baselines(export, ORBITS).verdict == "mixed"
    path.write_text("initial_baseline(TCN):\t0.0\t500.0\t90.0\tm   m   m\ninitial_baseline_rate:\t0.0\t0.0\t0.0\tm/s\n")
    comparison = compare_baselines(export, ORBITS)
    assert comparison.verdict == "mixed"
    assert [pair.given for pair in comparison.strange] == [pytest.approx(500 * 0.8, rel=0.5)]


def test_the_comparison_is_kept_for_the_report(export, tmp_path):
    comparison = compare_baselines(export, ORBITS)
    write_comparison(comparison, tmp_path / "logs" / "baselines.json")
    text = (tmp_path / "logs" / "baselines.json").read_text()
    assert '"verdict": "flipped"' in text
    assert len(comparison.table()) == 5
    assert comparison.largest_error > 5


@pytest.mark.parametrize("kind", ["scenes", "orbit files"])
def test_orbits_are_found_in_scenes_and_in_orbit_files(export, tmp_path, kind):
    for day in SPEC.days:
        if kind == "scenes":
            write_safe(tmp_path, SPEC, day)
        else:
            write_orbit_file(tmp_path, SPEC, day)
    comparison = compare_baselines(export, orbits_in(tmp_path, export))
    assert comparison.verdict == "flipped"
    assert max(abs(pair.flipped - pair.perpendicular) for pair in comparison.pairs) < 0.05


numbers = st.floats(-500, 500, allow_nan=False).map(repr)


@given(numbers, numbers, st.sampled_from(["\t", "  ", " \t"]), st.sampled_from(["", "\r"]))
def test_flipping_twice_gives_the_same_bytes(cross, normal, space, end):
    lines = (
        f"initial_baseline(TCN):{space}0.0{space}{cross}{space}{normal}{space}m   m   m{end}",
        f"initial_baseline_rate:{space}0.0{space}{cross}{space}{normal}{space}m/s{end}",
        f"precision_baseline(TCN):{space}0.0 0.0 0.0{end}",
    )
    header = GammaHeader(lines)
    assert normal_component(flipped(header)) == -float(normal)
    assert flipped(flipped(header)).to_bytes() == header.to_bytes()
    assert flipped(header).lines[2] == lines[2]


def test_an_export_without_positions_in_its_middle_is_an_error(export):
    for path in (export / "geo").glob("*.l??"):
        path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(DataError, match="no positions"):
        compare_baselines(export, ORBITS)
