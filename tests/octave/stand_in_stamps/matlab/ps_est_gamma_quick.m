% Only here so that the stand-in looks whole.
