//! What is asked of every file, every dependency and every package.

mod dependencies;
mod imports;
mod packages;
mod tidy;
