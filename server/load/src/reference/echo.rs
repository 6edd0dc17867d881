//! An echo over the same libraries as the server: what a message costs that is only sent back.
//!
//! This file does not know the load.

use std::net::SocketAddr;

use clap::Args;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::options::pin;

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Run on this core alone
    #[arg(long, value_name = "CORE")]
    pub(crate) pin: Option<usize>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    pin(options.pin)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(options.listen).await?;
        println!("listening on http://{}/", listener.local_addr()?);
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            tokio::spawn(echo(socket));
        }
    })
}

/// Until the peer goes or breaks the protocol: there is nobody to tell.
async fn echo(socket: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(socket).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}
