% SFPRINTF  SPRINTF, misspelt.
%
% Answers: ps_select.m:235, which is reached with gamma_stdev_reject above 0.
% Octave:  knows the name no more than MATLAB does: this one mends StaMPS, whose step 3 would stop after its work.

function text = sfprintf (varargin)
  text = sprintf (varargin{:});
end
