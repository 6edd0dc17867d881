//! TLS towards receivers, whose certificates the system's authorities have signed.
//!
//! This file does not know what is sent.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::failed::Failed;
use super::url::HookUrl;
use crate::config::files::aside;

/// What is needed for it, once it was read.
#[derive(Debug, Default)]
pub(super) struct Tls(Mutex<Option<Arc<ClientConfig>>>);

impl Tls {
    /// Speaks it over a socket, with the receiver of a URL and with nobody else.
    pub(super) async fn connect(
        &self,
        url: &HookUrl,
        socket: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Failed> {
        let name = match url.address() {
            Some(address) => ServerName::from(address),
            None => ServerName::try_from(url.host().to_owned()).map_err(|_| Failed::Name)?,
        };
        let connector = TlsConnector::from(self.config().await?);
        connector.connect(name, socket).await.map_err(Failed::Tls)
    }

    /// Where nothing could be read it is tried again: somebody may install the certificates meanwhile.
    async fn config(&self) -> Result<Arc<ClientConfig>, Failed> {
        let known = self.0.lock().clone();
        if let Some(config) = known {
            return Ok(config);
        }
        let config = Arc::new(aside(read).await.map_err(Failed::Roots)??);
        *self.0.lock() = Some(config.clone());
        Ok(config)
    }
}

fn read() -> Result<ClientConfig, Failed> {
    let mut roots = RootCertStore::empty();
    // Some that cannot be read are no fault: the others count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Failed::NoRoots);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|_| Failed::NoRoots)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
