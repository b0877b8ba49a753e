% A stand-in for StaMPS, for tests: it does what SNAPSTAMPS_TEST_DOES tells, well or badly. Our own.
function stamps (first, last, patches, gamma_parm, list, part) % StaMPS/MTI Version 0.0-stand-in
  printf ('STAMPS: Step %d\n', first);
  does = strsplit (getenv ('SNAPSTAMPS_TEST_DOES'), ',');
  for k = 1:numel (does)
    ps_unwrap (does{k}, first);
  end
end
