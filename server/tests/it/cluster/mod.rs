//! Several servers that are one chat, over a real NATS server.

mod order;
