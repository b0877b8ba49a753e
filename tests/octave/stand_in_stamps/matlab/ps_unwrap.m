% One thing that StaMPS does, or that goes wrong; see stamps.m. Our own.
function ps_unwrap (what, number)
  switch (what)
    case 'write' % every result, with one number in it
      one = number;
      for name = strsplit (getenv ('SNAPSTAMPS_TEST_WRITES'), ' ')
        save (name{1}, 'one');
      end
    case 'take' % results that were made before
      [~, place] = fileparts (pwd ());
      copyfile (fullfile (getenv ('SNAPSTAMPS_TEST_RESULTS'), sprintf ('%d_%s', number, place), '*.mat'), '.');
    case 'fail at 4'
      if number == 4
        error ('out of memory or dimension too large for Octave''s index type');
      end
    case 'half at 6'
      if number == 6
        ps_unwrap ('half', number);
      end
    case 'count'
      printf ('PS_SELECT: 40 PS candidates to process\n20 PS processed\nPS_SELECT: 12 PS selected initially\n');
    case 'error'
      error ('Minimum dimension of the resampled grid (3 pixels) is less than 32');
    case 'keyboard'
      keyboard
    case 'hang'
      pause (300);
    case 'chatter'
      while true
        printf ('still at it\n');
        pause (0.05);
      end
    case 'die'
      kill (getpid (), 9);
    case 'half' % a file of which only the beginning is there
      stream = fopen ('phuw2.mat', 'w');
      fwrite (stream, 'MATLAB 5.0 MAT-file, and then nothing');
      fclose (stream);
    case 'snaphu'
      [a, b] = system ('snaphu -d -f snaphu.conf 7 >& snaphu.log');
      stream = fopen ('snaphu.out');
      printf ('StaMPS reads %s\n', fread (stream, [1, 5], '*char'));
    case 'triangle'
      [a, b] = system ('triangle -e scla.1.node > triangle_scla.log');
    case 'where'
      printf ('FOLDER %s\n', pwd ());
      printf ('LIST %s', fileread ('../pscphase.in'));
    case 'list'
      printf ('LIST %s', fileread ('patch.list'));
    case 'nothing'
    otherwise
      error ('the stand-in knows no %s', what);
  end
end
