//! How much alike two titles are: the share of letter pairs they have in common (Jaccard index).

use std::collections::BTreeSet;

/// The pairs of neighbouring letters and digits of a title.
pub(crate) fn pairs(title: &str) -> BTreeSet<(char, char)> {
    let letters: Vec<char> = title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Hundredths of their pairs that two titles share, over all pairs of both.
pub(crate) fn likeness(a: &BTreeSet<(char, char)>, b: &BTreeSet<(char, char)>) -> usize {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    (common * 100).checked_div(all).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_announced_twice_is_alike_and_another_is_not() {
        let a = pairs("제3회 옥정호수공원 겨울빛 점등식 안내");
        let b = pairs("[D-3] 옥정호수공원 겨울빛 점등식!");
        let c = pairs("옥정호수도서관 12월 강연 안내");
        assert!(likeness(&a, &b) >= 50, "{}", likeness(&a, &b));
        assert!(likeness(&a, &c) < 35, "{}", likeness(&a, &c));
    }
}
