% NANMEAN  Mean of what is not NaN, along a dimension (the first that is not 1); NaN where nothing is left.
%
% Answers: ps_calc_scla.m:160, ps_mean_v.m:197, ps_plot.m:1579, uw_unwrap_from_grid.m:39.
% Octave:  has it neither itself nor in package statistics 1.5. That package must not be loaded anyway: it
%          replaces mean, median, std and var.

function value = nanmean (x, dim)
  if (nargin < 2)
    dim = find (size (x) != 1, 1);
    if (isempty (dim))
      dim = 1;
    end
  end
  missing = isnan (x);
  x(missing) = 0;
  value = sum (x, dim) ./ sum (! missing, dim);
end
