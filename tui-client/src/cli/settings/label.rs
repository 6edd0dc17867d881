//! What this device is called where nobody names it: the client, and the machine it runs on.

use protocol::Label;
use rustix::system::uname;

pub(super) fn here() -> Option<Label> {
    let system = uname();
    let host = system.nodename().to_string_lossy();
    // The whole name of a machine may be longer than a label, and says no more to its owner.
    let host = host.split('.').next().unwrap_or_default();
    let label = Label::try_from(format!("nebula on {host}").as_str());
    label.or_else(|_| Label::try_from("nebula")).ok()
}
