"""Step 1 against StaMPS's own results, and on damaged candidate files."""

import numpy as np
import pytest

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step1_load
from snapstamps.model.errors import DataError
from snapstamps.stamps.empty import empty_since
from snapstamps.stamps.parms import read_parms, write_parms
from snapstamps.stamps.store import StampsStore

CANDIDATE_FILES = ("pscands.1.ij", "pscands.1.ll", "pscands.1.hgt", "pscands.1.ph", "pscands.1.da")
N = 300
"""Candidates of scene S that the small patch keeps."""


def with_export(text, reference_s):
    return text.replace("@EXPORT@", str(reference_s / "INSAR_20190505"))


@pytest.fixture
def working(reference_s, tmp_path):
    """Give a working folder of scene S without patches, whose parameters lack what step 1 finds."""
    for name in ("rsc.txt", "pscphase.in"):
        text = (reference_s / "stamps" / name).read_text()
        (tmp_path / name).write_text(with_export(text, reference_s))
    values = read_parms(reference_s / "stamps" / "parms.mat")
    write_parms(tmp_path / "parms.mat", {**values, "lambda": np.nan, "heading": np.nan, "platform": ""})
    return tmp_path


@pytest.fixture
def patch_s(working, reference_s):
    """Give PATCH_1 of scene S with nothing but its candidates."""
    patch = working / "PATCH_1"
    patch.mkdir()
    for name in CANDIDATE_FILES:
        (patch / name).symlink_to(reference_s / "stamps" / "PATCH_1" / name)
    return StampsStore(patch)


class SmallPatch:
    """The first candidates of scene S as arrays that a test may damage before it writes them."""

    def __init__(self, working, source):
        self.store = StampsStore(working / "PATCH_1")
        self.store.path.mkdir()
        self.n = N
        self.pixels = np.loadtxt(source / "pscands.1.ij", dtype=int, max_rows=N)
        self.dispersion = np.loadtxt(source / "pscands.1.da", max_rows=N)
        self.lonlat = np.fromfile(source / "pscands.1.ll", ">f4", 2 * N).reshape(N, 2)
        self.height = np.fromfile(source / "pscands.1.hgt", ">f4", N)
        phase = np.fromfile(source / "pscands.1.ph", ">c8")
        self.phase = phase.reshape(19, -1)[:, :N].copy()

    def write(self):
        np.savetxt(self.store.file("pscands.1.ij"), self.pixels, fmt="%d")
        np.savetxt(self.store.file("pscands.1.da"), self.dispersion, fmt="%g")
        self.lonlat.tofile(self.store.file("pscands.1.ll"))
        self.height.tofile(self.store.file("pscands.1.hgt"))
        self.phase.tofile(self.store.file("pscands.1.ph"))
        return self.store


@pytest.fixture
def small(working, reference_s):
    return SmallPatch(working, reference_s / "stamps" / "PATCH_1")


def test_step_1_leaves_what_stamps_leaves_bit_for_bit(patch_s, reference_s, parms_of, context):
    step1_load.run(patch_s, parms_of("load"), context)
    stamps = StampsStore(reference_s / "stamps" / "PATCH_1")
    theirs = stamps.read("ps1")
    ours = patch_s.read("ps1")
    assert ours.mean_incidence == pytest.approx(theirs.mean_incidence, abs=1e-13)
    for field in set(theirs) - {"mean_incidence"}:
        np.testing.assert_array_equal(ours[field], theirs[field], err_msg=field)
    assert patch_s.read("psver").psver == 1
    assert context.notes == []


@pytest.mark.parametrize(("artefact", "field"), [("ph1", "ph"), ("bp1", "bperp_mat"), ("da1", "D_A"), ("hgt1", "hgt")])
def test_the_values_of_the_candidates_are_those_of_stamps(artefact, field, patch_s, reference_file, parms_of, context):
    theirs = StampsStore(reference_file(f"stamps/PATCH_1/{artefact}.mat").parent).read(artefact)
    step1_load.run(patch_s, parms_of("load"), context)
    ours = patch_s.read(artefact)[field]
    np.testing.assert_array_equal(ours, theirs[field])
    assert ours.dtype == theirs[field].dtype


