% LSQCURVEFIT  Parameters with which a function fits data best in the least-squares sense, within bounds.
%
% Answers: ps_fit_vario.m:172-176, variograms for ps_scn_filt_krig (scn_kriging_flag 'y').
% Octave:  has it only in the package optim.
%
% Levenberg (1944) and Marquardt (1963), with differences for derivatives. As with MATLAB the parameters stay strictly
% inside their bounds: a variogram of range 0 would be 0/0. Bounds may be []; options other than TolFun, TolX and
% MaxIter are taken and left alone.

function [p, resnorm, residual, exitflag] = lsqcurvefit (model, p, x, y, low = [], high = [], options = struct ())
  tolerance = {1e-6, 1e-6, 400};
  names = {"TolFun", "TolX", "MaxIter"};
  for k = 1:3
    if (isfield (options, names{k}) && ! isempty (options.(names{k})))
      tolerance{k} = options.(names{k});
    end
  end
  shape = size (p);
  low = bounds_or (low, -Inf, numel (p));
  high = bounds_or (high, Inf, numel (p));
  % No step goes farther than nine tenths of the way to a bound.
  inside = @(q, p) min (max (q, low + 0.1 * (p - low)), high - 0.1 * (high - p));
  misfit = @(q) (model (reshape (q, shape), x) - y)(:);

  p = double (p(:));
  residual = misfit (p);
  resnorm = residual' * residual;
  damping = 1e-2;
  exitflag = 0;
  for iteration = 1:tolerance{3}
    J = jacobian (misfit, p, residual, high);
    downhill = -J' * residual;
    % Parameters that would leave at a bound stay there, while the others find their best values.
    near = 1e-6 * (1 + abs (p));
    free = ! ((p - low < near & downhill < 0) | (high - p < near & downhill > 0));
    J = J(:,free);
    scale = diag (J' * J);
    scale(scale == 0) = 1;
    tried = p;
    tried(free) += (J' * J + damping * diag (scale)) \ downhill(free);
    tried = inside (tried, p);
    new_residual = misfit (tried);
    new_resnorm = new_residual' * new_residual;
    step = norm (tried - p);
    if (new_resnorm <= resnorm)
      gain = resnorm - new_resnorm;
      p = tried;
      residual = new_residual;
      resnorm = new_resnorm;
      damping = max (damping / 10, 1e-12);
      if (gain <= tolerance{1} * max (resnorm, eps) || step <= tolerance{2} * (norm (p) + tolerance{2}))
        exitflag = 1;
        break;
      end
    elseif (damping > 1e12)
      exitflag = 2;
      break;
    else
      damping *= 10;
    end
  end
  p = reshape (p, shape);
  residual = reshape (residual, size (y));
end

function bound = bounds_or (bound, default, n)
  if (isempty (bound))
    bound = repmat (default, n, 1);
  end
  bound = double (bound(:));
end

function J = jacobian (misfit, p, residual, high)
  J = zeros (numel (residual), numel (p));
  for k = 1:numel (p)
    h = sqrt (eps) * max (abs (p(k)), 1e-3);
    if (p(k) + h > high(k))
      h = -h;
    end
    moved = p;
    moved(k) += h;
    J(:,k) = (misfit (moved) - residual) / h;
  end
end
