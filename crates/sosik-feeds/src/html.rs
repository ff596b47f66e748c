use scraper::node::Element;
use scraper::{Html, Node};
use sosik_content::text::clean;

/// What a body in HTML says, and the pictures it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plain {
    /// The words: one line a paragraph, no markup.
    pub text: String,
    /// The addresses of pictures, as they stand there.
    pub images: Vec<String>,
}

/// Reads a body in HTML, or in plain text.
///
/// Scripts, styles, frames and forms are left out with all they hold. A heading cell of a table is followed by a colon,
/// so that `일시` in a table reads like `일시:` in a line. Entities that were escaped twice are read twice.
///
/// ```
/// use sosik_feeds::plain;
///
/// let body = plain("<div><p>가&amp;nbsp;나<br>다</p><table><tr><th>일시</th><td>12월 5일</td></tr></table><style>p{}</style></div>");
/// assert_eq!(body.text, "가 나\n다\n일시: 12월 5일");
/// ```
#[must_use]
pub fn plain(body: &str) -> Plain {
    let mut out = Plain::default();
    let fragment = Html::parse_fragment(body);
    // A stack instead of recursion: pages nest as deep as their makers like.
    let mut stack = vec![(fragment.tree.root(), false)];
    while let Some((node, leaving)) = stack.pop() {
        match node.value() {
            Node::Text(text) => {
                out.text.push_str(&text.replace(['\n', '\r'], if has_markup(body) { " " } else { "\n" }));
            }
            Node::Element(element) => {
                let name = element.name();
                if is_left_out(name) {
                    continue;
                }
                if leaving {
                    out.text.push_str(closing(name));
                    continue;
                }
                if name == "img" {
                    out.images.extend(source(element).map(str::to_owned));
                }
                out.text.push_str(opening(name));
                stack.push((node, true));
            }
            _ => {}
        }
        if !leaving {
            stack.extend(node.children().rev().map(|child| (child, false)));
        }
    }
    out.text = tidy(&unescape(&out.text));
    out
}

fn has_markup(body: &str) -> bool {
    body.contains("</") || body.contains("<br") || body.contains("<p") || body.contains("<img")
}

/// Decodes entities that are still there after one reading: feeds escape bodies twice.
pub(crate) fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..2 {
        let Some(at) = text.find('&') else { break };
        if !text[at..].contains(';') {
            break;
        }
        let fragment = Html::parse_fragment(&text.replace('<', "&lt;"));
        let decoded: String = fragment.root_element().text().collect();
        if decoded == text {
            break;
        }
        text = decoded;
    }
    text
}

fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    clean(&lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
}

fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "iframe"
            | "object"
            | "embed"
            | "form"
            | "svg"
            | "head"
            | "title"
            | "button"
            | "select"
            | "textarea"
            | "audio"
            | "video"
            | "math"
            | "canvas"
    )
}

fn opening(name: &str) -> &'static str {
    match name {
        "br" | "p" | "div" | "li" | "tr" | "ul" | "ol" | "table" | "section" | "article" | "blockquote" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "dt" | "dd" | "figure" | "figcaption" | "header" | "footer"
        | "pre" => "\n",
        _ => "",
    }
}

fn closing(name: &str) -> &'static str {
    match name {
        "th" => ": ",
        "td" => " ",
        "br" | "hr" => "",
        _ => opening(name),
    }
}

fn source(element: &Element) -> Option<&str> {
    ["data-lazy-src", "data-src", "src"].into_iter().find_map(|name| element.attr(name)).filter(|src| !src.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_left_out_with_all_it_holds() {
        let body =
            plain("<p onclick=\"x()\">가</p><script>나</script><iframe>다</iframe><svg><text>라</text></svg><p>마</p>");
        assert_eq!(body.text, "가\n마");
    }

    #[test]
    fn plain_text_keeps_its_lines_and_markup_in_it_stays_text() {
        assert_eq!(plain("첫 줄\n둘째 줄 &amp;lt;b&amp;gt;").text, "첫 줄\n둘째 줄 <b>");
    }

    #[test]
    fn a_thousand_levels_are_read() {
        let deep = format!("{}바닥{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
        assert_eq!(plain(&deep).text, "바닥");
    }

    #[test]
    fn lazy_pictures_are_found_by_their_real_address() {
        let body = plain(
            r#"<img src="data:," data-lazy-src="https://a.example.go.kr/1.jpg?type=w773"><img src="/2.png"><img>"#,
        );
        assert_eq!(body.images, ["https://a.example.go.kr/1.jpg?type=w773", "/2.png"]);
    }
}
