//! What is asked of every file and every dependency.

mod dependencies;
mod imports;
mod tidy;
