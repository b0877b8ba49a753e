# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6 Weeding and unwrapping
#
# Step 3 has judged each pixel alone. Step 4 compares neighbours: whoever is noisy against *all* of them goes.
# Step 5 takes out what is the pixel's own. Then step 6 finds the whole cycles.

# %%
import numpy as np

from snapstamps.course.bench import Bench

bench = Bench(6)
bench.show("weed1", name="weeding")

# %% [markdown]
# Two hills of noise, with the limit of 1 rad between them. What is left is corrected (step 5), merged, and its
# dates are weighed:

# %%
bench.show("rc2", name="corrected")

# %%
bench.show("ifgstd2", name="noise")

# %% [markdown]
# ## Step 6
#
# The PS are summed in cells and filtered; empty cells take the phase of their neighbours; edges join the cells.

# %%
bench.show("uw_grid", name="grid")

# %%
bench.show("uw_interp", name="network")

# %% [markdown]
# Time comes first: the series of each edge is smoothed and unwrapped along time. Its noise says how far to trust
# it: an edge above 1.2 rad may be cut at no cost. Space comes second: a solver finds the cheapest cycles without
# contradiction.

# %%
bench.show("uw_space_time", name="edges")

# %%
bench.show("uw_phaseuw", name="cells")

# %%
bench.show("phuw2", name="unwrapped")

# %% [markdown]
# Was a cycle lost? Only the truth knows. It holds the phase of each date without noise:


# %%
def lost_cycles(project, date):
    """Return how many whole cycles the unwrapped phase of a date is off the truth, a constant aside."""
    found = bench.read(project, "phuw2").ph_uw[:, date]
    difference = found - bench.at_ps(project, bench.truth_of(project).phase(date))
    return np.rint((difference - np.median(difference)) / (2 * np.pi))


dates = [date for date, day in enumerate(bench.spec.days) if day != bench.spec.master_day][::5]
wrong = np.mean([np.mean(lost_cycles(bench.good, date) != 0) for date in dates])
print(f"{wrong:.2%} of the unwrapped phases are a cycle off, over {len(dates)} dates")

# %% [markdown]
# ## Break it: a grid too coarse
#
# Cells must be small against what moves. In this valley motions are gentle, and even cells four times as wide
# would do. So let the mine sink five times as fast, and try cells of the usual size, four and six times as wide.

# %%
motions = [
    motion.model_copy(update={"rate_mm_yr": 5 * motion.rate_mm_yr, "acceleration_mm_yr2": 0.0})
    if motion.shape == "bowl" and motion.radius_m <= 500
    else motion
    for motion in bench.spec.motions
]
fast = bench.another("fast_mine", bench.spec.model_copy(update={"motions": tuple(motions)}))
size = bench.good.parms["unwrap_grid_size"]
grids = {f"cells of {size:g} m": fast}
for factor in (4, 6):
    options = {"stamps.parms.unwrap_grid_size": factor * size, "stamps.parms.unwrap_gold_n_win": 4}
    grids[f"cells of {factor * size:g} m"] = bench.broken(f"coarse_{factor}", of=fast, options=options)
print(bench.table(grids))

# %%
bench.show("uw_grid", fast, name="fine_grid")

# %%
bench.show("uw_grid", grids[f"cells of {6 * size:g} m"], name="coarse_grid")

# %%
last = len(bench.spec.days) - 1
off = {
    f"{title}: {np.mean(lost_cycles(project, last) != 0):.1%} off": (project, lost_cycles(project, last))
    for title, project in grids.items()
}
bench.maps("coarse_cycles", f"Cycles lost on {bench.spec.days[last]}", off, "cycles")

# %%
true = bench.at_ps(fast, bench.truth_of(fast)["velocity"])
moving = np.abs(true) > 0.6 * np.abs(true).max()
for title, project in grids.items():
    error = bench.velocity(project) - true
    print(f"{title:<16} in the mine the velocity is off by {np.median(error[moving]) - np.median(error):+.1f} mm/yr")
bench.maps("coarse_velocity", "Velocity", {k: (p, bench.velocity(p)) for k, p in grids.items()}, "mm/yr")

# %% [markdown]
# The number of PS is the same, and so is their coherence: nothing warns. In a cell that spans much of the mine,
# the phase of its PS turns too far to be summed; what is summed is no longer what any of them did. Each PS then
# takes the cycles that bring it nearest to its cell, right or wrong, and the mine seems to sink more slowly, or
# hardly at all. The rule: cells small against what moves, and yet with a PS in most of them.
#
# ## Exercises
#
# **1.** A PS moves by 40 mm between two dates, its neighbours do not. What will step 6 make of it?
#
# <details markdown="1"><summary>Solution</summary>
#
# One cycle is 27.7 mm. 40 mm are 1.44 cycles; the wrapped phase shows 0.44 cycles, and that is what it will be
# taken for: 12 mm. Nothing in the data says otherwise.
#
# </details>
#
# **2.** An island of PS lies 2 km from all others. Which of its values can be trusted?
#
# <details markdown="1"><summary>Solution</summary>
#
# Differences inside it. Between the island and the mainland a whole number of cycles may be missing on any date:
# a constant that shows as jumps by 28 mm in all its series at once.
#
# </details>
