use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, Context};
use async_nats::{ConnectOptions, ServerAddr};
use sosik_delivery::{QueueError, QueueErrorKind};

use crate::NatsQueue;

/// For how long the server knows a ticket again.
const KNOWN: Duration = Duration::from_secs(120);

/// What nobody took for so long is dropped: what waits still is told again. Longer than a ticket is put off.
const KEPT: Duration = Duration::from_secs(15 * 60);

/// How many tickets may be taken or put off at a time, of all workers together.
const AT_WORK: i64 = 100_000;

/// Who a worker is to the server. Hides itself.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Login {
    /// A file with a JWT and the seed of its key, as `nsc` writes it.
    File(PathBuf),
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token.
    Token(String),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "Login::File(…)",
            Self::Password { .. } => "Login::Password(…)",
            Self::Token(_) => "Login::Token(…)",
        })
    }
}

/// Makes a [`NatsQueue`].
#[must_use]
pub struct NatsQueueBuilder {
    address: String,
    stream: String,
    prefix: String,
    replicas: usize,
    hold: Duration,
    patience: Duration,
    login: Option<Login>,
    roots: Option<PathBuf>,
}

impl fmt::Debug for NatsQueueBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a password.
        f.debug_struct("NatsQueueBuilder")
            .field("stream", &self.stream)
            .field("prefix", &self.prefix)
            .field("replicas", &self.replicas)
            .field("hold", &self.hold)
            .field("patience", &self.patience)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

