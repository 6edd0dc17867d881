//! Several servers that are one chat, over a real NATS server.

mod addresses;
mod founding;
mod operator;
mod order;
mod proxied;
mod starting;
mod status;
