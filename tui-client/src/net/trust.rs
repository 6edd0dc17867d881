//! Whom to trust when a server is spoken to inside TLS: the platform's authorities, or one's own.
//!
//! This file does not know which server that is.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, ensure};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Trusts the authorities in a PEM file and no others; without a file, the platform's. They are read once a
/// server inside TLS is dialled.
#[derive(Debug, Default)]
pub struct Trust {
    file: Option<PathBuf>,
    read: OnceLock<Arc<ClientConfig>>,
}

impl Trust {
    pub fn of(file: Option<PathBuf>) -> Self {
        Trust { file, read: OnceLock::new() }
    }

    /// # Errors
    /// If there is none, or the file holds something else.
    pub fn config(&self) -> anyhow::Result<Arc<ClientConfig>> {
        if let Some(config) = self.read.get() {
            return Ok(Arc::clone(config));
        }
        let config = trust(self.file.as_deref())?;
        Ok(Arc::clone(self.read.get_or_init(|| config)))
    }
}

fn trust(file: Option<&Path>) -> anyhow::Result<Arc<ClientConfig>> {
    let roots = match file {
        Some(path) => {
            let from = "--ca, NEBULA_CA or ca";
            own(path)
                .with_context(|| format!("cannot use the certificates in {path:?} ({from})"))?
        }
        None => platforms()?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn own(path: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    ensure!(!roots.is_empty(), "it holds no certificate");
    Ok(roots)
}

fn platforms() -> anyhow::Result<RootCertStore> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Among hundreds there may be one of a kind that is not understood: it is not trusted.
    let (known, _) = roots.add_parsable_certificates(found.certs);
    let first = found.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
    ensure!(
        known > 0,
        "this machine has no trusted certificate authorities{first}; name a file of them with --ca"
    );
    Ok(roots)
}
