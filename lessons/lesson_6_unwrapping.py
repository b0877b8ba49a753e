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
unwrapped = bench.read(bench.good, "phuw2").ph_uw
ps = bench.read(bench.good, "ps2")


def lost_cycles(project, date):
    """Return where the unwrapped phase of a date is a whole cycle off the truth, a constant aside."""
    found = bench.read(project, "phuw2").ph_uw[:, date]
    true = bench.at_ps(project, bench.truth.phase(date))
    difference = found - true
    return np.rint((difference - np.median(difference)) / (2 * np.pi))


dates = [date for date in range(len(bench.spec.days)) if date != int(ps.master_ix) - 1][::5]
wrong = np.mean([np.mean(lost_cycles(bench.good, date) != 0) for date in dates])
print(f"{wrong:.2%} of the unwrapped phases are a cycle off, over {len(dates)} dates")

# %% [markdown]
# ## Break it: a grid too coarse
#
# Cells four times as wide follow only what is four times as smooth.

# %%
size = bench.good.parms["unwrap_grid_size"]
parms = {"stamps.parms.unwrap_grid_size": 4 * size, "stamps.parms.unwrap_gold_n_win": 8}
coarse = bench.broken("coarse_grid", options=parms)
bench.show("uw_grid", coarse, name="coarse_grid")

# %%
date = max(dates, key=lambda date: np.mean(lost_cycles(coarse, date) != 0))
both = {"fine": bench.good, "coarse": coarse}
off = {
    f"{title}: {np.mean(lost_cycles(project, date) != 0):.1%} off": (project, lost_cycles(project, date))
    for title, project in both.items()
}
bench.maps("coarse_cycles", f"Cycles lost on {bench.spec.days[date]}", off, "cycles")

# %%
print(bench.table({f"cells of {size:g} m": bench.good, f"cells of {4 * size:g} m": coarse}))
true = {title: bench.at_ps(project, bench.truth["velocity"]) for title, project in both.items()}
moving = {title: np.abs(values) > 0.6 * np.abs(values).max() for title, values in true.items()}
for title, project in both.items():
    error = bench.velocity(project) - true[title]
    error -= np.median(error)
    print(f"{title:<7} where it moves fastest the velocity is off by {np.median(error[moving[title]]):+.1f} mm/yr")

# %% [markdown]
# In a cell that spans much of the mine, the phase of its PS turns too far to be summed; what is summed is no
# longer what any of them did. Then each PS takes the cycles that bring it nearest to its cell, right or wrong.
# The rule: cells small against what moves, and yet with a PS in most of them.
#
# ## Exercises
#
# 1. A PS moves by 40 mm between two dates, its neighbours do not. What will step 6 make of it?
#
# <details markdown="1"><summary>Solution</summary>
#
# One cycle is 27.7 mm. 40 mm are 1.44 cycles; the wrapped phase shows 0.44 cycles, and that is what it will be
# taken for: 12 mm. Nothing in the data says otherwise.
#
# </details>
#
# 2. An island of PS lies 2 km from all others. Which of its values can be trusted?
#
# <details markdown="1"><summary>Solution</summary>
#
# Differences inside it. Between the island and the mainland a whole number of cycles may be missing on any date:
# a constant that shows as jumps by 28 mm in all its series at once.
#
# </details>
