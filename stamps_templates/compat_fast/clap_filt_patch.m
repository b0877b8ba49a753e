% CLAP_FILT_PATCH  Combined low-pass and adaptive filter of one window of phase, in StaMPS's own arithmetic.
%
% Takes the place of clap_filt_patch.m, which ps_select calls once per selected candidate and interferogram.
% Faster, with the same bits: the smoothing kernel and the shift of the spectrum are kept between calls, and the
% median is picked by sorting, where Octave spends most of the time inside gausswin, fftshift, filter2 and median.

function filtered = clap_filt_patch (ph, alpha = 0.5, beta = 0.1, low_pass = [])
  persistent kernel shape forth back;
  if (isempty (low_pass))
    low_pass = zeros (size (ph));
  end
  if (isempty (kernel))
    taps = exp (-0.5 * (2.5 * (-3:3)' / 3) .^ 2);
    kernel = taps * taps';
  end
  if (! isequal_size (shape, ph))
    shape = size (ph);
    numbers = reshape (1:numel (ph), shape);
    forth = fftshift (numbers);
    back = ifftshift (numbers);
  end
  ph(isnan (ph)) = 0;
  spectrum = fft2 (ph);
  response = abs (spectrum);
  response = conv2 (response(forth), kernel, "same")(back);
  middle = median_of (response(:));
  if (middle != 0)
    response = response / middle;
  end
  if (alpha != 1)
    response = response .^ alpha;
  end
  response -= 1;
  response(response < 0) = 0;
  filtered = ifft2 (spectrum .* (response * beta + low_pass));
end

function same = isequal_size (shape, ph)
  same = numel (shape) == 2 && shape(1) == rows (ph) && shape(2) == columns (ph);
end

function value = median_of (values)
  values = sort (values);
  n = numel (values);
  if (mod (n, 2))
    value = values((n + 1) / 2);
  else
    value = (values(n/2) + values(n/2 + 1)) / 2;
  end
end
