//! Who carries the messages: the emulator in this process, or Bizgo.

use std::sync::Arc;

use sosik::Clock;
use sosik::bizgo::Bizgo;
use sosik::channel::{GroupSender, Throttled, Transport};
use sosik_emulator::{Emulator, Options};

use crate::Failure;
use crate::args::{Args, Provider};

/// The transport, and the emulator behind it where there is one.
pub(crate) struct Carrier {
    pub(crate) transport: Arc<dyn Transport>,
    /// Whoever sends to all friends.
    pub(crate) friends: Arc<dyn GroupSender>,
    pub(crate) emulator: Option<Emulator>,
}

impl Carrier {
    pub(crate) async fn of(args: &Args, clock: &Arc<dyn Clock>) -> Result<Self, Failure> {
        let (key, sender, url, emulator) = match args.provider {
            Provider::Emulator => {
                let options = Options::new("EMULATED")
                    .with_clock(Arc::clone(clock))
                    .with_state(args.out.join("emulator"))
                    .with_failures(0.06, 0.15)
                    .with_repeated_receipts(0.03);
                let emulator = Emulator::start(([127, 0, 0, 1], 0).into(), options).await?;
                ("EMULATED".to_owned(), "SENDER_KEY_EXAMPLE".to_owned(), Some(emulator.url()), Some(emulator))
            }
            Provider::Bizgo => {
                let need = |value: &Option<String>, name: &str| {
                    value.clone().ok_or_else(|| Failure::new(format!("{name} is not set: Bizgo needs it")))
                };
                let local = args.bizgo_url.as_deref().is_some_and(|url| url.starts_with("http://"));
                if args.now.is_some() && !local {
                    // Plain http goes to this machine only: anything else is a dealer who really sends.
                    let why = "--now sets a rehearsal's clock, by which nothing may really be sent: leave it out";
                    return Err(Failure::new(why));
                }
                let key = need(&args.bizgo_key, "BIZGO_API_KEY")?;
                (key, need(&args.bizgo_sender, "BIZGO_SENDER_KEY")?, args.bizgo_url.clone(), None)
            }
        };
        let mut builder = Bizgo::builder(key, sender);
        if let Some(url) = url {
            builder = builder.base_url(url);
        }
        let bizgo = Arc::new(Throttled::new(builder.build()?, Arc::clone(clock)));
        Ok(Self { transport: Arc::clone(&bizgo) as _, friends: bizgo, emulator })
    }
}
