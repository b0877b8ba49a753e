% GAUSSWIN  Gaussian window, exp(-(alpha k / ((n-1)/2))^2 / 2), as a column of n values.
%
% Answers: clap_filt.m:47, clap_filt_patch.m:24, goldstein_filt.m:30, wrap_filt.m:38, ps_est_gamma_quick.m:299.
% Octave:  has it only in the package signal.

function window = gausswin (n, alpha = 2.5)
  half = (n - 1) / 2;
  window = exp (-0.5 * (alpha * (-half:half)' / half) .^ 2);
end
