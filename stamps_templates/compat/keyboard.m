% KEYBOARD  An error in place of a prompt.
%
% Answers: clap_filt.m:86, goldstein_filt.m:67, wrap_filt.m:80, ps_merge_patches.m:296, ps_plot.m:2043.
% Octave:  waits for ever for somebody to type, where nobody sits at a terminal.

function keyboard (varargin)
  where = dbstack (1);
  place = "the prompt";
  if (! isempty (where))
    place = sprintf ("%s, line %d", where(1).name, where(1).line);
  end
  error ("snapstamps:keyboard", "StaMPS met data that it cannot go on with, and stopped for the keyboard in %s", place);
end
