//! Files that settings name: opened and read so that only a disk can make anybody wait.
//!
//! A pipe with nobody at its other end would hold a start, or a reload, for ever; so would a device
//! without an end. This file does not know what is read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread;

use rustix::fs::OFlags;
use tokio::sync::oneshot;

/// Bytes of a file with certificates, a key or moderators. A list of ten thousand moderators has
/// less.
const BYTES_MAX: u64 = 1024 * 1024;

/// Opens a regular file, and nothing else: what is a pipe or a device is refused at once.
///
/// # Errors
/// What the system says, or that it is no regular file.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Without this flag, to open a pipe is to wait for somebody at its other end. It changes nothing
    // for regular files.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
    let file = options.custom_flags(flags).open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(io::Error::other("not a regular file but a pipe, a socket or a device"));
    }
    Ok(file)
}

/// Reads a regular file whole.
///
/// # Errors
/// As [`open`], or that it is too large.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path, File::options().read(true))?;
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::Error::other(format!("larger than {BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

/// Does something that waits for a disk, or a name server, on a thread of its own, which nobody waits for at
/// the end: what does not answer holds neither connections nor stopping.
///
/// # Errors
/// That there is no thread, or that it panicked.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (done, is_done) = oneshot::channel();
    // Who asked may have gone.
    let run = move || drop(done.send(work()));
    thread::Builder::new().name("aside".into()).spawn(run)?;
    is_done.await.map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_a_regular_file_of_a_size_that_makes_sense_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let full = vec![b'x'; usize::try_from(BYTES_MAX).unwrap()];
        fs::write(&path, &full).unwrap();
        assert_eq!(read(&path).unwrap(), full);
        fs::write(&path, [&full[..], b"x"].concat()).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("1048576 bytes"));
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        for path in [&pipe, Path::new("/dev/zero"), folder.path()] {
            let error = read(path).unwrap_err().to_string();
            assert!(error.contains("regular file") || error.contains("directory"), "{error}");
        }
    }
}
