//! Settings as a configuration file that would lead to them.

use std::fmt;

use super::file::quoted;
use super::{Origin, Settings};

/// A configuration file that would lead to these settings, each with where it comes from.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => writeln!(f, "# read: {}", file.display())?,
            None => writeln!(f, "# no configuration file")?,
        }
        if !self.logins.is_empty() {
            writeln!(f, "# the name and password of the server are set, and not shown")?;
        }
        for (name, value, origin) in &self.shown {
            let origin = match origin {
                Origin::Asked => format!("--{name} or NEBULA_{}", name.to_uppercase()),
                Origin::File => "file".to_owned(),
                Origin::LastTime => "last time".to_owned(),
                Origin::Default => "default".to_owned(),
            };
            match (*name, value) {
                ("token", Some(_)) => writeln!(f, "# token is set, and not shown  # {origin}")?,
                (_, Some(value)) => writeln!(f, "{name} = {value}  # {origin}")?,
                ("user", None) => {
                    writeln!(f, "# user is not set: you join as a guest")?;
                }
                (_, None) => writeln!(f, "# {name} is not set")?,
            }
        }
        if !self.rebound.is_empty() {
            writeln!(f, "\n[keys]")?;
        }
        for (key, wish) in &self.rebound {
            writeln!(f, "{} = {}  # file", quoted(key), quoted(wish))?;
        }
        Ok(())
    }
}
