% INTERP  Raise the sampling rate of a vector r times by band-limited interpolation.
%
% Answers: ps_est_gamma_quick.m:301, interp_dem.m:85.
% Octave:  has it only in the package signal, whose values differ by up to 1e-2.
%
% Every new sample is the weighted sum of the 2n old ones around it that has the least mean square error for
% signals below the given share of the old band (Oetken, Parks and Schuessler 1975). Beyond both ends the
% signal goes on as its own point reflection. Old samples are kept as they are.

function fine = interp (coarse, r, n = 4, cutoff = 0.5)
  as_column = double (coarse(:));
  count = numel (as_column);
  if (count < n + 1)
    error ("interp: needs at least %d values, but there are %d", n + 1, count);
  end
  before = 2 * as_column(1) - as_column(n+1:-1:2);
  after = 2 * as_column(end) - as_column(end-1:-1:end-n);
  extended = [before; as_column; after];

  place = (1-n):n;
  correlation = @(distance) sinc_of (cutoff * distance);
  between = correlation (place' - place);
  fine = zeros (r, count);
  for phase = 0:r-1
    weights = between \ correlation (phase / r - place');
    for k = 1:2*n
      fine(phase+1,:) += weights(k) * extended(n + place(k) + (1:count))';
    end
  end
  fine = fine(:);
  if (isrow (coarse))
    fine = fine';
  end
end

function value = sinc_of (x)
  value = ones (size (x));
  nonzero = x != 0;
  value(nonzero) = sin (pi * x(nonzero)) ./ (pi * x(nonzero));
end
