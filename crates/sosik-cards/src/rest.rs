//! What one card has no room for, as the next.

use std::collections::BTreeSet;

use crate::face::Face;
use crate::layout::Left;

/// The pairs that a template numbers.
const NUMBERED: &str = "steps";

impl Face {
    /// The card with what this one left away, and what it left away that no card takes up. Nothing where all of it is such:
    /// a title is shortened by rule, and does not go on elsewhere.
    pub(crate) fn rest(&self, left: Vec<Left>) -> Option<(Self, Vec<Left>)> {
        let mut next = Self::new("more", self.topic);
        for name in ["title", "edition", "place", "topic"] {
            if let Some(text) = self.texts.get(name) {
                next.texts.insert(name.to_owned(), text.clone());
            }
        }
        let mut kept = Vec::new();
        // Whole pairs again, in their order: half a fact is none.
        let mut goes_on: BTreeSet<(String, usize)> = BTreeSet::new();
        for left in left {
            if let Some(row) = left.row.filter(|_| self.pairs.contains_key(&left.name)) {
                goes_on.insert((left.name, row));
            } else if let Some(lead) = self.texts.get("lead").filter(|_| left.name == "lead") {
                next.texts.insert("lead".to_owned(), lead.clone());
            } else {
                kept.push(left);
            }
        }
        for (name, at) in goes_on {
            let Some(all) = self.pairs.get(&name) else { continue };
            let Some((label, value)) = all.get(at) else { continue };
            // Steps keep their numbers; one that is alone has none.
            let is_numbered = name == NUMBERED && all.len() > 1;
            let (label, value) = match (is_numbered, label.is_empty()) {
                (true, true) => ((at + 1).to_string(), value.clone()),
                (true, false) => ((at + 1).to_string(), format!("{label} {value}")),
                (false, _) => (label.clone(), value.clone()),
            };
            next.pairs.entry("facts".to_owned()).or_default().push((label, value));
        }
        let is_same = self.template == next.template && self.pairs == next.pairs;
        let says = !next.pairs.is_empty() || next.texts.contains_key("lead");
        (says && !is_same).then_some((next, kept))
    }
}