def test_incidences_are_those_of_stamps_to_the_last_digit_but_one(patch_s, reference_file, parms_of, context):
    theirs = StampsStore(reference_file("stamps/PATCH_1/la1.mat").parent).read("la1").la
    step1_load.run(patch_s, parms_of("load"), context)
    np.testing.assert_allclose(patch_s.read("la1").la, theirs, rtol=0, atol=3e-16)


def test_the_header_goes_to_the_parameters_and_only_once(patch_s, reference_s, parms_of, context):
    parms = patch_s.parent.file("parms")
    step1_load.run(patch_s, parms_of("load"), context)
    assert repr(read_parms(parms)) == repr(read_parms(reference_s / "stamps" / "parms.mat"))
    written = parms.stat()
    step1_load.run(patch_s, parms_of("load"), context)
    assert (parms.stat().st_ino, parms.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_running_twice_gives_the_same_bytes(small, parms_of, context):
    store = small.write()
    contents = []
    for _ in range(2):
        step1_load.run(store, parms_of("load"), context)
        contents.append({path.name: path.read_bytes() for path in store.path.glob("*.mat")})
    assert contents[0] == contents[1]


def test_candidates_without_position_or_phase_are_left_out_and_the_rest_is_renumbered(small, parms_of, context):
    small.lonlat[7, 0] = small.phase[4, 11] = np.nan
    store = small.write()
    step1_load.run(store, parms_of("load"), context)
    ps = store.read("ps1")
    assert ps.n_ps == N - 2
    np.testing.assert_array_equal(ps.ij[:, 0], np.arange(1, N - 1))
    np.testing.assert_array_equal(ps.xy[:, 0], np.arange(1, N - 1))
    assert ps.sort_ix.size == N
    assert {tuple(pixel) for pixel in ps.ij[:, 1:]} == {
        tuple(pixel) for number, pixel in enumerate(small.pixels[:, 1:]) if number not in {7, 11}
    }
    assert [store.read(name)[field].shape[0] for name, field in (("ph1", "ph"), ("la1", "la"), ("hgt1", "hgt"))] == [
        N - 2
    ] * 3


def test_infinite_phase_is_left_out_when_mended_and_kept_in_stamps(small, parms_of):
    small.phase[2, 5] = np.inf
    store = small.write()
    mending = RunContext(quirks="mend")
    step1_load.run(store, parms_of("load"), mending)
    assert store.read("ps1").n_ps == N - 1
    assert "1 of 300 candidates" in mending.notes[0]
    step1_load.run(store, parms_of("load"), RunContext(quirks="reproduce"))
    assert store.read("ps1").n_ps == N


def test_zero_phase_is_kept(small, parms_of, context):
    small.phase[2, 5] = 0
    step1_load.run(small.write(), parms_of("load"), context)
    assert small.store.read("ps1").n_ps == N


@pytest.mark.parametrize("quirks", ["mend", "reproduce"])
def test_a_patch_without_candidates_is_marked_empty(quirks, small, parms_of):
    small.pixels, small.dispersion = small.pixels[:0], small.dispersion[:0]
    small.lonlat, small.height, small.phase = small.lonlat[:0], small.height[:0], small.phase[:, :0]
    context = RunContext(quirks=quirks)
    step1_load.run(small.write(), parms_of("load"), context)
    assert empty_since(small.store) == 1
    assert "no candidates" in context.notes[0]


def test_a_patch_of_candidates_without_position_is_marked_empty(small, parms_of, context):
    small.lonlat[:] = np.nan
    step1_load.run(small.write(), parms_of("load"), context)
    assert empty_since(small.store) == 1


def listed(working, edit):
    path = working / "pscphase.in"
    path.write_text("\n".join(edit(path.read_text().splitlines())) + "\n")


def test_the_master_with_itself_is_passed_over_when_mended(small, working, parms_of, context):
    store = small.write()
    step1_load.run(store, parms_of("load"), context)
    plain = store.read("ph1").ph
    small.phase = np.insert(small.phase, 10, 1, axis=0)
    small.write()
    listed(working, lambda lines: [*lines[:11], lines[1].replace("_20190105", "_20190505"), *lines[11:]])
    mending = RunContext(quirks="mend")
    step1_load.run(store, parms_of("load"), mending)
    np.testing.assert_array_equal(store.read("ph1").ph, plain)
    assert mending.notes == ["the interferogram of the master with itself is passed over"]
    with pytest.raises(DataError, match="of the master with itself"):
        step1_load.run(store, parms_of("load"), context)


LIST_FAULTS = {
    "lists no interferogram": lambda lines: lines[:1],
    "more than one master": lambda lines: [*lines[:-1], lines[-1].replace("20190505_", "20190517_")],
    "do not ascend": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "does not bear two dates": lambda lines: [*lines[:-1], lines[-1].replace(".diff", "_old.diff")],
    "pscands.1.ph has .* bytes": lambda lines: lines[:-1],
    "base is missing": lambda lines: [*lines[:-1], lines[-1].replace("diff0", "nowhere")],
}


@pytest.mark.parametrize("message", LIST_FAULTS)
def test_a_wrong_list_of_interferograms_ends_in_one_clear_message(message, small, working, parms_of, context):
    listed(working, LIST_FAULTS[message])
    with pytest.raises(DataError, match=message):
        step1_load.run(small.write(), parms_of("load"), context)
    assert not small.store.has("ps1")


def damage_text(name, edit):
    def damage(small):
        path = small.store.file(name)
        path.write_text(edit(path.read_text()))

    return damage


def damage_bytes(name):
    return lambda small: small.store.file(name).write_bytes(small.store.file(name).read_bytes()[:-4])


CANDIDATE_FAULTS = {
    "pscands.1.da has 299 lines": damage_text("pscands.1.da", lambda text: text[: text[:-1].rindex("\n") + 1]),
    "pscands.1.da is not a table of numbers": damage_text("pscands.1.da", lambda text: "D_A\n" + text),
    "pscands.1.ij has 2 columns": damage_text("pscands.1.ij", lambda _: "1 2\n" * N),
    "pscands.1.ij is not a table of numbers": damage_text("pscands.1.ij", lambda text: text + "301 5\n"),
    "pixels outside the image": damage_text("pscands.1.ij", lambda text: text.replace("1 0 49\n", "1 300 49\n", 1)),
    "pscands.1.ll has 2396 bytes": damage_bytes("pscands.1.ll"),
    "pscands.1.hgt has 1196 bytes": damage_bytes("pscands.1.hgt"),
    "pscands.1.ph has": damage_bytes("pscands.1.ph"),
    "pscands.1.ph is missing": lambda small: small.store.file("pscands.1.ph").unlink(),
    "pscands.1.ij is missing": lambda small: small.store.file("pscands.1.ij").unlink(),
    "rsc.txt is missing": lambda small: small.store.parent.file("rsc.txt").unlink(),
    "rsc.txt names no master header": lambda small: small.store.parent.file("rsc.txt").write_text("\n"),
    "parms.mat is missing": lambda small: small.store.parent.file("parms").unlink(),
}


@pytest.mark.parametrize("message", CANDIDATE_FAULTS)
def test_a_damaged_file_ends_in_one_clear_message(message, small, parms_of, context):
    small.write()
    CANDIDATE_FAULTS[message](small)
    with pytest.raises(DataError, match=message):
        step1_load.run(small.store, parms_of("load"), context)
    assert not small.store.has("ps1")


HEADER_FAULTS = {
    "names the header of 20190517": ("20190517.rslc.par", "", ""),
    "prf of the master header is not positive": ("20190505.rslc.par", "prf:\t486.486", "prf:\t0.0"),
    "radar_frequency of the master header is not positive": ("20190505.rslc.par", "5405000454.33435", "0.0"),
    "contradict one another": ("20190505.rslc.par", "847188.1330998475", "1.0"),
    "the header has no heading": ("20190505.rslc.par", "heading:", "course:"),
}


@pytest.mark.parametrize("message", HEADER_FAULTS)
def test_a_wrong_header_ends_in_one_clear_message(message, small, working, reference_s, parms_of, context):
    name, old, new = HEADER_FAULTS[message]
    text = (reference_s / "INSAR_20190505" / "rslc" / "20190505.rslc.par").read_text()
    (working / name).write_text(text.replace(old, new))
    (working / "rsc.txt").write_text(f"{working / name}\n")
    with pytest.raises(DataError, match=message):
        step1_load.run(small.write(), parms_of("load"), context)
