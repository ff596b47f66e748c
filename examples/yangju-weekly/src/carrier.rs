//! Who carries the messages: the emulator in this process, or Bizgo.

use std::collections::BTreeMap;
use std::sync::Arc;

use sosik::bizgo::{Bizgo, BizgoBuilder};
use sosik::channel::{GroupSender, Throttled, Transport};
use sosik::{ChannelId, Clock};
use sosik_emulator::{Emulator, Options};

use crate::Failure;
use crate::args::{Args, Provider, Way};
use crate::config::{City, Voice};

/// The transport, and the emulator behind it where there is one.
pub(crate) struct Carrier {
    pub(crate) transport: Arc<dyn Transport>,
    /// Whoever sends to all friends.
    pub(crate) friends: Arc<dyn GroupSender>,
    pub(crate) emulator: Option<Emulator>,
    /// Those of the districts' channels, each with a sender profile of its own.
    districts: BTreeMap<ChannelId, Arc<dyn Transport>>,
}

impl Carrier {
    pub(crate) async fn of(args: &Args, city: &City, clock: &Arc<dyn Clock>) -> Result<Self, Failure> {
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
        let build = |sender: String| {
            let builder = Bizgo::builder(key.as_str(), sender);
            url.iter().fold(builder, BizgoBuilder::base_url).build()
        };
        let bizgo = Arc::new(Throttled::new(build(sender)?, Arc::clone(clock)));
        let mut districts = BTreeMap::new();
        // The other ways go through the city's channel alone.
        let voices = city.districts.iter().filter(|_| args.route == Way::Recipients);
        for Voice { channel, sender_key, .. } in voices {
            let sender = match (sender_key, args.provider) {
                (Some(key), _) => key.clone(),
                (None, Provider::Emulator) => format!("SENDER_KEY_{}", districts.len() + 1),
                (None, Provider::Bizgo) => {
                    let why =
                        format!("senders.{channel} is missing in the settings: each channel has a sender profile");
                    return Err(Failure::new(why));
                }
            };
            // One account has one rate.
            districts.insert(channel.clone(), Arc::new(bizgo.beside(build(sender)?)) as Arc<dyn Transport>);
        }
        Ok(Self { transport: Arc::clone(&bizgo) as _, friends: bizgo, emulator, districts })
    }

    /// The transport of a channel.
    pub(crate) fn through(&self, channel: &ChannelId) -> &Arc<dyn Transport> {
        self.districts.get(channel).unwrap_or(&self.transport)
    }

    /// The districts' channels and their transports.
    pub(crate) fn districts(&self) -> impl Iterator<Item = (&ChannelId, &Arc<dyn Transport>)> {
        self.districts.iter()
    }
}
