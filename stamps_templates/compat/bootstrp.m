% BOOTSTRP  A statistic of n random samples, each drawn with replacement from the rows of the data.
%
% Answers: ps_mean_v.m:241-280, ps_select.m:231.
% Octave:  has it in no core function. The draws come from rand, which ps_mean_v seeds.
%
% Row k of the result is the statistic of draw k, written as a row; column k of the second result lists its rows.

function [values, drawn] = bootstrp (n, statistic, varargin)
  data = cellfun (@as_rows, varargin, "UniformOutput", false);
  count = rows (data{1});
  drawn = ceil (count * rand (count, n));
  for k = 1:n
    sample = cellfun (@(x) x(drawn(:,k),:), data, "UniformOutput", false);
    value = statistic (sample{:});
    if (k == 1)
      values = zeros (n, numel (value), class (value));
    end
    values(k,:) = value(:).';
  end
end

function x = as_rows (x)
  if (isrow (x))
    x = x(:);
  end
end
