//! What nodes and NATS servers that fail, stop or forget do to people and to databases.

mod clients;
mod databases;
mod fire;
mod rows;
mod standing;
