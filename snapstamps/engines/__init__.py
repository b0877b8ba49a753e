"""The engines that do the steps of StaMPS: our own, and the real StaMPS under Octave."""
