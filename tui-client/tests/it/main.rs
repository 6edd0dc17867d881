//! All tests of the terminal client through its public doors, as one binary.

mod pty;
mod screen;
