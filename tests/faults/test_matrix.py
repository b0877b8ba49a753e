"""Whatever happens to a stage: a clear message, nothing half, no orphan, and the same files in the end."""

import pytest
from faults.cell import Cell
from faults.table import FAULTS, IMPOSSIBLE, SAMPLE, STAGES, cells


def parameter(fault: str, stage: str):
    marks = [] if (fault, stage) in SAMPLE else [pytest.mark.slow]
    return pytest.param(fault, stage, marks=marks, id=f"{fault}-{stage}")


@pytest.mark.parametrize(("fault", "stage"), [parameter(*cell) for cell in cells()])
def test_after_the_fault_the_stage_comes_to_the_same_files(fault, stage, server, ladder, tmp_path, request):
    if STAGES[stage].engine == "octave":
        request.getfixturevalue("with_octave")
    Cell(fault, stage, server, ladder, tmp_path / "cell").try_it()


def test_every_cell_is_tried_or_told_why_not():
    assert len(list(cells())) + len(IMPOSSIBLE) == len(FAULTS) * len(STAGES)
    assert all(reason for reason in IMPOSSIBLE.values())


def test_the_sample_has_every_row_and_every_column():
    assert set(cells()) >= SAMPLE
    assert {fault for fault, _ in SAMPLE} == set(FAULTS)
    assert {stage for _, stage in SAMPLE} == set(STAGES)
