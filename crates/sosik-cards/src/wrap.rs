//! Lines of Korean text: broken between words, never inside one that fits a line, and as even as can be.

/// Breaks a text into at most `most` lines no wider than `width`; `None` when it takes more.
///
/// Of all ways with the fewest lines it takes the one whose lines differ least.
pub(crate) fn wrap(text: &str, width: f32, most: usize, measure: impl Fn(&str) -> f32) -> Option<Vec<String>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    // A word wider than a line cannot stay whole at this size.
    if words.iter().any(|word| measure(word) > width) {
        return None;
    }
    (1..=most).find_map(|lines| even(&words, width, lines, &measure))
}

/// The most even way to set words in exactly `lines` lines.
fn even(words: &[&str], width: f32, lines: usize, measure: &impl Fn(&str) -> f32) -> Option<Vec<String>> {
    if words.is_empty() {
        return (lines == 1).then(Vec::new);
    }
    // best[l][n]: the least raggedness of the first n words in l lines, and where the last line begins.
    let mut best = vec![vec![None::<(f32, usize)>; words.len() + 1]; lines + 1];
    best[0][0] = Some((0.0, 0));
    for line in 1..=lines {
        for end in 1..=words.len() {
            for start in (0..end).rev() {
                let wide = measure(&words[start..end].join(" "));
                if wide > width {
                    break;
                }
                let Some((before, _)) = best[line - 1][start] else { continue };
                // A line that ends where the sense pauses may be shorter.
                let pauses = words[end - 1].ends_with([',', '!', '?', ')', ':', '·']) && end < words.len();
                let raggedness = before + (width - wide).powi(2) * if pauses { 0.3 } else { 1.0 };
                if best[line][end].is_none_or(|(least, _)| raggedness < least) {
                    best[line][end] = Some((raggedness, start));
                }
            }
        }
    }
    best[lines][words.len()]?;
    let mut out = Vec::with_capacity(lines);
    let mut end = words.len();
    for line in (1..=lines).rev() {
        let (_, start) = best[line][end]?;
        out.push(words[start..end].join(" "));
        end = start;
    }
    out.reverse();
    Some(out)
}

/// Cuts a line to a width at the end of a word, with `…`; inside a word where there is but one.
pub(crate) fn cut(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> String {
    if measure(text) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut boundary = 0;
    for c in text.chars() {
        if c == ' ' {
            boundary = kept.len();
        }
        kept.push(c);
        if measure(&format!("{kept}…")) > width {
            kept.pop();
            break;
        }
    }
    if boundary * 2 > kept.len() {
        kept.truncate(boundary);
    }
    format!("{}…", kept.trim_end_matches([' ', ',', '·', '-', '(', '~', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(text: &str) -> f32 {
        f32::from(u16::try_from(text.chars().count()).unwrap())
    }

    #[test]
    fn lines_break_between_words_and_evenly() {
        let lines = wrap("회암사지 왕실축제 자원봉사자를 모집합니다", 15.0, 3, width).unwrap();
        assert_eq!(lines, ["회암사지 왕실축제", "자원봉사자를 모집합니다"]);
        assert_eq!(wrap("하나 둘 셋", 10.0, 2, width).unwrap(), ["하나 둘 셋"]);
    }

    #[test]
    fn what_takes_more_lines_or_a_wider_one_is_refused() {
        assert_eq!(wrap("가나다라마바사", 5.0, 3, width), None);
        assert_eq!(wrap("가나다 라마바 사아자", 3.0, 2, width), None);
    }

    #[test]
    fn a_cut_line_fits() {
        assert_eq!(cut("회암사지 왕실축제 자원봉사자", 12.0, width), "회암사지 왕실축제…");
        assert_eq!(cut("가나다라마바사", 4.0, width), "가나다…");
    }
}
