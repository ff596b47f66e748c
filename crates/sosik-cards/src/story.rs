//! A story as a card.

use sosik_content::extract::{Days, Found};
use sosik_content::{Story, Topic, style, text};

use crate::face::Face;

impl Face {
    /// What a card says of a story: by the template for what it is (a danger at hand, a deadline, an event, a notice), with what the post
    /// says of when, where, for whom, at what cost, how to apply and whom to ask. What the post does not say is not there.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use sosik_cards::{CardFormat, Face, Painter, Theme};
    /// use sosik_content::{Post, Story, WebLink};
    ///
    /// let text = "12월 5일(토) 14시부터 16시까지 별산대놀이마당에서 공연을 엽니다. 누구나 무료입니다.";
    /// let post = Post::new("겨울 별산대놀이 공연", WebLink::parse("https://blog.example.go.kr/1")?, text)
    ///     .with_published(Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).unwrap());
    /// let face = Face::of_story(&Story::of(&post, chrono_tz::Asia::Seoul));
    /// let drawn = Painter::new(Theme::new("양주시"), CardFormat::square())?.draw_face(&face)?;
    /// assert!(drawn.alt.contains("일시 12. 5.(토) 14:00~16:00\n장소 별산대놀이마당\n비용 무료"), "{}", drawn.alt);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_story(story: &Story) -> Self {
        let topic = story.kind.topic;
        let is_event = matches!(topic, Topic::Festival | Topic::Culture | Topic::Tourism);
        let template = match () {
            () if topic == Topic::Safety && is_danger(&story.title) => "disaster",
            () if story.deadline.is_some() && !is_event => "deadline",
            () if story.when.is_some() && (is_event || story.hours.is_some()) => "event",
            () => "notice",
        };
        let mut facts: Vec<(&str, String)> = Vec::new();
        let mut say = |label, value: String| {
            if !value.is_empty() {
                facts.push((label, value));
            }
        };
        let hours = story.hours.as_ref().map(|hours| style::hours(&hours.value)).unwrap_or_default();
        // What was over when the post was written is no appointment.
        let is_coming =
            |when: &&Found<Days>| when.value.last().is_none_or(|last| story.published.is_none_or(|day| last >= day));
        if let Some(when) = story.when.as_ref().filter(is_coming) {
            say("일시", format!("{} {hours}", style::days(&when.value)).trim().to_owned());
        }
        if let Some(place) = &story.place {
            say("장소", place.value.clone());
        }
        let audience = story.audience.as_ref().map(|audience| audience.value.clone());
        say("대상", audience.or(story.ages.as_ref().map(|ages| style::ages(&ages.value))).unwrap_or_default());
        if let Some(cost) = &story.cost {
            say("비용", style::won(cost.value));
        }
        if let Some(deadline) = story.deadline.as_ref().filter(|_| template != "deadline") {
            say("신청", format!("{}까지", style::day(deadline.value)));
        }
        if let Some(contact) = story.contacts.first() {
            say("문의", contact.value.number.clone());
        }
        let face = Self::new(template, topic).with_text("title", &story.title);
        let mut face = facts.iter().fold(face, |face, (label, value)| face.with_pair("facts", label, value));
        if let Some(deadline) = story.deadline.as_ref().filter(|_| template == "deadline") {
            face = face.with_text("until", "신청 마감").with_text("deadline", style::long_day(deadline.value));
        }
        if matches!(template, "notice" | "disaster") {
            face = face.with_text("lead", lead(story));
        }
        face
    }
}

/// Whether a title warns of a danger at hand, and not of dangers in general.
fn is_danger(title: &str) -> bool {
    ["경보", "주의보", "특보", "대피", "긴급", "발령", "통제", "발효"].iter().any(|word| title.contains(word))
}

/// A short sentence of the body that says something by itself: no labelled line, and none in which someone speaks.
fn lead(story: &Story) -> String {
    let body = story.text.split_once('\n').map_or("", |(_, body)| body);
    let body = body.split("사진설명").next().unwrap_or(body);
    let sentences = text::sentences(body);
    let speaks = |sentence: &str| {
        ["밝혔", "말했", "전했", "시장", "군수", "구청장", "“", "\""].iter().any(|word| sentence.contains(word))
    };
    let goes_on = |sentence: &str| {
        ["특히", "또", "아울러", "한편", "이어", "이에", "이번", "그는"].iter().any(|word| sentence.starts_with(word))
    };
    let is_lead = |sentence: &&String| {
        !goes_on(sentence) && (8..=64).contains(&text::units(sentence)) && !sentence.contains(':') && !speaks(sentence)
    };
    sentences.iter().take(8).find(is_lead).cloned().unwrap_or_default()
}