impl NatsQueueBuilder {
    pub(crate) fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            stream: "SOSIK_BATCHES".to_owned(),
            prefix: "sosik.batches".to_owned(),
            replicas: 1,
            hold: Duration::from_secs(60),
            patience: Duration::from_secs(2),
            login: None,
            roots: None,
        }
    }

    /// The stream's name, and what its subjects begin with: two cities on one server need two. `SOSIK_BATCHES` and
    /// `sosik.batches` unless set.
    pub fn stream(mut self, name: impl Into<String>, prefix: impl Into<String>) -> Self {
        (self.stream, self.prefix) = (name.into(), prefix.into());
        self
    }

    /// On how many servers of a cluster the stream is kept, 1 to 5: one unless set; three for a city that relies on it.
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// After how long an unanswered ticket is given again: longer than a batch can take. A minute unless set. All workers of
    /// a stream say the same; the last one to connect decides.
    pub fn hold(mut self, span: Duration) -> Self {
        self.hold = span;
        self
    }

    /// How long the server has to answer. Two seconds unless set.
    pub fn patience(mut self, span: Duration) -> Self {
        self.patience = span;
        self
    }

    /// Who the worker is to the server, where the address does not say so.
    pub fn login(mut self, login: Login) -> Self {
        self.login = Some(login);
        self
    }

    /// A PEM file with the authorities that the server's certificate may come from, beside the system's. An address that
    /// begins with `tls://` is encrypted.
    pub fn root_certificates(mut self, file: impl Into<PathBuf>) -> Self {
        self.roots = Some(file.into());
        self
    }

    /// Connects, and makes the stream and its consumers where they are missing. Later on the connection mends itself.
    ///
    /// # Errors
    ///
    /// [`QueueError`]: [`Unavailable`](QueueErrorKind::Unavailable) when the server cannot be reached, and
    /// [`Misconfigured`](QueueErrorKind::Misconfigured) when it refuses whoever asks, has no JetStream, or has a stream of
    /// this name for something else.
    pub async fn connect(self) -> Result<NatsQueue, QueueError> {
        let servers = self.servers()?;
        let options = self.options(&servers).await?;
        let client = options.connect(&servers[..]).await.map_err(|error| {
            use async_nats::ConnectErrorKind::{Authentication, AuthorizationViolation, Tls};
            match error.kind() {
                Authentication | AuthorizationViolation => misconfigured("NATS refuses the login", error),
                Tls => misconfigured("the connection to NATS cannot be encrypted", error),
                _ => unavailable("NATS cannot be reached", error),
            }
        })?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(self.patience);
        let stream = self.made(&context).await?;
        let urgent = self.consumer(&stream, "urgent").await?;
        let normal = self.consumer(&stream, "normal").await?;
        Ok(NatsQueue {
            client,
            context,
            urgent,
            normal,
            stream: self.stream,
            prefix: self.prefix,
            patience: self.patience,
        })
    }

    fn servers(&self) -> Result<Vec<ServerAddr>, QueueError> {
        let parse = |address: &str| address.trim().parse().map_err(|_| ());
        let servers: Result<Vec<ServerAddr>, ()> = self.address.split(',').map(parse).collect();
        // What was written is not repeated: it may hold a password.
        servers.map_err(|()| {
            QueueError::new(QueueErrorKind::Misconfigured, "the address of NATS is none: write nats://host:port")
        })
    }

    async fn options(&self, servers: &[ServerAddr]) -> Result<ConnectOptions, QueueError> {
        let in_address = servers.iter().find_map(|server| {
            let (user, password) = (server.username()?.to_owned(), server.password()?.to_owned());
            Some(Login::Password { user, password })
        });
        if let Some(Login::Password { password, .. }) = &in_address
            && password.contains('%')
        {
            return Err(QueueError::new(
                QueueErrorKind::Misconfigured,
                "the password in the address of NATS has signs that are escaped: give it as a login",
            ));
        }
        let options = match self.login.as_ref().or(in_address.as_ref()) {
            None => ConnectOptions::new(),
            Some(Login::Token(token)) => ConnectOptions::with_token(token.clone()),
            Some(Login::Password { user, password }) => {
                ConnectOptions::with_user_and_password(user.clone(), password.clone())
            }
            Some(Login::File(path)) => ConnectOptions::with_credentials_file(path)
                .await
                .map_err(|error| misconfigured("the file of the login cannot be read", error))?,
        };
        let options = match &self.roots {
            Some(roots) => options.add_root_certificates(roots.clone()),
            None => options,
        };
        // Servers that a cluster announces later are of no scheme: these too are encrypted.
        let encrypted = servers.iter().any(ServerAddr::tls_required);
        Ok(options
            .require_tls(encrypted)
            .name("sosik")
            .connection_timeout(self.patience)
            .request_timeout(Some(self.patience)))
    }

    /// The stream, such as it has to be.
    async fn made(&self, context: &Context) -> Result<Stream, QueueError> {
        let subjects = vec![format!("{}.urgent.*", self.prefix), format!("{}.normal.*", self.prefix)];
        let config = Config {
            name: self.stream.clone(),
            subjects: subjects.clone(),
            retention: RetentionPolicy::WorkQueue,
            storage: StorageType::File,
            num_replicas: self.replicas,
            duplicate_window: KNOWN,
            max_age: KEPT,
            description: Some("batches of sosik that are worth a look; their ledger is the database".to_owned()),
            ..Config::default()
        };
        let stream = context.get_or_create_stream(config).await.map_err(|error| asked("the stream", error))?;
        let found = &stream.cached_info().config;
        let wrong = if found.retention != RetentionPolicy::WorkQueue {
            Some("is no work queue".to_owned())
        } else if found.subjects != subjects {
            Some(format!("has other subjects than {}", subjects.join(", ")))
        } else if found.num_replicas != self.replicas {
            Some(format!("has {} replicas and not {}", found.num_replicas, self.replicas))
        } else {
            None
        };
        match wrong {
            None => Ok(stream),
            Some(wrong) => Err(QueueError::new(
                QueueErrorKind::Misconfigured,
                format!("the stream {} on NATS {wrong}: change it there, or name another", self.stream),
            )),
        }
    }

    /// The consumer of urgent or of other tickets, which all workers share.
    async fn consumer(&self, stream: &Stream, kind: &str) -> Result<PullConsumer, QueueError> {
        let config = pull::Config {
            durable_name: Some(kind.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.hold,
            max_deliver: -1,
            max_ack_pending: AT_WORK,
            filter_subject: format!("{}.{kind}.*", self.prefix),
            ..pull::Config::default()
        };
        stream.create_consumer(config).await.map_err(|error| {
            use async_nats::jetstream::stream::ConsumerErrorKind::{JetStream, TimedOut};
            match error.kind() {
                TimedOut => unavailable("NATS does not answer for the consumer", error),
                JetStream(_) => misconfigured(format!("NATS refuses the consumer {kind}"), error),
                _ => unavailable("the consumer on NATS cannot be made", error),
            }
        })
    }
}

/// Sorts an error of JetStream's own requests.
fn asked(what: &str, error: jetstream::context::CreateStreamError) -> QueueError {
    use jetstream::context::CreateStreamErrorKind::{JetStreamUnavailable, TimedOut};
    match error.kind() {
        TimedOut => unavailable(format!("NATS does not answer for {what}"), error),
        JetStreamUnavailable => misconfigured("NATS runs without JetStream: start it with -js", error),
        _ => misconfigured(format!("NATS refuses {what}"), error),
    }
}

pub(crate) fn unavailable(
    message: impl Into<String>,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> QueueError {
    QueueError::new(QueueErrorKind::Unavailable, message).with_source(source)
}

fn misconfigured(
    message: impl Into<String>,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> QueueError {
    QueueError::new(QueueErrorKind::Misconfigured, message).with_source(source)
}
