% SAVE  Write variables as MATLAB's save would.
%
% Answers: every `save` of StaMPS (ps_load_initial_gamma.m:214 `save psver psver`, stamps_save.m:99 `-append`,
% ps_parms_default.m:429 `-struct`, ps_output.m:41-138 `-ASCII` and `-DOUBLE`).
% Octave:  its own save adds no ".mat" and writes text, so that `save psver psver` leaves a text file "psver"
%          beside an older psver.mat, and later steps load the older one. `-ascii` prints other digits.
%
% MAT files are written in version 7 to a temporary name and renamed: a killed Octave leaves no half file.
% Calls with any option that StaMPS does not use (oct2py: -mat-binary) go to Octave's own save unchanged.

function save (varargin)
  [file, names, options, known] = sort_words (varargin);
  if (! known)
    evalin ("caller", call_of_builtin (varargin));
    return;
  end
  if (options.struct)
    content = evalin ("caller", names{1});
    if (numel (names) > 1)
      content = only_fields (content, names(2:end));
    end
  else
    content = struct ();
    if (isempty (names))
      names = {"*"};
    end
    for k = 1:numel (names)
      for name = matching_names (names{k}, evalin ("caller", sprintf ("who ('%s')", names{k})))
        content.(name{1}) = evalin ("caller", name{1});
      end
    end
  end
  if (options.ascii)
    write_ascii (file, content, options);
  else
    write_mat (file, content, options);
  end
end

% Tell file, variables and options apart; known is false where an option is none of MATLAB's.
function [file, names, options, known] = sort_words (words)
  options = struct ("append", false, "struct", false, "ascii", false, "double", false, "tabs", false);
  file = "";
  names = {};
  known = true;
  for k = 1:numel (words)
    word = words{k};
    if (isempty (word) || word(1) != "-")
      if (isempty (file))
        file = word;
      else
        names{end+1} = word;
      end
    elseif (isfield (options, lower (word(2:end))))
      options.(lower (word(2:end))) = true;
    elseif (! any (strcmp (word, {"-mat", "-v7", "-v7.3"})))
      known = false;
    end
  end
  known = known && ! isempty (file);
end

function text = call_of_builtin (words)
  quoted = cellfun (@(word) ["'" strrep(word, "'", "''") "'"], words, "UniformOutput", false);
  text = ["builtin ('save', " strjoin(quoted, ", ") ");"];
end

function names = matching_names (pattern, found)
  if (isempty (found))
    error ("snapstamps:save", "save: there is no variable '%s'", pattern);
  end
  names = found(:)';
end

function kept = only_fields (content, names)
  for name = names
    kept.(name{1}) = content.(name{1});
  end
end

function write_mat (file, content, options)
  [folder, stem, suffix] = fileparts (tilde_expand (file));
  if (isempty (suffix))
    suffix = ".mat";
  end
  target = fullfile (folder, [stem suffix]);
  if (options.append && exist (target, "file") == 2)
    merged = load (target);
    for name = fieldnames (content)'
      merged.(name{1}) = content.(name{1});
    end
    content = merged;
  end
  for name = fieldnames (content)'
    if (sizeof (content.(name{1})) >= 2^31)
      error ("snapstamps:save", "save: %s has %.1f GiB, but %s can hold less than 2 GiB per variable", ...
             name{1}, sizeof (content.(name{1})) / 2^30, target);
    end
  end
  % The name is one that snapstamps knows as a leftover, should Octave be killed here.
  part = fullfile (folder, sprintf (".%s.snapstamps-tmp-%d%s", stem, getpid (), suffix));
  builtin ("save", "-v7", part, "-struct", "content");
  [status, message] = rename (part, target);
  if (status != 0)
    error ("snapstamps:save", "save: %s cannot be written (%s)", target, message);
  end
end

% MATLAB's text form: columns of 16 characters with 8 digits, or of 25 with 17.
function write_ascii (file, content, options)
  form = "%16.7e";
  if (options.double)
    form = "%25.16e";
  end
  separator = "";
  if (options.tabs)
    separator = "\t";
  end
  mode = "w";
  if (options.append)
    mode = "a";
  end
  stream = fopen (tilde_expand (file), mode);
  if (stream < 0)
    error ("snapstamps:save", "save: %s cannot be opened for writing", file);
  end
  for name = fieldnames (content)'
    values = double (real (content.(name{1})));
    if (isempty (values))
      continue;
    end
    fprintf (stream, [strjoin(repmat ({form}, 1, columns (values)), separator) "\n"], values');
  end
  fclose (stream);
end
