"""From a SNAP export to the StaMPS working folder: what mt_prep_snap does, without csh and C."""
