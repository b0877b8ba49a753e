% EVAL  Evaluate text; what begins with "!" is a command for the shell.
%
% Answers: ps_calc_scla.m:83, eval('!rm -f …').
% Octave:  takes the "!" for "not", and the words after it for variables: 'rm' undefined.

function varargout = eval (code, catch_code = "")
  shell = regexp (code, '^\s*!(.*)$', "tokens", "once");
  if (! isempty (shell))
    [varargout{1:nargout}] = system (shell{1});
  elseif (isempty (catch_code))
    [varargout{1:nargout}] = evalin ("caller", code);
  else
    [varargout{1:nargout}] = evalin ("caller", code, catch_code);
  end
end
