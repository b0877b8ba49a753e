"""The faster functions give the results of those that they stand in for."""

import os
from pathlib import Path

import pytest

from snapstamps.config.resources import resource
from snapstamps.external.octave import find_stamps
from snapstamps.model.errors import InputError

pytestmark = pytest.mark.octave

HOME = os.environ.get("SNAPSTAMPS_STAMPS_HOME", "")


@pytest.fixture
def original() -> Path:
    """The folder of StaMPS's own functions; the test is skipped without StaMPS."""
    try:
        return find_stamps(environment={"SNAPSTAMPS_STAMPS_HOME": HOME}).functions
    except InputError:
        pytest.skip("needs a StaMPS checkout (SNAPSTAMPS_STAMPS_HOME)")


FITS = """
rand('state', 4); randn('state', 4);
n = 400; m = 23; same = single(randn(m, 1) * 60); own = single(randn(n, m) * 60);
random = exp(2i * pi * rand(n, m)); real_one = single(exp(1i * (0.01 * own + 0.3 * randn(n, m))));
gaps = real_one; gaps(:, 3) = 0;
function r = all_fits (random, real_one, gaps, same, own)
  r = [];
  for k = 1:rows (random)
    [K, C, coh] = ps_topofit (random(k,:), same, single (0.35), 'n'); r(end+1,1:3) = [K C coh];
    [K, C, coh, res] = ps_topofit (real_one(k,:), own(k,:)', single (0.9), 'n');
    r(end,4:7) = [K C coh sum(angle (res))];
    [K, C, coh, res] = ps_topofit (gaps(k,:), own(k,:)', 0.2, 'n'); r(end,8:11) = [K C coh numel(res)];
    [K, C, coh] = ps_topofit (random(k,:).', same, 0.5, 'n', -1); r(end,12:14) = [K C coh];
  end
end
"""
WINDOWS = """
rand('state', 9); randn('state', 9);
low = rand (32); ph = single (randn (32) + 1i * randn (32)); ph(5) = NaN;
function r = all_windows (ph, low)
  r = zeros (32, 32, 6, 'single');
  r(:,:,1) = clap_filt_patch (ph, 1, 0.3, low);
  r(:,:,2) = clap_filt_patch (ph, 0.8, 0.5, low);
  r(:,:,3) = clap_filt_patch (ph * 0, 1, 0.3, low);
  r(:,:,4) = clap_filt_patch (double (ph), 1, 0.3);
  r(1:24,1:24,5) = clap_filt_patch (ph(1:24,1:24), 1, 0.3, low(1:24,1:24));
  r(1:7,1:5,6) = clap_filt_patch (ph(1:7,1:5));
end
"""


def test_fits_and_windows_have_the_same_bits_as_stamps_own(octave, original, tmp_path):
    shared = f"addpath('{original}'); addpath('{{compat}}');"
    code = FITS + WINDOWS + "f = all_fits (random, real_one, gaps, same, own); w = all_windows (ph, low);"
    shared = shared.format(compat=resource("stamps_templates/compat"))
    octave(code.replace("rand('state', 4)", shared + "rand('state', 4)", 1) + "save own f w")
    fast = f"{shared} addpath('{resource('stamps_templates/compat_fast')}'); rand('state', 4)"
    octave(code.replace("rand('state', 4)", fast, 1) + "save fast f w; assert (exist ('ps_topofit'), 2)")
    octave(
        "a = load ('own'); b = load ('fast'); assert (all (isfinite (a.f(:)))); assert (a.w, b.w);"
        # Only the quotient in place of a solver may round otherwise.
        "assert (max (abs (a.f - b.f)(:)) < 1e-12)"
    )


def test_the_nearest_point_is_that_of_octave_ties_included(octave):
    octave(
        "rand('state', 3); nz = rand (40, 55) < 0.4; [y, x] = find (nz); [X, Y] = meshgrid (1:55, 1:40);"
        "q = [X(:) Y(:)]; [i, d] = __dsearchn__ ([x y], q); [k, e] = dsearchn ([x y], [1 2 3], q);"
        "assert (k, i(:)); assert (e, d(:));"
        "p = rand (200, 2); q = rand (1000, 2) * 3 - 1; [i, d] = __dsearchn__ (p, q); [k, e] = dsearchn (p, q);"
        "assert (k, i(:)); assert (e, d(:)); assert (dsearchn (p, p), (1:200)');"
        "assert (dsearchn ([4 4], q), ones (1000, 1));"
        "p = rand (300, 3); q = rand (500, 3); assert (dsearchn (p, q), __dsearchn__ (p, q)(:));"
        "line = [(1:50)' zeros(50, 1)]; assert (dsearchn (line, line), (1:50)')",
        fast=True,
    )
