//! Several servers that are one chat, over a real NATS server.

mod addresses;
mod devices;
mod faults;
mod founding;
mod messages;
mod moderation;
mod names;
mod operator;
mod order;
mod people;
mod proxied;
mod rooms;
mod starting;
mod status;
mod unheard;
mod webhooks;
