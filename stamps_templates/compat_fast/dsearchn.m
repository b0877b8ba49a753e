% DSEARCHN  Number of the nearest point, for every query point; of several equally near ones the first.
%
% Takes the place of Octave's dsearchn, which compares every query with every point; uw_interp.m:80 asks it for the
% nearest node of every cell of the unwrapping grid. Faster, with the same result: queries are taken in tiles, and
% each tile is compared only with the points that can be nearest to one of its queries.

function [nearest, distance] = dsearchn (points, triangles, queries)
  if (nargin == 2)
    queries = triangles;
  end
  nearest = distance = zeros (rows (queries), 1);
  [tile, order] = sort (tile_of (queries));
  from = 1;
  for upto = [find(diff (tile)); numel(order)]'
    mine = order(from:upto);
    from = upto + 1;
    low = min (queries(mine,:), [], 1);
    high = max (queries(mine,:), [], 1);
    away = sqrt (sum ((points - (low + high) / 2) .^ 2, 2));
    % A query is at most half a diagonal from the middle of its tile, and no farther from its nearest point than from
    % the point that is nearest to the middle.
    near = find (away <= (min (away) + sqrt (sum ((high - low) .^ 2))) * (1 + 1e-9));
    [chosen, distance(mine)] = __dsearchn__ (points(near,:), queries(mine,:));
    nearest(mine) = near(chosen);
  end
end

% Number of the tile of every query: as many tiles as each has queries.
function tile = tile_of (queries)
  per_axis = max (1, round (rows (queries) ^ (0.5 / columns (queries))));
  tile = zeros (rows (queries), 1);
  for k = 1:columns (queries)
    values = queries(:,k) - min (queries(:,k));
    share = values / max (max (values), realmin);
    tile = tile * per_axis + min (floor (share * per_axis), per_axis - 1);
  end
end
