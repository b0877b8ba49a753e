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
# # 4 Candidates and D_A
#
# The phase analysis is expensive, and nearly all pixels are no persistent scatterers. Their *amplitude* tells
# most of them apart: where one reflector outshines everything else in its pixel, the amplitude hardly changes.
# Its deviation over its mean is the amplitude dispersion,
#
# ```text
# D_A = σ_A / μ_A        for a strong reflector about the phase noise in radians
# ```
#
# Pixels below 0.4 are candidates.

# %%
import numpy as np

from snapstamps.course.bench import Bench

bench = Bench(4)
bench.show("mean_amp", name="amplitude")

# %%
bench.show("ps1", name="candidates")

# %%
bench.show("da1", name="dispersion")

# %% [markdown]
# ## Who is what?
#
# In a simulation one can ask. A candidate is true if a simulated PS lies on its pixel or beside it.

# %%
rows = bench.read(bench.good, "ps1").ij[:, 1:].astype(int)
is_true = (bench.truth["ps_main"] | bench.truth["ps_side"])[rows[:, 0], rows[:, 1]].astype(bool)
dispersion = bench.read(bench.good, "da1").D_A
for low, high in ((0, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.35), (0.35, 0.4)):
    inside = (dispersion >= low) & (dispersion < high)
    share = is_true[inside].mean() if inside.any() else float("nan")
    print(f"D_A {low:4.2f} to {high:4.2f}: {np.count_nonzero(inside):7,} candidates, {share:6.1%} of them true")
sets = {"true scatterers": dispersion[is_true], "impostors": dispersion[~is_true]}
bench.histograms("true_and_false", "Amplitude dispersion of the candidates", sets, "D_A")

# %% [markdown]
# Below 0.3 nearly all candidates are true; close to the threshold most are not. They pass because with few dates
# some pixels of pure noise look steady by chance. That is meant to be so: the phase will sort them out, and a
# true scatterer that is no candidate is lost for good.
#
# ## Break it: D_A 0.6
#
# If 0.4 is good, is 0.6 better?

# %%
generous = bench.broken("da_06", options={"candidates.amplitude_dispersion": 0.6})
print(bench.table({"D_A 0.4": bench.good, "D_A 0.6": generous}))
times = bench.seconds(bench.good), bench.seconds(generous)
ratio = len(bench.read(generous, "da1").D_A) / len(dispersion)
print(f"{ratio:.1f} times as many candidates; candidates and steps took {times[1] / times[0]:.1f} times as long")

# %%
bench.show("da1", generous, name="da_06_dispersion")

# %%
bench.show("select1", generous, name="da_06_select")

# %%
values = {"D_A 0.4": (bench.good, bench.velocity(bench.good)), "D_A 0.6": (generous, bench.velocity(generous))}
bench.maps("da_06_velocity", "Velocity, + towards the satellite", values, "mm/yr")

# %% [markdown]
# Noise has a D_A of about 0.52, the value of a Rayleigh distribution. A threshold of 0.6 lets it all in, and most
# of the scene becomes a candidate. Step 3 then works against a mountain of random pixels; some get through, and
# the filter of step 2, which sums all candidates, has more noise in it. The simulated scatterers were found with
# 0.4 already.
#
# ## Exercises
#
# **1.** On a real scene in the countryside you have too few PS. May you raise the threshold a little?
#
# <details markdown="1"><summary>Solution</summary>
#
# Yes, to 0.42 or 0.45, where there are many dates: then noise does not get below 0.45 by chance. Look at the
# histogram of γ afterwards (lesson 5): as long as its two hills stand apart, the phase can tell.
#
# </details>
#
# **2.** Why are images divided by their mean amplitude first?
#
# <details markdown="1"><summary>Solution</summary>
#
# The gain differs from image to image, and two satellites differ. A steady reflector would seem to change with
# it.
#
# </details>
