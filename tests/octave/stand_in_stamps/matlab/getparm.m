% A parameter of parms.mat, here or above; a stand-in of our own.
function value = getparm (name)
  file = 'parms.mat';
  if ~exist (fullfile (pwd (), file), 'file')
    file = fullfile ('..', file);
  end
  parms = load (file);
  value = parms.(name);
end
