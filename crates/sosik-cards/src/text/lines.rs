//! Lines of Korean text: of all ways to set it, the most even one, without a lone syllable at the end.

use super::breaks::{Piece, parted, pieces};
use crate::fonts::clusters;

/// Text set in lines, and what did not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) lines: Vec<String>,
    /// What was left away at the end, where a `…` stands.
    pub(crate) lost: String,
    /// Whether a word is parted because no line is as wide.
    pub(crate) is_torn: bool,
}

/// Sets a text in at most `most` lines no wider than `width`, by the width of a line; nothing when it takes more.
pub(crate) fn set(text: &str, width: f32, most: usize, measure: &impl Fn(&str) -> f32) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let room = most.checked_sub(lines.len()).filter(|room| *room > 0)?;
        let pieces = fitting(paragraph, width, measure);
        // A cluster that is wider than a line has no place.
        if pieces.iter().any(|piece| measure(piece.text) > width) {
            return None;
        }
        lines.extend(paragraph_in(&pieces, width, room, measure)?);
    }
    Some(lines)
}

/// Sets a text in at most `most` lines, leaving away what does not fit.
pub(crate) fn set_shortened(text: &str, width: f32, most: usize, measure: &impl Fn(&str) -> f32) -> Set {
    let line = text.replace('\n', " ");
    let all = fitting(&line, width, measure);
    let is_torn = all.iter().skip(1).any(|piece| !piece.spaced);
    if let Some(lines) = set(text, width, most, measure) {
        return Set { lines, lost: String::new(), is_torn };
    }
    let with_dots = |kept: &str| set(&format!("{kept}…"), width, most, measure);
    // By halving: fewer pieces never take more lines.
    let (mut fits, mut takes_more) = (0, all.len());
    while takes_more - fits > 1 {
        let middle = usize::midpoint(fits, takes_more);
        if with_dots(&joined(&all[..middle])).is_some() {
            fits = middle;
        } else {
            takes_more = middle;
        }
    }
    let mut kept = joined(&all[..fits]);
    let (mut lost, spaced) = (joined(&all[fits..]), all.get(fits).is_some_and(|piece| piece.spaced));
    // A word is torn only where nothing else is kept, or where it is torn already.
    if fits == 0 || !spaced {
        let mut part = 0;
        for cluster in clusters(all.get(fits).map_or("", |piece| piece.text)) {
            if with_dots(&format!("{kept}{}", &lost[..part + cluster.len()])).is_none() {
                break;
            }
            part += cluster.len();
        }
        let rest = lost.split_off(part);
        kept.push_str(&lost);
        lost = rest;
    }
    let shorter = kept.trim_end_matches([' ', ',', '·', '-', '(', '~', ':', '‘', '“', '[']).len();
    let marks = kept.split_off(shorter);
    let gap = if spaced && !marks.is_empty() { " " } else { "" };
    let lines = with_dots(&kept).unwrap_or_else(|| vec!["…".to_owned()]);
    Set { lines, lost: format!("{marks}{gap}{lost}"), is_torn }
}

/// The pieces of a line, each of which fits a line.
fn fitting<'a>(line: &'a str, width: f32, measure: &impl Fn(&str) -> f32) -> Vec<Piece<'a>> {
    let fits = |text: &str| measure(text) <= width;
    let split = |piece: Piece<'a>| if fits(piece.text) { vec![piece] } else { parted(piece, &fits) };
    pieces(line).into_iter().flat_map(split).collect()
}

fn joined(pieces: &[Piece<'_>]) -> String {
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 && piece.spaced {
            out.push(' ');
        }
        out.push_str(piece.text);
    }
    out
}

