//! Who carries the messages of which channel.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use sosik_channel::{Idempotency, SendErrorKind, Transport};
use sosik_core::ChannelId;

/// A transport, and what an engine remembers of it. Losing that in a crash costs one early question.
#[derive(Debug)]
pub(crate) struct Carrier {
    pub(crate) transport: Arc<dyn Transport>,
    /// Of all carriers of one account: its receipts come to whoever asks.
    memory: Arc<Mutex<Memory>>,
    /// Whether another carrier of its account asks for receipts.
    beside: bool,
    /// Until when it is not asked to send: it refused the account, or its sender.
    refused: Mutex<Option<DateTime<Utc>>>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// When receipts are asked for next.
    pub(crate) poll: Option<DateTime<Utc>>,
    /// How often in a row there were none.
    pub(crate) empty: u32,
}

impl Carrier {
    fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, memory: Arc::default(), beside: false, refused: Mutex::default() }
    }

    /// Another sender of the same account.
    fn beside(&self, transport: Arc<dyn Transport>) -> Self {
        Self { transport, memory: Arc::clone(&self.memory), beside: true, refused: Mutex::default() }
    }

    pub(crate) fn refused(&self) -> MutexGuard<'_, Option<DateTime<Utc>>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
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

    pub(crate) fn set_beside(&mut self, channel: ChannelId, transport: Arc<dyn Transport>) {
        let carrier = self.others.beside(transport);
        self.own.insert(channel, carrier);
    }

    pub(crate) fn of(&self, channel: &ChannelId) -> &Carrier {
        self.own.get(channel).unwrap_or(&self.others)
    }

    /// Those that are asked for receipts: one of each account.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &Carrier> {
        std::iter::once(&self.others).chain(self.own.values().filter(|carrier| !carrier.beside))
    }

    /// Whether a refusal leaves nothing to do with any carrier: the key of the one account is wrong, or the one sender may not
    /// send.
    pub(crate) fn ends_all(&self, why: SendErrorKind) -> bool {
        match why {
            SendErrorKind::Unauthorized => self.asked().count() == 1,
            SendErrorKind::NotPermitted => self.own.is_empty(),
            _ => false,
        }
    }

    /// When receipts are asked for next, of any.
    pub(crate) fn next_poll(&self) -> Option<DateTime<Utc>> {
        self.asked().filter_map(|carrier| carrier.memory().poll).min()
    }
}
