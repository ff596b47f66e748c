//! Sentences where they stand, and whether they tell of what was.

use std::ops::Range;

use super::pattern::patterns;
use super::{Confidence, Found};

/// A sentence of a text.
pub(crate) struct Sentence<'a> {
    /// The sentence.
    pub(crate) text: &'a str,
    /// Its first byte in the whole text.
    pub(crate) start: usize,
}

impl Sentence<'_> {
    /// What was found in this sentence at some of its bytes.
    pub(crate) fn found<T>(&self, value: T, span: Range<usize>, confidence: Confidence) -> Found<T> {
        Found {
            value,
            span: self.start + span.start..self.start + span.end,
            sentence: self.start..self.start + self.text.len(),
            confidence,
        }
    }

    /// Whether it tells of what is over.
    pub(crate) fn is_past(&self) -> bool {
        is_past(self.text)
    }

    /// Whether someone says it: `…다고 밝혔다`, `…에 따르면`.
    pub(crate) fn is_said(&self) -> bool {
        SAID.is_match(self.text) || self.text.contains("에 따르면")
    }
}

/// Whether a sentence tells of what is over: `개최했다`, and not `개최한다고 밝혔다`.
pub(crate) fn is_past(sentence: &str) -> bool {
    let told = SAID.find(sentence).map_or(sentence, |said| &sentence[..said.start()]);
    PAST.is_match(told)
}

patterns! {
    SAID = r"고\s+(?:\d{1,2}일\s+)?(?:밝혔|말했|전했|설명했|강조했|당부했|덧붙였|알렸)[^.]*[.]?\s*$";
    PAST = r"(?:[았었였했됐갔왔렸졌쳤냈섰켰뤘났](?:다|습니다|어요)|바 있다)[.!]?\s*$";
    CAPTION = r"사진\s?설명\s?[):]|\(\s?사진\s?제공";
}

/// Where the captions of a press release begin; its end where there are none.
pub(crate) fn end_of_body(text: &str) -> usize {
    CAPTION.find(text).map_or(text.len(), |caption| caption.start())
}

/// The sentences of a text without its captions.
pub(crate) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let body = &text[..end_of_body(text)];
    let spans = crate::text::sentence_spans(body).into_iter().flat_map(|span| chunks(text, span));
    spans.map(|span| Sentence { text: &text[span.clone()], start: span.start }).collect()
}

/// Longer is no sentence, and would be looked through again and again.
const LONGEST: usize = 8_192;

/// A sentence in pieces that are not too long, parted at spaces.
fn chunks(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = span.start;
    while span.end - start > LONGEST {
        let mut most = start + LONGEST;
        while !text.is_char_boundary(most) {
            most -= 1;
        }
        let end = text[start..most].rfind(' ').filter(|at| *at > 0).map_or(most, |at| start + at);
        out.push(start..end);
        start = end;
    }
    out.push(start..span.end);
    out
}
