% NANSTD  Standard deviation of what is not NaN; flag 0 divides by n-1, flag 1 by n.
%
% Answers: uw_unwrap_space_time.m:256, ps_scn_filt_krig.m:194.
% Octave:  as nanmean, which see.

function value = nanstd (x, flag = 0, dim = [])
  if (isempty (flag))
    flag = 0;
  end
  if (isempty (dim))
    dim = find (size (x) != 1, 1);
    if (isempty (dim))
      dim = 1;
    end
  end
  present = ! isnan (x);
  count = sum (present, dim);
  deviation = x - nanmean (x, dim);
  deviation(! present) = 0;
  divisor = count;
  if (flag == 0)
    divisor = max (count - 1, 1);
  end
  value = sqrt (sum (abs (deviation) .^ 2, dim) ./ divisor);
  value(count == 0) = NaN;
end
