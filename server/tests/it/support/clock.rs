//! The machine's clock as one process sees it, which can be turned while the process runs.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::NamedTempFile;

/// Where the second number of seconds stands, and where it is said which counts.
const CELL_BYTES: u64 = 8;
const WHICH_AT: u64 = 2 * CELL_BYTES;

/// What a process loads, compiled once by each process of tests.
static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/clock.c");
    let new = NamedTempFile::new_in(folder).unwrap();
    let mut command = Command::new("cc");
    let command = command.args(["-shared", "-fPIC", "-O1", source, "-o"]).arg(new.path());
    let output = command.output().expect("cc: apt-get install build-essential");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Another process may do the same.
    let library = folder.join("clock.so");
    new.persist(&library).unwrap();
    library
});

pub(crate) struct Clock {
    path: PathBuf,
    file: File,
}

impl Clock {
    /// One that is right, by a new file.
    pub(crate) fn new(path: &Path) -> Self {
        let file = File::options().read(true).write(true).create_new(true).open(path).unwrap();
        file.set_len(WHICH_AT + CELL_BYTES).unwrap();
        Clock { path: path.to_owned(), file }
    }

    /// Sets it so many seconds off, at once for all threads.
    pub(crate) fn turn(&self, seconds: i64) {
        let mut which = [0];
        self.file.read_exact_at(&mut which, WHICH_AT).unwrap();
        let next = 1 - which[0];
        self.file.write_all_at(&seconds.to_ne_bytes(), u64::from(next) * CELL_BYTES).unwrap();
        self.file.write_all_at(&[next], WHICH_AT).unwrap();
    }

    /// The variables of the environment with which a process goes by it.
    pub(crate) fn variables(&self) -> [(&str, &Path); 2] {
        [("LD_PRELOAD", &LIBRARY), ("TURNED_CLOCK", &self.path)]
    }
}
