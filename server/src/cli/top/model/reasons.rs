//! What to do about each reason for which a server is not ready.
//!
//! This file does not know how it is found out.

use crate::monitoring::readiness::NotReady;

/// What to do, in a sentence.
pub(super) fn to_do(reason: NotReady) -> &'static str {
    match reason {
        NotReady::Stopping => {
            "Nothing, if you stopped it. Otherwise its log says which part ended."
        }
        NotReady::CannotStore => {
            "Is the disk full, or the database held by another process? The server's log has the error."
        }
        NotReady::ClockImpossible | NotReady::ClockAhead | NotReady::ClockBehind => {
            "Set the machine's clock; if it is right, restart the server once with --accept-clock."
        }
        NotReady::DatabaseGone => {
            "Put the file back, or stop the server and run `nebula-server restore`."
        }
        NotReady::DiskLow => {
            "Free some space; the server recovers by itself. --keep deletes old messages."
        }
        NotReady::CannotRead => {
            "See the server's log. If the database is damaged, stop the server and run `nebula-server restore`."
        }
        NotReady::ClusterJoining => {
            "Wait. If it lasts, `nebula-server cluster status` says what it waits for."
        }
        NotReady::ClusterWaiting | NotReady::ClusterCut => {
            "See NATS and the network between; `nebula-server cluster status` says more. It recovers by itself."
        }
        NotReady::ClusterDiverged => {
            "Stop this node, move its database away and keep it for a report, and start it again: it copies \
             another node's."
        }
    }
}
