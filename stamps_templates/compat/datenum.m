% DATENUM  Days since the year 0, of year, month, day … or of text.
%
% Answers: ps_scn_filt_krig.m:131, datenum('01-01-2000').
% Octave:  does not know a date of the form dd-mm-yyyy, and its own datenum cannot be reached from behind this one;
%          so this is the whole of it. Months and days beyond their range count on, as they should.

function [days, seconds] = datenum (year, month, varargin)
  if (ischar (year) || iscellstr (year))
    if (nargin > 1)
      parts = datevec (year, month, varargin{:});
    else
      parts = datevec (regexprep (year, '^(\d\d)-(\d\d)-(\d{4})$', '$3-$2-$1'));
    end
  elseif (nargin == 1)
    parts = year;
  else
    parts = [];
    given = [{year, month}, varargin];
    shape = size (year + month);
    for k = 1:numel (given)
      shape = size (zeros (shape) + given{k});
    end
    for k = 1:numel (given)
      parts(:,k) = reshape (zeros (shape) + double (given{k}), [], 1);
    end
  end
  parts = double (parts);
  parts(:, end+1:6) = 0;
  parts(parts(:,2) == 0, 2) = 1;
  days = day_of (parts(:,1), parts(:,2), parts(:,3)) + parts(:,4:6) * [3600; 60; 1] / 86400;
  if (exist ("shape", "var"))
    days = reshape (days, shape);
  end
  seconds = 86400 * days;
end

% Whole days of the Gregorian calendar, in which the year is counted from March and so ends with February.
function day = day_of (year, month, day_of_month)
  share = month - floor (month);
  month = floor (month);
  year += floor ((month - 3) / 12);
  month = mod (month - 3, 12);
  day = 365 * year + floor (year / 4) - floor (year / 100) + floor (year / 400) ...
        + floor ((153 * month + 2) / 5) + 60 + day_of_month + 30 * share;
end
