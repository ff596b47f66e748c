//! What is told of people, in whatever order.

use chrono::{DateTime, Utc};
use rusqlite::params;
use sosik_registry::{Erasure, Event, Identity, NewSubscriber, Relation, StoreError, SubscriberId};

use crate::people::{NewRow, People};
use crate::query::{all, one, run};
use crate::rows::{instant, micros};

impl People<'_> {
    pub(crate) fn apply(&mut self, event: &Event, new_id: &dyn Fn() -> SubscriberId) -> Result<(), StoreError> {
        match event {
            Event::Related { who, relation, .. } => self.related(who, relation, new_id),
            Event::Unlinked { who, at, .. } => {
                if self.unlink_until(who, *at)? {
                    self.unlink(who, *at, new_id)?;
                }
                Ok(())
            }
            // One that this release does not know of.
            _ => Err(crate::error::unreadable("event", "this store does not know of such events")),
        }
    }

    fn related(
        &mut self,
        who: &Identity,
        relation: &Relation,
        new_id: &dyn Fn() -> SubscriberId,
    ) -> Result<(), StoreError> {
        if self.unlinked(who)?.is_some_and(|until| until >= micros(relation.at)) {
            return Ok(());
        }
        let (number, lookup) = match self.holder(who)? {
            Some(holder) => {
                if holder.by_events && relation.at < holder.since {
                    self.since(holder.number, relation.at)?;
                }
                (holder.number, holder.lookup)
            }
            None => (self.begin(who, relation.at, new_id())?, self.vault.index(who)),
        };
        let (channel, state, at) = (relation.channel.as_str(), relation.state as i64, micros(relation.at));
        let values = params![number, channel, lookup.as_slice(), state, at, relation.source];
        run(self.transaction, include_str!("../queries/relation_put.sql"), values).map(drop)
    }

    fn unlink(
        &mut self,
        who: &Identity,
        at: DateTime<Utc>,
        new_id: &dyn Fn() -> SubscriberId,
    ) -> Result<(), StoreError> {
        let Some(holder) = self.holder(who)? else { return Ok(()) };
        let (number, lookup) = (holder.number, holder.lookup);
        let values = params![number, lookup.as_slice(), micros(at)];
        run(self.transaction, include_str!("../queries/relations_drop.sql"), values)?;
        if holder.put_at.is_some_and(|put| put > micros(at)) {
            return Ok(());
        }
        let first = include_str!("../queries/relations_first.sql");
        let first =
            one(self.transaction, first, params![number, lookup.as_slice()], |row| row.get::<_, Option<i64>>(0))?;
        let first = first.flatten().map(instant).transpose()?;
        if let (None, Some(first)) = (holder.put_at, first) {
            return self.since(number, first);
        }
        // What was told later is of someone of whom nothing else is known.
        let later = all(
            self.transaction,
            "SELECT channel, state, at, source FROM relations WHERE subscriber = ?1 AND lookup = ?2",
            params![number, lookup.as_slice()],
            crate::rows::relation,
        )?;
        self.lose(&holder, who, &Erasure::new(at, "unlinked"))?;
        if let Some(first) = first {
            self.begin(who, first, new_id())?;
            later.iter().try_for_each(|relation| self.related(who, relation, new_id))?;
        }
        Ok(())
    }

    /// Keeps someone of whom no more than an id is known.
    fn begin(&mut self, who: &Identity, since: DateTime<Utc>, id: SubscriberId) -> Result<i64, StoreError> {
        let number = self.next_number()?;
        let row = NewRow::of(&NewSubscriber::known_by(who.clone()));
        self.insert(number, id, &row, None, true, since)?;
        self.give(number, id, who, None)?;
        Ok(number)
    }

    fn since(&mut self, number: i64, since: DateTime<Utc>) -> Result<(), StoreError> {
        let values = params![number, micros(since)];
        run(self.transaction, include_str!("../queries/subscriber_since.sql"), values).map(drop)
    }
}
