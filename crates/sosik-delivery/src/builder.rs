use std::sync::Arc;

use chrono::TimeDelta;
use sosik_channel::Transport;
use sosik_core::ChannelId;
use sosik_schedule::SendWindow;

use crate::tickets::Tickets;
use crate::{Caps, Engine, Patience, Queue};

/// Makes an [`Engine`].
#[derive(Debug)]
#[must_use]
pub struct EngineBuilder(pub(crate) Engine);

impl EngineBuilder {
    /// The name under which this process works; `engine` unless set. Two processes must not share one.
    pub fn worker(mut self, name: impl Into<String>) -> Self {
        self.0.worker = name.into();
        let lanes = self.0.lanes.len();
        self.lanes(lanes)
    }

    /// By which transport the messages of a channel go; those of all others go by that of [`Engine::builder`]. For a city
    /// whose districts (읍면동) have channels, and so sender profiles, of their own.
    ///
    /// Change the transport of a channel only while nothing of it is open: what was submitted by one is looked up there, and
    /// another does not know of it.
    ///
    /// Where one refuses its account, the batches of its channels wait a while and the others go on; with one transport alone
    /// the round ends with the error.
    pub fn channel(mut self, channel: ChannelId, transport: Arc<dyn Transport>) -> Self {
        self.0.carriers.set(channel, transport);
        self
    }

    /// The same for another sender of the account that [`Engine::builder`]'s transport has: receipts of the whole account come
    /// to whoever asks for them, so that this one asks for all.
    pub fn channel_beside(mut self, channel: ChannelId, transport: Arc<dyn Transport>) -> Self {
        self.0.carriers.set_beside(channel, transport);
        self
    }

    /// How many batches are moved on at once: while one waits for the provider, another is read and written down. One
    /// unless set.
    ///
    /// A process that begins again under its name should have as many lanes as before: what another lane held is free
    /// only when its lease has run out.
    pub fn lanes(mut self, lanes: usize) -> Self {
        let name = |lane: usize| if lane == 0 { self.0.worker.clone() } else { format!("{}/{lane}", self.0.worker) };
        self.0.lanes = (0..lanes.max(1)).map(name).collect();
        self
    }

    /// How long a batch is leased: longer than a submission can take. A minute unless set.
    pub fn lease(mut self, span: TimeDelta) -> Self {
        self.0.lease = span;
        self
    }

    /// The shortest wait between two questions for receipts. A second unless set; it doubles, up to a minute, while
    /// there are none.
    pub fn poll_every(mut self, span: TimeDelta) -> Self {
        self.0.poll_every = span;
        self
    }

    /// How long after a submission missing receipts are asked for one by one. A minute unless set.
    pub fn inquire_after(mut self, span: TimeDelta) -> Self {
        self.0.inquire_after = span;
        self
    }

    /// How long after a submission what is still missing counts as unknown. A day unless set.
    pub fn give_up_after(mut self, span: TimeDelta) -> Self {
        self.0.give_up_after = span;
        self
    }

    /// One more window that must be open when an advertisement is submitted, beside the law's
    /// ([`SendWindow::statutory_day`]), which always must.
    pub fn window(mut self, window: SendWindow) -> Self {
        self.0.windows.push(window);
        self
    }

    /// How many messages one person gets: who has had as many, by whichever channel, is passed over at each submission. Any
    /// number unless set.
    pub fn caps(mut self, caps: Caps) -> Self {
        self.0.caps = caps;
        self
    }

    /// How a batch that failed is tried again. [`Patience::new`] unless set.
    pub fn patience(mut self, patience: Patience) -> Self {
        self.0.patience = patience;
        self
    }

    /// At most so many recipients a second of all channels together, as the provider's contract says. Emergencies do not
    /// wait for it. Each worker counts its own: give each its part.
    pub fn at_most(mut self, recipients_per_second: u32) -> Self {
        self.0.pace.set(None, recipients_per_second);
        self
    }

    /// At most so many recipients a second of one channel: so that a large channel leaves room for others, and whoever
    /// answers questions after a message is not asked by everyone at once.
    pub fn at_most_of(mut self, channel: ChannelId, recipients_per_second: u32) -> Self {
        self.0.pace.set(Some(channel), recipients_per_second);
        self
    }

    /// By which workers tell one another what there is to do. Without one each asks the outbox, which is enough for some
    /// ten workers; where the queue is away, they do so too.
    pub fn queue(mut self, queue: Arc<dyn Queue>) -> Self {
        self.0.tickets = Some(Tickets::new(queue));
        self
    }

    /// The engine.
    #[must_use]
    pub fn build(self) -> Engine {
        self.0
    }
}
