//! Who carries the messages of which channel.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use sosik_channel::{Idempotency, Transport};
use sosik_core::ChannelId;

/// A transport, and what an engine remembers of it. Losing that in a crash costs one early question.
#[derive(Debug)]
pub(crate) struct Carrier {
    pub(crate) transport: Arc<dyn Transport>,
    memory: Mutex<Memory>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// When receipts are asked for next.
    pub(crate) poll: Option<DateTime<Utc>>,
    /// How often in a row there were none.
    pub(crate) empty: u32,
    /// Until when it is not asked to send: it refused the account.
    pub(crate) refused: Option<DateTime<Utc>>,
}

impl Carrier {
    fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, memory: Mutex::default() }
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether receipts are asked for as they come. What was submitted under a handle is asked for by it, batch by batch: a
    /// list of everything would be read again and again.
    pub(crate) fn polls(&self) -> bool {
        self.transport.capabilities().idempotency != Idempotency::Prepared
    }

    /// Receipts may come from now on.
    pub(crate) fn expect_receipts(&self, now: DateTime<Utc>) {
        if self.polls() {
            let mut memory = self.memory();
            (memory.poll, memory.empty) = (Some(now), 0);
        }
    }
}

/// The transport of each channel that has one of its own, and that of all others.
#[derive(Debug)]
pub(crate) struct Carriers {
    others: Carrier,
    own: BTreeMap<ChannelId, Carrier>,
}

impl Carriers {
    pub(crate) fn new(transport: Arc<dyn Transport>) -> Self {
        Self { others: Carrier::new(transport), own: BTreeMap::new() }
    }

    pub(crate) fn set(&mut self, channel: ChannelId, transport: Arc<dyn Transport>) {
        self.own.insert(channel, Carrier::new(transport));
    }

    pub(crate) fn of(&self, channel: &ChannelId) -> &Carrier {
        self.own.get(channel).unwrap_or(&self.others)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Carrier> {
        std::iter::once(&self.others).chain(self.own.values())
    }

    /// Whether one that refuses the account leaves others that do not.
    pub(crate) fn are_several(&self) -> bool {
        !self.own.is_empty()
    }

    /// When receipts are asked for next, of any.
    pub(crate) fn next_poll(&self) -> Option<DateTime<Utc>> {
        self.all().filter_map(|carrier| carrier.memory().poll).min()
    }
}
