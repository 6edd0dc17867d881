//! The server as a whole: killed, stopped, started again, behind proxies.

mod acceptance;
mod binary;
mod ended;
mod faults;
mod proxies;
mod restart;
mod shutdown;
