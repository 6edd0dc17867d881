//! Certificates and keys out of PEM files, as people and their tools leave them: what means no harm
//! is taken, and what cannot be used is told with what it is and what to do.
//!
//! This file does not know which certificate goes with which key.

use tokio_rustls::rustls::pki_types::pem::{Error, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A mark that editors leave at the beginning of a file, and `cat` in the middle of one.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const BEGIN: &str = "-----BEGIN ";

/// All certificates of a file, at least one.
///
/// # Errors
/// A sentence for people.
pub(crate) fn certificates(file: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = tidied(file);
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(damaged)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let labels = labels(&text);
    let has = |what: &str| labels.iter().any(|label| label.contains(what));
    Err(if labels.is_empty() {
        no_pem(file, "x509")
    } else if has("PRIVATE KEY") {
        "it holds a private key and no certificate: is it the file for --tls-key?".to_owned()
    } else if has("REQUEST") {
        "it holds a request for a certificate: name the file that an authority made from it".into()
    } else if has("PKCS7") {
        "it holds PKCS #7: `openssl pkcs7 -print_certs` makes PEM certificates from it".to_owned()
    } else if has("TRUSTED CERTIFICATE") {
        "it holds a certificate in a form of OpenSSL's own: `openssl x509` makes a plain one".into()
    } else {
        format!("it holds {} and no CERTIFICATE", labels.join(" and "))
    })
}

/// The first private key of a file.
///
/// # Errors
/// A sentence for people. It holds nothing of the key.
pub(crate) fn key(file: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    let text = tidied(file);
    let labels = labels(&text);
    let has = |what: &str| labels.iter().any(|label| label.contains(what));
    let is_locked = text.windows(9).any(|part| part == b"ENCRYPTED");
    let found = match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) => return Ok(key),
        Err(error) => error,
    };
    Err(if labels.is_empty() {
        no_pem(file, "pkey")
    } else if is_locked {
        "the key is encrypted, and nobody is here to type its passphrase: `openssl pkey` writes \
         one without"
            .to_owned()
    } else if !matches!(found, Error::NoItemsFound) {
        damaged(found)
    } else if has("OPENSSH") {
        "it is a key in OpenSSH's form: `ssh-keygen -p -m PKCS8` changes it to PEM".to_owned()
    } else if has("CERTIFICATE") {
        "it holds a certificate and no private key: is it the file for --tls-cert?".to_owned()
    } else if has("PUBLIC KEY") {
        "it holds a public key: the private half is needed".to_owned()
    } else {
        format!("it holds {} and no PRIVATE KEY", labels.join(" and "))
    })
}

/// Lines without what editors, templates and other systems put around them.
pub(crate) fn tidied(file: &[u8]) -> Vec<u8> {
    let lines = file.split(|byte| matches!(byte, b'\n' | b'\r')).map(|line| {
        let line = line.trim_ascii();
        line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii()
    });
    lines.flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
}

/// What the parts of a file say they are.
fn labels(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let begins = text.lines().filter_map(|line| line.strip_prefix(BEGIN));
    begins.map(|label| label.trim_end_matches('-').to_owned()).collect()
}

fn damaged(error: Error) -> String {
    match error {
        Error::MissingSectionEnd { end_marker } => {
            let end = String::from_utf8_lossy(&end_marker).trim().to_owned();
            format!("its end is missing, {end}: the file was cut off")
        }
        Error::Base64Decode(_) => "it is damaged: what stands in it is not base64".to_owned(),
        Error::IllegalSectionStart { .. } => {
            "it is damaged: a line with -----BEGIN is not complete".to_owned()
        }
        other => other.to_string(),
    }
}

/// What a file is that holds nothing in PEM; OpenSSL's command reads its kind in another form.
fn no_pem(file: &[u8], command: &str) -> String {
    match file {
        [0x30, 0x82, _, _, 0x02, 0x01, 0x03, ..] => {
            "it is in PKCS #12: `openssl pkcs12 -nodes` makes PEM from it".to_owned()
        }
        [0x30, ..] => format!("it is in DER: `openssl {command} -inform DER` makes PEM from it"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is in UTF-16: save it as UTF-8".to_owned(),
        _ if file.trim_ascii().is_empty() => "it is empty".to_owned(),
        _ => format!("it holds nothing in PEM, which begins with {BEGIN}"),
    }
}
