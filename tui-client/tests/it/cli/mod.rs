//! Arguments and settings.

mod settings;
