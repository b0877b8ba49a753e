"""Density-based clusters: the definition itself, by brute force, and what must not matter."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snapstamps.results.clusters import NO_CLUSTER, density_clusters

points = st.integers(0, 40).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.integers(0, 30).map(lambda value: value / 2 + value * 1e-4))
)


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one[:, None] == one) == (other[:, None] == other)).all())


@given(points, st.floats(0.3, 4.0), st.integers(2, 6))
def test_cores_hang_together_and_others_go_with_a_core_within_reach(xy, reach, least):
    labels = density_clusters(xy, reach=reach, least=least)
    distance = np.linalg.norm(xy[:, None] - xy, axis=2)
    near = distance <= reach
    core = near.sum(axis=1) >= least
    reached = near & core[:, None] & core
    for _ in range(len(xy)):  # transitive closure
        reached = reached | (reached.astype(int) @ reached.astype(int) > 0)
    assert (labels[core] != NO_CLUSTER).all()
    assert same_partition_of_cores(labels[core], reached[np.ix_(core, core)])
    for row in np.flatnonzero(~core):
        around = near[row] & core
        if not around.any():
            assert labels[row] == NO_CLUSTER
        else:
            closest = distance[row, core].min()
            assert labels[row] in labels[core & (distance[row] <= closest + 1e-12)]


def same_partition_of_cores(labels: np.ndarray, together: np.ndarray) -> bool:
    return bool(((labels[:, None] == labels) == together).all())


def test_the_order_of_the_points_does_not_matter():
    rng = np.random.default_rng(0)
    xy = np.concatenate([rng.normal(centre, 1, (40, 2)) for centre in (0, 12, 30)] + [rng.uniform(-20, 50, (30, 2))])
    shuffled = rng.permutation(len(xy))
    one = density_clusters(xy, reach=1.2, least=5)
    other = density_clusters(xy[shuffled], reach=1.2, least=5)
    assert same_partition(one[shuffled], other)
    assert (one[shuffled] == NO_CLUSTER).tolist() == (other == NO_CLUSTER).tolist()
    assert one.max() >= 2


def test_clusters_are_numbered_in_the_order_of_their_first_points():
    x = np.array([10.0, 0.0, 10.5, 0.5, 5.0])
    labels = density_clusters(np.column_stack([x, x * 0]), reach=1.0, least=2)
    assert labels.tolist() == [0, 1, 0, 1, -1]
