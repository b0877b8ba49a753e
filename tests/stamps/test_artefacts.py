"""The registry agrees with itself, with the steps, and with the files of real StaMPS."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from snapstamps.stamps import artefacts as registry
from snapstamps.stamps.artefacts import ARTEFACTS, Field, fields_of
from snapstamps.stamps.steps import STEPS
from snapstamps.stamps.store import StampsStore

SAME_LETTER = {"n_ps": "n_ps", "n_cand": "n_cand", "n_scenes": "n_scenes", "n_ifg": "n_ifg"}
"""Letters that mean the same length in all artefacts of one folder; ``n_used`` and the grid's belong to one file."""


def real_artefacts(folder: Path) -> Iterator[tuple[StampsStore, str]]:
    for path in sorted([*folder.glob("*.mat"), *folder.glob("PATCH_*/*.mat")]):
        if path.stem in ARTEFACTS:
            yield StampsStore(path.parent), path.stem


def stored_class(field: Field) -> set[str]:
    """Return the classes as scipy names them; StaMPS stores some constants of a class of their own."""
    return {"complex": {"single"}, "any": {"double", "single"}}.get(field.kind, {field.kind})


def test_every_artefact_of_the_steps_is_registered():
    names = {name for step in STEPS for name in (*step.reads, *step.writes, *step.may_read)}
    assert {name for name in names if "." not in name} <= set(ARTEFACTS)


@pytest.mark.parametrize("artefact", sorted(ARTEFACTS))
def test_every_field_has_a_unit_a_meaning_and_a_name_of_its_own(artefact):
    fields = fields_of(artefact)
    assert len({field.name for field in fields}) == len(fields)
    for field in fields:
        assert field.unit
        assert field.meaning
        assert not (field.kind == "any" and not field.may_be_empty)


def test_every_letter_is_explained():
    letters = {letter for fields in ARTEFACTS.values() for field in fields for letter in field.shape}
    words = set(re.findall(r"\w+", registry.__doc__ or ""))
    assert {letter for letter in letters if not letter.isdigit()} <= words


def test_an_unknown_artefact_is_a_key_error():
    with pytest.raises(KeyError):
        fields_of("ps3")


@pytest.mark.parametrize("scene", ["S", "S2"])
def test_real_files_have_the_registered_classes(request, reference_s, scene):
    folder = reference_s if scene == "S" else request.getfixturevalue("whole_reference") / scene
    seen = set()
    for store, artefact in real_artefacts(folder / "stamps"):
        stored = {name: kind for name, _, kind in scipy.io.whosmat(store.file(artefact))}
        seen.add(artefact)
        for field in fields_of(artefact):
            if field.name in stored:
                assert stored[field.name] in stored_class(field), f"{store.path.name}/{artefact}.{field.name}"
            else:
                assert field.optional, f"{artefact}.{field.name}"
        assert set(stored) <= {field.name for field in fields_of(artefact)}, artefact
    assert {"ps2", "pm2", "phuw2", "scla2"} <= seen


def test_real_files_have_the_registered_shapes_and_share_their_lengths(reference_s):
    for folder in (reference_s / "stamps", reference_s / "stamps" / "PATCH_1"):
        common: dict[str, int] = {}
        for store, artefact in real_artefacts(folder):
            if store.path != folder:
                continue
            stored = {name: shape for name, shape, _ in scipy.io.whosmat(store.file(artefact))}
            local: dict[str, int] = {}
            for field in fields_of(artefact):
                shape = stored.get(field.name)
                if shape is None or field.kind == "char" or (field.may_be_empty and 0 in shape):
                    continue
                letters = {0: ("1", "1"), 1: (*field.shape, "1")}.get(len(field.shape), field.shape)
                for length, letter in zip(shape, letters, strict=True):
                    lengths = common if letter in SAME_LETTER else local
                    expected = int(letter) if letter.isdigit() else lengths.setdefault(letter, length)
                    assert length == expected, f"{artefact}.{field.name}: {shape} is not {field.shape}"
        assert common["n_scenes"] == common["n_ifg"] + 1


def test_real_artefacts_written_again_are_read_the_same(reference_s, tmp_path):
    """Real StaMPS can therefore go on from what we write."""
    for store, artefact in real_artefacts(reference_s / "stamps"):
        if store.file(artefact).stat().st_size > 2_000_000:
            continue
        original = store.read(artefact)
        again = StampsStore(tmp_path)
        again.write(artefact, **original)
        before = {name: (shape, kind) for name, shape, kind in scipy.io.whosmat(store.file(artefact))}
        after = {name: (shape, kind) for name, shape, kind in scipy.io.whosmat(again.file(artefact))}
        unused = {field.name for field in fields_of(artefact) if field.kind == "any"}
        assert {name: after[name] for name in before if name not in unused} == {
            name: stored for name, stored in before.items() if name not in unused
        }, artefact
        back = again.read(artefact)
        for name, value in original.items():
            if scipy.sparse.issparse(value):
                assert (value != back[name]).nnz == 0
            else:
                np.testing.assert_array_equal(back[name], value, err_msg=f"{artefact}.{name}")
