use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::BuilderVerifierExt;
use sosik_registry::{StoreError, StoreErrorKind};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Where the database is, and how it is reached. A password in it is not shown by `Debug`.
#[derive(Clone)]
pub struct Settings {
    config: Config,
    schema: String,
    roots: Vec<CertificateDer<'static>>,
    connections: usize,
}

impl Settings {
    /// How long is waited for a connection.
    const CONNECT: Duration = Duration::from_secs(10);

    /// Reads an address such as `postgres://name:password@host/database?sslmode=require`, or `host=… user=…`.
    ///
    /// Where it names no `sslmode`, or `prefer`, a connection to another machine is encrypted, and one to this machine is not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] of the kind [`Invalid`](StoreErrorKind::Invalid), which does not repeat the address.
    pub fn parse(address: &str) -> Result<Self, StoreError> {
        let wrong = |problem: &str| {
            let message = format!("{problem}: write postgres://name@host/database");
            StoreError::new(StoreErrorKind::Invalid, message)
        };
        // What is wrong with it is not told in full: it may repeat the password.
        let mut config: Config = address.parse().map_err(|_| wrong("this is no address of a PostgreSQL database"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong("the address names no host"));
        }
        // What is not said stays `prefer`, which anyone on the way can turn into nothing: whoever says that says it for
        // nothing too.
        if config.get_ssl_mode() == SslMode::Prefer {
            let names = config.get_hosts().iter().all(|host| match host {
                Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
                #[cfg(unix)]
                Host::Unix(_) => true,
            });
            // It is to these that it connects, whatever the names are.
            let is_here = names && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
            config.ssl_mode(if is_here { SslMode::Disable } else { SslMode::Require });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Self::CONNECT);
        }
        config.application_name("sosik");
        Ok(Self { config, schema: "sosik".to_owned(), roots: Vec::new(), connections: 8 })
    }

    /// The settings with another schema than `sosik`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the name is not made of 1 to 63 lower-case letters, digits and `_`, a letter first.
    pub fn with_schema(mut self, schema: &str) -> Result<Self, StoreError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins = schema.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        if !begins || schema.len() > 63 || !schema.bytes().all(allowed) {
            let message = "a schema's name is 1 to 63 lower-case letters, digits and `_`, a letter first";
            return Err(StoreError::new(StoreErrorKind::Invalid, message));
        }
        schema.clone_into(&mut self.schema);
        Ok(self)
    }

    /// The settings that trust these certificates, in PEM, and no others: of a city that signs its own.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when there is none, or one cannot be read.
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, StoreError> {
        let wrong = || StoreError::new(StoreErrorKind::Invalid, "there is no certificate in PEM that can be read");
        self.roots = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| wrong())?;
        if self.roots.is_empty() { Err(wrong()) } else { Ok(self) }
    }

    /// The settings with at most so many connections at once; eight without it.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections
    }

    /// Everything is looked for in the schema, and in no other.
    pub(crate) fn config(&self) -> Config {
        let mut config = self.config.clone();
        let before = config.get_options().map(|options| format!("{options} ")).unwrap_or_default();
        config.options(format!("{before}-c search_path={} -c timezone=UTC", self.schema));
        config
    }

    pub(crate) fn tls(&self) -> Result<ClientConfig, StoreError> {
        let wrong = |error: rustls::Error| {
            StoreError::new(StoreErrorKind::Unavailable, "the certificates cannot be used").with_source(error)
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(wrong)?;
        if self.roots.is_empty() {
            return Ok(builder.with_platform_verifier().map_err(wrong)?.with_no_client_auth());
        }
        let mut roots = rustls::RootCertStore::empty();
        for root in &self.roots {
            roots.add(root.clone()).map_err(wrong)?;
        }
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.config.get_hosts();
        f.debug_struct("Settings").field("hosts", &hosts).field("schema", &self.schema).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_address_is_told_without_its_password() {
        for address in ["", "mysql://sosik:geheim@db/x", "postgres://sosik:geheim@db:port/x"] {
            let error = Settings::parse(address).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Invalid);
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
        }
        let settings = Settings::parse("postgres://sosik:geheim@db.example.go.kr/x").unwrap();
        assert!(!format!("{settings:?}").contains("geheim"), "{settings:?}");
        for schema in ["", "Sosik", "1a", "a-b", "a;DROP", &"a".repeat(64)] {
            assert!(settings.clone().with_schema(schema).is_err(), "{schema}");
        }
        assert!(settings.clone().trusting(b"nothing").is_err());
    }

    #[test]
    fn another_machine_is_spoken_to_in_secret() {
        let mode = |address: &str| Settings::parse(address).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://sosik@db.example.go.kr/x"), SslMode::Require);
        assert_eq!(mode("postgres://sosik@127.0.0.1/x"), SslMode::Disable);
        assert_eq!(mode("postgres://sosik@db.example.go.kr/x?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://sosik@localhost/x?sslmode=require"), SslMode::Require);
        assert_eq!(mode("hostaddr=192.0.2.1 user=sosik dbname=x"), SslMode::Require);
        assert_eq!(mode("host=localhost hostaddr=192.0.2.1 user=sosik dbname=x"), SslMode::Require);
        assert_eq!(mode("postgres://sosik:sslmode@db.example.go.kr/x"), SslMode::Require);
        assert_eq!(mode("hostaddr=127.0.0.1 user=sosik dbname=x"), SslMode::Disable);
    }
}
