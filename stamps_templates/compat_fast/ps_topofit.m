% PS_TOPOFIT  Look-angle error that fits the phase of one scatterer best, in StaMPS's own arithmetic.
%
% Takes the place of ps_topofit.m, which StaMPS calls 300 000 times per patch for random phase, and once per
% candidate and iteration. Faster: nothing is replicated, what depends on the baselines alone is kept as long as they
% are the same, and the line through the residuals is one quotient instead of a solver. Only the last may differ in its
% rounding (1e-16). Plots are not drawn.

function [K, C, coherence, residual] = ps_topofit (phase, bperp, n_trial_wraps, plotflag, asym)
  persistent known_bperp = [] known_class = "" known_wraps known_asym rates rotation;
  if (nargin < 5)
    asym = 0;
  end
  if (size (phase, 2) > 1)
    phase = phase.';
  end
  if (! all (phase))
    bperp = bperp(phase != 0);
    phase = phase(phase != 0);
  end
  n = numel (bperp);
  % The first element tells most changes at once.
  if (! (n == numel (known_bperp) && n > 0 && bperp(1) == known_bperp(1) && all (bperp == known_bperp)
         && isa (bperp, known_class) && n_trial_wraps == known_wraps && asym == known_asym))
    trials = (-ceil (8 * n_trial_wraps):ceil (8 * n_trial_wraps)) + asym * 8 * n_trial_wraps;
    range = max (bperp) - min (bperp);
    rates = pi / 4 / range * trials;
    rotation = exp (-1j * (bperp / range * pi / 4) * trials);
    known_bperp = bperp;
    known_class = class (bperp);
    known_wraps = n_trial_wraps;
    known_asym = asym;
  end
  weight = abs (phase);
  [~, best] = max (abs (sum (rotation .* phase)) / sum (weight));
  K = rates(best);

  turned = phase .* exp (-1j * (K * bperp));
  slope = double (weight .* bperp);
  K += (slope' * double (weight .* angle (turned * conj (sum (turned))))) / (slope' * slope);

  residual = phase .* exp (-1j * (K * bperp));
  total = sum (residual);
  C = angle (total);
  coherence = abs (total) / sum (abs (residual));
end
