% SYNC  Nothing; the file system looks after itself.
%
% Answers: ps_weed.m:193, 210, 240, `!sync` after every 100 000 PS with weed_neighbours 'y'.
% Octave:  takes the line for "not sync", and 'sync' is undefined.

function done = sync ()
  done = true;
end
