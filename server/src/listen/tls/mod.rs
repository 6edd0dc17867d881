//! TLS: certificate and key from files, reloaded when asked, without anybody being dropped; and what
//! is to be said about them before clients say it.
//!
//! This file does not know what is spoken inside.

mod certificate;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{Error, InconsistentKeys, ServerConfig};

use self::certificate::Facts;
use crate::config::{Config, files, pem};
use crate::listen::socket;
use crate::monitoring::moment::utc;

/// Bytes that wait inside TLS for one connection: one record. Whoever takes no more than that in the
/// time of a write without progress is too slow.
const BUFFERED_BYTES_MAX: usize = 16 * 1024;
/// When there is no more left than this, it is said every day: a renewal has failed by then, which is
/// due after two thirds of a certificate's time. Of short ones it is the last third.
const ENDS_SOON: u64 = 14 * 24 * 60 * 60;

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds something else.
    #[error("cannot read the {what} in {path:?}: {why}")]
    File { what: &'static str, path: PathBuf, why: String },
    /// The two do not belong together, or the key is of a kind that is not known.
    #[error("cannot use the certificate in {cert:?} with the key in {key:?}: {why}")]
    Mismatch { cert: PathBuf, key: PathBuf, why: String },
}

/// Something about a certificate that clients may refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// Whether every client does.
    pub is_fatal: bool,
    /// For the operator.
    pub sentence: String,
}

/// What new connections are shown.
#[derive(Debug)]
pub(crate) struct Tls {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<NewCertificate>,
}

/// What files hold now, not shown yet.
#[derive(Debug, Clone)]
pub(crate) struct NewCertificate {
    config: Arc<ServerConfig>,
    chain: Arc<[Facts]>,
}

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

    /// Reads both again. It changes nothing before it is [shown](Self::show).
    pub(crate) fn read(&self) -> Result<NewCertificate, TlsError> {
        read(&self.cert, &self.key)
    }

    /// Shows this to connections from now on.
    pub(crate) fn show(&self, read: NewCertificate) {
        *self.current.write() = read;
    }

    /// The server's side of the handshake.
    pub(crate) async fn accept(&self, socket: TcpStream) -> io::Result<socket::Tls> {
        let config = self.current().config;
        let mut socket = TlsAcceptor::from(config).accept(socket).await?;
        socket.get_mut().1.set_buffer_limit(Some(BUFFERED_BYTES_MAX));
        Ok(Box::new(socket))
    }

    /// The last second of the server's own certificate, since 1970.
    pub(crate) fn not_after(&self) -> u64 {
        self.current().chain.first().map_or(0, |own| own.not_after)
    }

    /// What clients may not like about the certificates at this time, in milliseconds since 1970.
    pub(crate) fn doubts(&self, now_ms: u64) -> Vec<Doubt> {
        doubts(&self.cert, &self.current().chain, now_ms / 1000)
    }

    fn current(&self) -> NewCertificate {
        self.current.read().clone()
    }
}

fn read(cert: &Path, key: &Path) -> Result<NewCertificate, TlsError> {
    let bad = |what, path: &Path, why| TlsError::File { what, path: path.to_owned(), why };
    let file =
        |what, path: &Path| files::read(path).map_err(|error| bad(what, path, error.to_string()));
    let chain = pem::certificates(&file("certificate", cert)?);
    let chain = chain.map_err(|why| bad("certificate", cert, why))?;
    let secret = pem::key(&file("key", key)?).map_err(|why| bad("key", key, why))?;
    let facts = chain.iter().enumerate().map(|(n, der)| {
        let why = || format!("certificate {} of it is damaged", n + 1);
        Facts::read(der).ok_or_else(|| bad("certificate", cert, why()))
    });
    let facts = facts.collect::<Result<_, _>>()?;
    let together = together(&chain, secret).map_err(|why| TlsError::Mismatch {
        cert: cert.to_owned(),
        key: key.to_owned(),
        why,
    })?;
    Ok(NewCertificate { config: Arc::new(together), chain: facts })
}

/// A chain with the key of its first certificate.
fn together(
    chain: &[CertificateDer<'static>],
    secret: PrivateKeyDer<'static>,
) -> Result<ServerConfig, String> {
    let provider = ring::default_provider();
    let key = provider.key_provider.load_private_key(secret).map_err(|_| {
        "the key is of a kind that is not spoken here: ECDSA with P-256 or P-384, RSA of 2,048 bits \
         and more, and Ed25519 are"
    })?;
    let with = |chain| CertifiedKey::new(chain, key.clone());
    let own = with(chain.to_vec());
    match own.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
        Err(Error::InconsistentKeys(_)) => {
            let is_its =
                |one: &CertificateDer<'static>| with(vec![one.clone()]).keys_match().is_ok();
            return Err(match chain.iter().position(is_its) {
                Some(n) => format!(
                    "the key is that of certificate {} in the file: the server's own has to be the \
                     first, and those that signed it follow",
                    n + 1
                ),
                None => {
                    "they do not belong together: the certificate was made for another key, so \
                         renew both together, or name the other file"
                        .to_owned()
                }
            });
        }
        Err(error) => return Err(error.to_string()),
    }
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let shown = Arc::new(SingleCertAndKey::from(own));
    let mut config = config.with_no_client_auth().with_cert_resolver(shown);
    // WebSockets open with HTTP/1.1: a browser must not choose HTTP/2.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn doubts(path: &Path, chain: &[Facts], now: u64) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut doubt = |is_fatal, sentence: String| doubts.push(Doubt { is_fatal, sentence });
    for (n, one) in chain.iter().enumerate() {
        let which = match n {
            0 => format!("the certificate in {path:?}"),
            n => format!("certificate {} in {path:?}", n + 1),
        };
        let lifetime = one.not_after.saturating_sub(one.not_before);
        let left = one.not_after.saturating_sub(now);
        if left == 0 {
            let sentence = format!(
                "{which} expired on {}: clients refuse it; renew it and reload with SIGHUP",
                day(one.not_after)
            );
            doubt(n == 0, sentence);
        } else if one.not_before > now {
            let sentence = format!(
                "{which} is not good before {}: clients refuse it; is the clock right?",
                day(one.not_before)
            );
            doubt(n == 0, sentence);
        } else if n == 0 && left < ENDS_SOON.min(lifetime / 3) {
            let sentence = format!(
                "{which} expires on {}: renew it and reload with SIGHUP",
                day(one.not_after)
            );
            doubt(false, sentence);
        }
        if chain.get(n + 1).is_some_and(|next| next.subject != one.issuer) {
            let sentence = format!(
                "certificate {} in {path:?} did not sign the one before it: clients may not find \
                 their way to an authority that they trust",
                n + 2
            );
            doubt(false, sentence);
        }
    }
    if let Some(own) = chain.first() {
        if own.is_authority {
            let sentence = format!(
                "the first certificate in {path:?} is an authority's (CA:TRUE): most clients refuse \
                 it as a server's"
            );
            doubt(false, sentence);
        }
        if !own.has_hosts {
            let sentence = format!(
                "the certificate in {path:?} names no host in subjectAltName: browsers refuse it"
            );
            doubt(false, sentence);
        }
    }
    doubts
}

/// For people; of a time that is written with more than four digits, the last that is not.
fn day(seconds: u64) -> String {
    format!("{:.0} UTC", utc(seconds.saturating_mul(1000))).replace('T', " ")
}
