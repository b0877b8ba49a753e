% VERSION  Version of the interpreter; '-release' gives that of a MATLAB.
%
% Answers: uw_interp.m:76, interp_dem.m:32, which take the year out of version('-release').
% Octave:  answers '-release' with nothing, and the first four letters of that are an error. Any year from 2012 on
%          leads StaMPS to dsearchn, which Octave has.

function text = version (option = "")
  if (strcmp (option, "-release"))
    text = "2018b";
  elseif (strcmp (option, "-date"))
    text = __octave_config_info__ ("release_date");
  elseif (strcmp (option, "-description"))
    text = "";
  elseif (isempty (option))
    text = OCTAVE_VERSION ();
  else
    error ("version: unknown option %s", option);
  end
end
