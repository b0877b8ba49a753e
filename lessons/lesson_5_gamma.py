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
# # 5 Gamma and selection
#
# Now the phase decides. What a pixel has in common with its surroundings (air, orbit, slow motion) is filtered
# out of each interferogram; a DEM error is proportional to the baseline and fitted; what remains on all dates
# should be small. The *temporal coherence* γ says how small:
#
# ```text
# γ = (1/m) |Σ exp j(ψ_k − K B⊥k)|        1: perfect; random phase gives about 1/√m and more, since K is fitted
# ```

# %%
import numpy as np

from snapstamps.course.bench import Bench
from snapstamps.course.breaking import decorrelate

bench = Bench(5)
bench.show("ph1", name="interferograms")

# %% [markdown]
# These are the candidates in all interferograms. Some fringes are seen by many pixels, the rest is grain. Step 2
# separates them:

# %%
bench.show("pm1", name="gamma")

# %% [markdown]
# - Top left: γ on the map, and its histogram: a hill of random pixels, which the simulated random phase (orange)
#   fits, and the scatterers near 1.
# - Then the DEM error K: a narrow hill in the middle is real, the shoulders are random pixels that take whatever
#   fits.
# - Below: the residual phase of each date, the grid on which the filter works, and its low pass.
#
# ## Step 3: the threshold
#
# How many pixels above a threshold are random? The simulated hill says it. The threshold is set so that only as
# many pass as you accept, and a pixel with a larger D_A needs more coherence.

# %%
bench.show("select1", name="selection")

# %%
line, sample = bench.read(bench.good, "ps1").ij[:, 1:].astype(int).T
true = (bench.truth["ps_main"] | bench.truth["ps_side"])[line, sample].astype(bool)
chosen = bench.read(bench.good, "select1")
kept = np.zeros(len(true), bool)
kept[chosen.ix.astype(int) - 1] = chosen.keep_ix
print(f"kept {kept.sum():,} candidates: {true[kept].sum():,} true, {(~true[kept]).sum():,} false")
print(f"lost {(true & ~kept).sum():,} of {true.sum():,} true ones")

# %% [markdown]
# ## Break it: a decorrelated winter
#
# Snow lay from December to February: the phase of each pixel gets noise on those dates.

# %%
days = bench.spec.days
winter = [day for day in days if day.month in {12, 1, 2} and day != bench.spec.master_day]
print(f"{len(winter)} of {len(days)} dates:", *(f"{day:%d %b %Y}" for day in winter), sep="  ")
snowy = bench.broken("winter", change=lambda export: decorrelate(export, winter, radians=2.0))
bench.show("ph1", snowy, name="winter_interferograms")

# %%
bench.show("pm1", snowy, name="winter_gamma")


# %%
def noise_of(project):
    """Return what a panel of the picture needs."""
    return project, np.asarray(bench.read(project, "ifgstd2").ifg_std)


bench.over_dates(
    "winter_noise", "Noise of every date", {"good": noise_of(bench.good), "winter": noise_of(snowy)}, "degrees"
)

# %% [markdown]
# The right hill has moved to the left: no pixel can be coherent on dates that hold only noise. The noise of the
# dates shows which ones they are. Leave them out:

# %%
positions = [days.index(day) + 1 for day in winter]
options = {"stamps.parms.drop_ifg_index": positions}
change = {"change": lambda export: decorrelate(export, winter, radians=2.0)}
dropped = bench.broken("winter_dropped", options=options, **change)
print(bench.table({"good": bench.good, "winter": snowy, "winter left out": dropped}))

# %%
values = {
    title: (project, bench.velocity(project) - bench.at_ps(project, bench.truth["velocity"]))
    for title, project in {"good": bench.good, "winter": snowy, "winter left out": dropped}.items()
}
values = {title: (project, array - np.median(array)) for title, (project, array) in values.items()}
bench.maps("winter_error", "Error of the velocity", values, "mm/yr")

# %% [markdown]
# The velocities have hardly suffered, with and without the winter: each date is weighted with its noise, and bad
# dates carry little weight. The method is more patient than one thinks. What does suffer is everything that looks
# at single dates:


# %%
def phase_error(project, day):
    """Return the deviation of the unwrapped phase of a date from the truth, rad."""
    date = days.index(day)
    error = bench.read(project, "phuw2").ph_uw[:, date] - bench.at_ps(project, bench.truth.phase(date))
    return np.std(error)


for title, project in {"good": bench.good, "winter": snowy}.items():
    print(f"{title:<7} phase of {winter[0]} is off by {phase_error(project, winter[0]):.1f} rad")
bench.show("phuw2", snowy, ifg=str(winter[0]), name="winter_unwrapped")

# %% [markdown]
# In a time series those dates are noise, nearly a centimetre of it, and nothing in the series says that it was
# snow. Dropping dates from step 3 on costs observations and cleans the series. With several winters in a stack
# there is enough left; in a stack of a single year, think twice. (Step 2 has still seen the bad dates: StaMPS
# drops them from step 3 on.)
#
# ## Exercises
#
# **1.** Random phase with 41 interferograms: which γ do you expect?
#
# <details markdown="1"><summary>Solution</summary>
#
# The mean of m random unit vectors is about √(π/4m) long: 0.14 for 41. The fit of K takes the best of many
# trials, which lifts it to 0.2 and more. The orange curve shows it. With 15 dates it reaches 0.35; that is why
# short stacks separate badly.
#
# </details>
#
# **2.** `density_rand` is 20 per km². Your scene has 30 PS per km². What do you do?
#
# <details markdown="1"><summary>Solution</summary>
#
# Two of three would be false. Take the share instead: `select_method = "PERCENT"` with a small `percent_rand`, or
# lower `density_rand`. `snapstamps explain density_rand` says the same.
#
# </details>
