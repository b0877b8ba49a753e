"""Small programs of ours that StaMPS finds under the names of programs that are absent."""
