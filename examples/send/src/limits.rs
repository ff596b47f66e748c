//! What the dealers take, as a table.

use std::fmt::Write as _;

use serde_json::json;
use sosik::channel::Limit;
use sosik::{bizgo, solapi};

use crate::args::{Limits, Provider};

fn of(provider: Provider) -> (&'static str, Vec<Limit>) {
    match provider {
        Provider::Bizgo => ("Bizgo", bizgo::limits::all()),
        Provider::Solapi => ("SOLAPI", solapi::limits::all()),
    }
}

pub(crate) fn table(wanted: &Limits) -> String {
    let providers = wanted.provider.map_or(vec![Provider::Bizgo, Provider::Solapi], |one| vec![one]);
    let mut rows: Vec<(&str, Limit)> = providers
        .into_iter()
        .map(of)
        .flat_map(|(name, limits)| limits.into_iter().map(move |limit| (name, limit)))
        .collect();
    rows.sort_by_key(|(name, limit)| (*name, limit.part, limit.unit.words(), limit.source));
    if wanted.json {
        let all: Vec<_> = rows
            .iter()
            .map(|(name, limit)| {
                json!({ "provider": name, "part": limit.part, "unit": limit.unit.words(), "min": limit.min,
                    "max": limit.max, "source": limit.source, "as_of": limit.as_of })
            })
            .collect();
        return format!("{:#}\n", json!(all));
    }
    let mut text = format!("{:<8}{:<46}{:>10} {:>10}  {:<31}SOURCE\n", "DEALER", "PART", "LEAST", "MOST", "UNIT");
    for (name, limit) in &rows {
        let Limit { part, min, max, source, as_of, .. } = limit;
        let unit = limit.unit.words();
        let _ = writeln!(text, "{name:<8}{part:<46}{min:>10} {max:>10}  {unit:<31}{source}, {as_of}");
    }
    let _ = writeln!(text, "{} limits; where a part has several, all of them hold", rows.len());
    text
}
