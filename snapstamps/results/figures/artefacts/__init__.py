"""Any file that a step of StaMPS leaves, as a picture: so no step is a black box."""
