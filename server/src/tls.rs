//! TLS: certificate and key from files, read anew when asked, without anybody being dropped.
//!
//! This file does not know what is spoken inside.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use crate::config::Config;
use crate::files;
use crate::socket;

/// Bytes that wait inside TLS for one connection: one record. Whoever takes no more than that in the
/// time of a write without progress is too slow.
const BUFFERED_BYTES_MAX: usize = 16 * 1024;

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds something else.
    #[error("cannot read the {what} in {path:?}: {error}")]
    File {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: pem::Error,
    },
    /// The two do not belong together, or the key is of a kind that is not known.
    #[error("cannot use the certificate in {cert:?} with the key in {key:?}: {error}")]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        error: rustls::Error,
    },
}

/// What new connections are shown.
#[derive(Debug)]
pub(crate) struct Tls {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<ServerConfig>>,
}

/// What files hold now, not shown yet.
pub(crate) struct NewCertificate(Arc<ServerConfig>);

impl Tls {
    /// As the settings say, if they do.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, TlsError> {
        let files = config.tls_cert.as_ref().zip(config.tls_key.as_ref());
        files.map(|(cert, key)| Tls::open(cert, key)).transpose()
    }

    /// Reads a chain of certificates and the key of the first, both in PEM.
    fn open(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let current = RwLock::new(read(cert, key)?);
        Ok(Tls { cert: cert.to_owned(), key: key.to_owned(), current })
    }

    /// Reads both anew. It changes nothing before it is [shown](Self::show).
    pub(crate) fn read(&self) -> Result<NewCertificate, TlsError> {
        read(&self.cert, &self.key).map(NewCertificate)
    }

    /// Shows this to connections from now on.
    pub(crate) fn show(&self, NewCertificate(read): NewCertificate) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
    }

    /// The server's side of the handshake.
    pub(crate) async fn accept(&self, socket: TcpStream) -> io::Result<socket::Tls> {
        // Nothing panics while it holds this lock.
        let config = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut socket = TlsAcceptor::from(config).accept(socket).await?;
        socket.get_mut().1.set_buffer_limit(Some(BUFFERED_BYTES_MAX));
        Ok(Box::new(socket))
    }
}

fn read(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let bad = |what, path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::File { what, path, error }
    };
    let file =
        |what, path| files::read(path).map_err(|error| bad(what, path)(pem::Error::Io(error)));
    let chain = CertificateDer::pem_slice_iter(&file("certificate", cert)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(bad("certificate", cert))?;
    if chain.is_empty() {
        return Err(bad("certificate", cert)(pem::Error::NoItemsFound));
    }
    let secret = PrivateKeyDer::from_pem_slice(&file("key", key)?).map_err(bad("key", key))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
    let mut config = config.map_err(|error| TlsError::Mismatch {
        cert: cert.to_owned(),
        key: key.to_owned(),
        error,
    })?;
    // WebSockets open with HTTP/1.1: a browser must not choose HTTP/2.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
