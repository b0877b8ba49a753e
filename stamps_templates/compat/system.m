% SYSTEM  Run a command through bash, and stop where it fails.
%
% Answers: `which triangle >& /dev/null` (ps_weed.m:297, uw_interp.m:21, ps_smooth_scla.m:51),
%          `triangle -e …` (ps_weed.m:316, uw_interp.m:40, ps_smooth_scla.m:67, ps_scn_filt.m:70),
%          `snaphu … >& snaphu.log` (uw_stat_costs.m:157).
% Octave:  its shell is sh, on Debian dash, to which `>&` with a file name is a syntax error: snaphu never starts,
%          and triangle looks absent.
%
% StaMPS looks at the status of none of these programs, and then reads the files that they left the time before.
% So these files are deleted first, and a program that fails is an error; only `which` may fail.

function varargout = system (command, varargin)
  if (numel (varargin) > 0)
    [varargout{1:nargout}] = builtin ("system", command, varargin{:});
    return;
  end
  program = strtok (command);
  cellfun (@forget, results_of (program, command));
  % bash stays until the end, so that a program ended by signal n counts as status 128 + n.
  words = ["exec 2>&1; " command "\nexit $?"];
  quoted = ["'" strrep(words, "'", "'\\''") "'"];
  output = "";
  if (nargout < 2)
    status = builtin ("system", ["bash -c " quoted "; exit $?"]);
  else
    [status, output] = builtin ("system", ["bash -c " quoted "; exit $?"]);
  end
  if (status != 0 && ! strcmp (program, "which"))
    error ("snapstamps:system", "%s", failure (program, command, status, output));
  end
  varargout = {status, output};
  varargout = varargout(1:nargout);
end

% The files that a program is about to write anew.
function files = results_of (program, command)
  files = {};
  if (strcmp (program, "snaphu"))
    files = {"snaphu.out"};
  elseif (strcmp (program, "triangle"))
    node = regexp (command, '(\S+)\.1\.node', "tokens", "once");
    if (! isempty (node))
      files = strcat (node{1}, {".2.edge", ".2.ele", ".2.node"});
    end
  end
end

function forget (file)
  if (exist (fullfile (pwd (), file), "file") == 2)
    unlink (file);
  end
end

function text = failure (program, command, status, output)
  if (status == 127)
    reason = "was not found";
  elseif (status > 128 && status < 160)
    reason = sprintf ("was killed (signal %d)", status - 128);
  else
    reason = sprintf ("failed with exit status %d", status);
  end
  text = sprintf ("%s %s; the command was: %s", program, reason, command);
  log = regexp (command, '>&?\s*(\S+)\s*$', "tokens", "once");
  if (! isempty (log) && exist (fullfile (pwd (), log{1}), "file") == 2)
    output = fileread (log{1});
  end
  lines = strsplit (strtrim (output), "\n");
  if (! isempty (lines{1}))
    text = sprintf ("%s\nits last lines:\n%s", text, strjoin (lines(max (1, end-7):end), "\n"));
  end
end
