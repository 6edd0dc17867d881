//! The defaults, which the flags state, as tests take them.
//!
//! This file does not know what any of them is.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use clap::{Args as _, Command, FromArgMatches as _};

use super::{Config, Db, Limits, Reload, Upkeep};

impl Config {
    /// The defaults, but nothing is kept, however full the disk is, any port will do, there are two
    /// shards, and nobody is ended for being silent or for a socket that stands still: machines that run
    /// tests may be slow.
    pub fn for_tests() -> Self {
        // Simulators ask hundreds of thousands of times.
        static DEFAULTS: LazyLock<Config> = LazyLock::new(Config::defaults);
        let defaults = DEFAULTS.clone();
        let upkeep = Upkeep { disk_free_min: 0, ..defaults.upkeep };
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            db: Db::Memory,
            shards: 2,
            ping_interval: Duration::from_secs(60 * 60),
            stall_timeout: Duration::from_secs(60 * 60),
            upkeep,
            reload: Reload::default(),
            ..defaults
        }
    }

    /// As the flags say it, whatever the environment says.
    #[allow(
        clippy::expect_used,
        reason = "they come from the flags alone, and every test reads them"
    )]
    fn defaults() -> Self {
        let flags = Config::augment_args(Command::new("defaults"));
        let flags = flags.mut_args(|flag| flag.env(None::<&'static str>));
        let parsed = flags.try_get_matches_from(["defaults"]);
        let defaults = parsed.and_then(|parsed| Config::from_arg_matches(&parsed));
        defaults.expect("every setting has a default that can be parsed")
    }
}

impl Limits {
    /// As [`Config::for_tests`].
    pub fn for_tests() -> Self {
        Config::for_tests().limits
    }
}

impl Upkeep {
    /// As [`Config::for_tests`].
    pub fn for_tests() -> Self {
        Config::for_tests().upkeep
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn servers_of_a_test_are_asked_to_reload_one_by_one() {
        let (asked, other) = (Config::for_tests().reload, Config::for_tests().reload);
        asked.ask();
        assert_eq!((other.asked().now_or_never(), asked.asked().now_or_never()), (None, Some(())));
    }

    /// The one default that no flag states as a value.
    #[test]
    fn what_the_help_says_of_bytes_in_a_day_is_so() {
        let flags = Config::augment_args(Command::new("flags"));
        let flag = flags.get_arguments().find(|it| it.get_long() == Some("person-daily-bytes"));
        let help = flag.unwrap().get_help().unwrap().to_string();
        let config = Config::for_tests();
        let bytes = config.limits.person_daily_bytes(config.message_rate);
        assert!(help.contains(&format!("[default: {bytes};")), "{help}");
    }
}
