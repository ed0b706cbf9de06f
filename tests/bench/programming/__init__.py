"""The league table of programming policies: real campaigns on simulated arrays, in this process."""
