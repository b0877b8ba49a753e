"""Wrapping and its relatives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.kernels.phase import congruent, unit_phasor, wrap

PHASES = st.floats(-1e4, 1e4)


@given(PHASES)
def test_wrapping_removes_whole_cycles_only(phase):
    wrapped = wrap(np.array([phase]))[0]
    assert abs(wrapped) <= np.pi + 1e-9
    turns = (phase - wrapped) / (2 * np.pi)
    assert abs(turns - round(turns)) < 1e-9


@given(PHASES, PHASES)
def test_a_congruent_phase_is_within_half_a_cycle_of_its_reference(phase, reference):
    result = congruent(np.array([phase]), np.array([reference]))
    assert abs(result[0] - reference) <= np.pi + 1e-8
    np.testing.assert_allclose(np.exp(1j * result), np.exp(1j * phase), atol=1e-8)


def test_phasors_have_the_precision_of_the_phase():
    phase = np.linspace(-9, 9, 50)
    assert unit_phasor(phase).dtype == np.complex128
    assert unit_phasor(phase.astype(np.float32)).dtype == np.complex64
    np.testing.assert_allclose(unit_phasor(phase), np.exp(1j * phase), atol=1e-12)
