use chrono::{DateTime, Utc};
use sosik_core::ChannelId;

use crate::Purpose;

/// What has to hold of a person before they may be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Need {
    /// The consent that is needed.
    pub purpose: Purpose,
    /// The instant at which it must stand.
    pub at: DateTime<Utc>,
    /// The channel through which they are sent to: whoever blocked or left it is not.
    pub channel: Option<ChannelId>,
}

impl Need {
    /// A standing consent at an instant.
    #[must_use]
    pub fn new(purpose: Purpose, at: DateTime<Utc>) -> Self {
        Self { purpose, at, channel: None }
    }

    /// The same through a channel.
    #[must_use]
    pub fn through(mut self, channel: ChannelId) -> Self {
        self.channel = Some(channel);
        self
    }
}
