//! What the system knows of the server's process: CPU time and memory.
//!
//! This file does not know the load.

use std::fs;
use std::time::Duration;

/// CPU time of all threads so far, as the scheduler counts it (ns).
pub(crate) fn cpu(pid: Option<u32>) -> Option<Duration> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{}/task", pid?)).ok()? {
        let path = task.ok()?.path().join("schedstat");
        // A thread may end between the listing and the reading.
        let Ok(text) = fs::read_to_string(path) else { continue };
        total += text.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(total))
}

/// Resident memory in bytes.
pub(crate) fn memory(pid: Option<u32>) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", pid?)).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
}