/// The most even way in the fewest lines.
fn paragraph_in(pieces: &[Piece<'_>], width: f32, most: usize, measure: &impl Fn(&str) -> f32) -> Option<Vec<String>> {
    if pieces.is_empty() {
        return Some(Vec::new());
    }
    let widths: Vec<f32> = pieces.iter().map(|piece| measure(piece.text)).collect();
    let space = measure(" ");
    let mut least = 1;
    let mut line = 0.0;
    for (piece, wide) in pieces.iter().zip(&widths) {
        let longer = line + wide + if piece.spaced && line > 0.0 { space } else { 0.0 };
        (least, line) = if line > 0.0 && longer > width { (least + 1, *wide) } else { (least, longer) };
    }
    if least > most {
        return None;
    }
    // A line more is worth it when the last would be a lone syllable.
    let first = even(pieces, &widths, space, width, least);
    match first {
        Some((lines, false)) => Some(lines),
        Some((lines, true)) if least == most => Some(lines),
        lonely => even(pieces, &widths, space, width, least + 1)
            .filter(|(_, lonely)| !lonely)
            .or(lonely)
            .map(|(lines, _)| lines),
    }
}

/// The most even way in exactly so many lines, and whether it ends with a lone syllable.
fn even(pieces: &[Piece<'_>], widths: &[f32], space: f32, width: f32, lines: usize) -> Option<(Vec<String>, bool)> {
    let count = pieces.len();
    // best[l][n]: the least raggedness of the first n pieces in l lines, and where the last of them begins.
    let mut best = vec![vec![None::<(f32, usize)>; count + 1]; lines + 1];
    best[0][0] = Some((0.0, 0));
    for line in 1..=lines {
        for end in line..=count {
            let mut wide = 0.0;
            for start in (0..end).rev() {
                wide += widths[start] + if start + 1 < end && pieces[start + 1].spaced { space } else { 0.0 };
                if wide > width && start + 1 < end {
                    break;
                }
                let Some((before, _)) = best[line - 1][start] else { continue };
                let cost = before + raggedness(pieces, start, end, (width - wide).max(0.0) / width);
                if best[line][end].is_none_or(|(least, _)| cost < least) {
                    best[line][end] = Some((cost, start));
                }
            }
        }
    }
    best[lines][count]?;
    let mut out = Vec::with_capacity(lines);
    let mut end = count;
    for line in (1..=lines).rev() {
        let (_, start) = best[line][end]?;
        out.push(joined(&pieces[start..end]));
        end = start;
    }
    out.reverse();
    let lonely = out.len() > 1 && out.last().is_some_and(|last| is_lone_syllable(last));
    Some((out, lonely))
}

fn raggedness(pieces: &[Piece<'_>], start: usize, end: usize, free: f32) -> f32 {
    let is_last = end == pieces.len();
    // A line that ends where the sense pauses may be shorter.
    let pauses = !is_last && pieces[end - 1].text.ends_with([',', '!', '?', ')', ':', '·', '’', '”']);
    let torn = !is_last && !pieces[end].spaced;
    let lonely = is_last && start > 0 && is_lone_syllable(&joined(&pieces[start..end]));
    free * free * if pauses && free < 0.45 { 0.3 } else { 1.0 }
        + if torn { 4.0 } else { 0.0 }
        + if lonely { 1_000.0 } else { 0.0 }
}

/// Whether a line has no more than one syllable beside marks.
pub(crate) fn is_lone_syllable(line: &str) -> bool {
    clusters(line).filter(|cluster| cluster.chars().any(char::is_alphanumeric)).count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(text: &str) -> f32 {
        f32::from(u16::try_from(clusters(text).count()).unwrap())
    }

    #[test]
    fn lines_break_between_words_and_evenly() {
        let lines = set("회암사지 왕실축제 자원봉사자를 모집합니다", 15.0, 3, &width).unwrap();
        assert_eq!(lines, ["회암사지 왕실축제", "자원봉사자를 모집합니다"]);
        assert_eq!(set("하나 둘 셋", 10.0, 2, &width).unwrap(), ["하나 둘 셋"]);
        assert_eq!(set("가\n나", 10.0, 2, &width).unwrap(), ["가", "나"]);
    }

    #[test]
    fn no_syllable_stands_alone_on_the_last_line() {
        assert_eq!(set("시민 여러분 모두 꼭", 9.0, 2, &width).unwrap(), ["시민 여러분", "모두 꼭"]);
        assert_eq!(
            set("아주아주긴단어하나 꼭", 9.0, 2, &width).unwrap(),
            ["아주아주긴단어하나", "꼭"],
            "there is no other way"
        );
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(set("가나다 라마바 사아자", 3.0, 2, &width), None);
        let cut = set_shortened("회암사지 왕실축제, 자원봉사자 모집", 11.0, 1, &width);
        assert_eq!((cut.lines, cut.lost.as_str()), (vec!["회암사지 왕실축제…".to_owned()], ", 자원봉사자 모집"));
        let cut = set_shortened("가나다라마바사", 4.0, 1, &width);
        assert_eq!((cut.lines, cut.lost.as_str()), (vec!["가나다…".to_owned()], "라마바사"));
    }
}
