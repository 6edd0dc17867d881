//! A text in the person's own editor.
//!
//! This file does not know where the text comes from or goes to.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use tokio::process::Command;

use crate::{disk, folders};

/// Largest text that is taken back, in bytes: far above what one message can hold.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// Lets the person edit a text in `$VISUAL` or `$EDITOR`, in a file that is theirs alone, and gives
/// back what they saved.
///
/// # Errors
/// A sentence for the person: there is no editor, it failed, or what it left cannot be read.
pub(crate) async fn edit(text: &str) -> anyhow::Result<String> {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let named = ["VISUAL", "EDITOR"].iter().find_map(set);
    let editor = named.unwrap_or_else(|| "vi".to_owned());
    let folder = folders::state_folder()?;
    disk::make_folder(&folder)?;
    let file = disk::write_new(&folder, "message", text.as_bytes())
        .context("cannot write the text for the editor")?;
    let edited = match run(&editor, &file).await {
        // What was written and cannot be taken back is not thrown away.
        Ok(()) => Ok(read(&file)?),
        Err(error) => Err(error),
    };
    disk::remove(&file)?;
    edited
}

/// What stands in `$EDITOR` may have arguments: a shell understands it.
async fn run(editor: &str, file: &Path) -> anyhow::Result<()> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file).kill_on_drop(true);
    let status = command.status().await.with_context(|| format!("cannot start {editor}"))?;
    if !status.success() {
        bail!(
            "{editor} exited with {status}. Your text is unchanged; VISUAL or EDITOR sets another editor"
        );
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::metadata(file).context("the editor left no file")?.len();
    if bytes > TEXT_BYTES_MAX {
        bail!("{bytes} bytes are too long for a message; they are kept in {}", file.display());
    }
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
