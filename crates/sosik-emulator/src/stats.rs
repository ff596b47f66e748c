use std::collections::BTreeMap;

use serde::Serialize;

/// What an emulator took, refused, and would have sent twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// Calls of the dealers' APIs since it was started, whatever came of them.
    pub calls: u64,
    /// Messages taken, one for each recipient.
    pub accepted: u64,
    /// Different recipients among them.
    pub distinct: u64,
    /// Messages taken although the same recipient had the same message already: what no citizen should get.
    pub duplicates: u64,
    /// Recipients answered `A301`: taken before under the same key, and not sent to again.
    pub repeated: u64,
    /// Refusals by code: of whole requests, and of single recipients.
    pub rejected: BTreeMap<String, u64>,
    /// Pictures taken.
    pub uploads: u64,
    /// Messages delivered by `KakaoTalk`, or as the text that they were.
    pub delivered: u64,
    /// Messages delivered as a fallback text.
    pub fallback: u64,
    /// Messages that were taken, and cancelled before their time.
    pub cancelled: u64,
    /// Group sends taken.
    pub group_sends: u64,
    /// Friends that they went to so far.
    pub group_sent: u64,
    /// Webhooks that were answered as the dealer wants.
    pub webhooks: u64,
    /// Webhooks that were given up.
    pub webhooks_unanswered: u64,
    /// Messages not delivered in any way, the cancelled among them.
    pub failed: u64,
}
