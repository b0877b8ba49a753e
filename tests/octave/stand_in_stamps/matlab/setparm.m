% Set a parameter of parms.mat, here or above; a stand-in of our own.
function setparm (name, value)
  file = 'parms.mat';
  if ~exist (fullfile (pwd (), file), 'file')
    file = fullfile ('..', file);
  end
  parms = load (file);
  parms.(name) = value;
  save (file, '-struct', 'parms');
  printf ('SETPARM: %s\n', name);
end
