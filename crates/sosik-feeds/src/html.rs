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
    /// The texts that stand in the pictures' places (`alt`), in the same order; empty where there is none.
    pub alts: Vec<String>,
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
    let out = read(body);
    // Escaped twice, a body is markup only after its first reading.
    let twice = !has_markup(body) && out.text.contains("</") && KNOWN_TAGS.iter().any(|tag| out.text.contains(tag));
    if twice { read(&out.text) } else { out }
}

/// Tags by which a text is known to be markup that was escaped twice.
const KNOWN_TAGS: [&str; 8] = ["</p>", "</div>", "</span>", "</a>", "</b>", "</strong>", "</td>", "</script>"];

fn read(body: &str) -> Plain {
    let mut out = Plain::default();
    let fragment = Html::parse_fragment(body);
    let line_break = if has_markup(body) { " " } else { "\n" };
    // How many cells of tables the place lies in: there is no line within a cell.
    let mut cells = 0_usize;
    // A stack instead of recursion: pages nest as deep as their makers like.
    let mut stack = vec![(fragment.tree.root(), false)];
    while let Some((node, leaving)) = stack.pop() {
        match node.value() {
            Node::Text(text) => {
                out.text.push_str(&text.replace(['\n', '\r'], line_break));
            }
            Node::Element(element) => {
                let name = element.name();
                if is_left_out(name) {
                    continue;
                }
                let is_cell = matches!(name, "td" | "th");
                if leaving {
                    cells -= usize::from(is_cell);
                    let next = node.next_siblings().find_map(|sibling| sibling.value().as_element());
                    let beside_value = next.is_some_and(|element| element.name() == "td");
                    out.text.push_str(match closing(name) {
                        // Only a heading beside a value is a label; one beside a heading is a row of headings.
                        ": " if !beside_value => " ",
                        "\n" if cells > 0 => " ",
                        other => other,
                    });
                    continue;
                }
                cells += usize::from(is_cell);
                if let Some(source) = source(element).filter(|_| name == "img") {
                    out.images.push(source.to_owned());
                    out.alts.push(element.attr("alt").unwrap_or_default().trim().to_owned());
                }
                out.text.push_str(if cells > 0 && opening(name) == "\n" { " " } else { opening(name) });
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
        let fragment = Html::parse_fragment(&complete_entities_only(&text.replace('<', "&lt;")));
        let decoded: String = fragment.root_element().text().collect();
        if decoded == text {
            break;
        }
        text = decoded;
    }
    text
}

/// The text with every `&` that begins no entity escaped: `a=1&notice=2` is an address and no negation sign.
fn complete_entities_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        let complete = name.is_some_and(|end| (1..=32).contains(&end) && rest[end..].starts_with(';'));
        if !complete {
            out.push_str("amp;");
        }
    }
    out.push_str(rest);
    out
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
    fn markup_that_was_escaped_twice_is_read_as_markup_and_what_runs_in_it_left_out() {
        let body = plain("&lt;p&gt;본문&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;끝&lt;/p&gt;");
        assert_eq!(body.text, "본문\n끝");
        assert_eq!(plain("값은 5 &lt; 7 이고 &lt;b&gt;는 글자입니다").text, "값은 5 < 7 이고 <b>는 글자입니다");
        assert_eq!(unescape("list.do?a=1&notice=2; b&amp;c"), "list.do?a=1&notice=2; b&c");
    }

    #[test]
    fn tables_give_labels_beside_values_only() {
        let head = "<table><tr><th>일시</th><th>장소</th></tr><tr><td>12/5</td><td>공원</td></tr></table>";
        assert_eq!(plain(head).text, "일시 장소\n12/5 공원");
        let blocks = "<table><tr><th><p>일시</p></th><td><p>12월 5일</p><p>14시</p></td></tr></table>";
        assert_eq!(plain(blocks).text, "일시 : 12월 5일 14시");
    }

    #[test]
    fn long_bodies_are_read_in_one_go() {
        let body = plain(&"가<br>".repeat(200_000));
        assert_eq!(body.text.lines().count(), 200_000);
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
