//! A story as a card.

use sosik_content::extract::{Days, Found};
use sosik_content::{Label, Language, Phrases, Story, Topic, Translation, text};

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
        Self::said(story, Phrases::korean(), None)
    }

    /// The same in another language, where the story has a translation into it: labels, days, times and sums by its
    /// [`Phrases`], words by the translation. What is not translated is not on the card.
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use sosik_cards::Face;
    /// use sosik_content::{Language, Phrases, Post, Story, Translation, WebLink};
    ///
    /// let english = Language::parse("en")?;
    /// let text = "12월 5일(토) 14시부터 16시까지 별산대놀이마당에서 공연을 엽니다. 누구나 무료입니다.";
    /// let post = Post::new("겨울 별산대놀이 공연", WebLink::parse("https://blog.example.go.kr/1")?, text)
    ///     .with_published(Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).unwrap())
    ///     .with_translation(english.clone(), Translation::new("Mask dance in winter", "A mask dance for everyone."));
    /// let story = Story::of(&post, chrono_tz::Asia::Seoul);
    /// assert!(Face::of_story_in(&story, Phrases::of(&english).unwrap()).is_some());
    /// let vietnamese = Phrases::of(&Language::parse("vi")?).unwrap();
    /// assert!(Face::of_story_in(&story, vietnamese).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_story_in(story: &Story, phrases: &Phrases) -> Option<Self> {
        if *phrases.language() == Language::korean() {
            return Some(Self::said(story, phrases, None));
        }
        let translation = story.translations.get(phrases.language())?;
        Some(Self::said(story, phrases, Some(translation)))
    }

    fn said(story: &Story, phrases: &Phrases, translation: Option<&Translation>) -> Self {
        let topic = story.kind.topic;
        let is_event = matches!(topic, Topic::Festival | Topic::Culture | Topic::Tourism);
        let template = match () {
            () if topic == Topic::Safety && is_danger(&story.title) => "disaster",
            () if story.deadline.is_some() && !is_event => "deadline",
            () if story.when.is_some() && (is_event || story.hours.is_some()) => "event",
            () => "notice",
        };
        let mut facts: Vec<(Label, String)> = Vec::new();
        let mut say = |label, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                facts.push((label, value));
            }
        };
        let hours = story.hours.as_ref().map(|hours| phrases.hours(&hours.value)).unwrap_or_default();
        // The time in which one may apply is none at which anybody comes.
        let is_for_applying = |when: &Found<Days>| {
            template == "deadline" && story.deadline.as_ref().map(|day| day.value) == when.value.last()
        };
        let when = story.announced().filter(|when| !is_for_applying(when));
        say(Label::When, when.map(|when| format!("{} {hours}", phrases.days(&when.value)).trim().to_owned()));
        let own = |value: &Option<Found<String>>| value.as_ref().map(|found| found.value.clone());
        let place = story.place.as_ref().filter(|place| when.is_some() || !story.is_past(&place.sentence)).cloned();
        say(Label::Where, translation.map_or_else(|| own(&place), |words| words.place.clone()));
        let audience = translation.map_or_else(|| own(&story.audience), |words| words.audience.clone());
        say(Label::For, audience.or(story.ages.as_ref().map(|ages| phrases.ages(&ages.value))));
        say(Label::Cost, story.cost.as_ref().map(|cost| phrases.won(cost.value)));
        let deadline = story.deadline.as_ref();
        let office = story.apply_place.as_ref().map(|place| place.value.clone());
        let page = story.apply_at.as_ref().map(|page| page.value.written.clone());
        let where_to = page.or(office.filter(|_| translation.is_none()));
        let until = deadline.filter(|_| template != "deadline").map(|day| phrases.until(day.value));
        say(Label::Apply, until.or(where_to));
        say(Label::Ask, story.contacts.first().map(|contact| contact.value.number.clone()));
        let title = translation.map_or(story.title.as_str(), |words| words.title.as_str());
        let face = Self::new(template, topic).with_text("title", title);
        let mut face =
            facts.iter().fold(face, |face, (label, value)| face.with_pair("facts", phrases.label(*label), value));
        if let Some(deadline) = deadline.filter(|_| template == "deadline") {
            // A tax is paid, and not applied for.
            let says = |words: &[&str]| words.iter().any(|word| story.source(&deadline.sentence).contains(word));
            let is_paid = says(&["납부"]) && !says(&["신청", "접수", "모집"]);
            face = face
                .with_text("until", phrases.label(if is_paid { Label::Pay } else { Label::Deadline }))
                .with_text("deadline", phrases.long_day(deadline.value));
        }
        if matches!(template, "notice" | "disaster") {
            face =
                face.with_text("lead", translation.map_or_else(|| lead(story), |words| words.text.replace('\n', " ")));
            let steps = story.steps.iter().filter(|_| translation.is_none());
            face = steps.fold(face, |face, step| face.with_pair("steps", "", &step.value));
        }
        if translation.is_some() {
            face = face.with_text("topic", phrases.topic(topic));
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
    let sentences = text::sentences(story.body());
    let speaks = |sentence: &str| {
        ["밝혔", "말했", "전했", "시장", "군수", "구청장", "“", "\""].iter().any(|word| sentence.contains(word))
    };
    let goes_on = |sentence: &str| {
        ["특히", "또", "아울러", "한편", "이어", "이에", "이번", "그는"].iter().any(|word| sentence.starts_with(word))
    };
    let is_step = |sentence: &str| {
        story.steps.iter().any(|step| sentence.trim().trim_end_matches('.').ends_with(step.value.as_str()))
    };
    let is_lead = |sentence: &&String| {
        !goes_on(sentence)
            && !is_step(sentence)
            && (8..=64).contains(&text::units(sentence))
            && !sentence.contains(':')
            && !sentence.contains("문의")
            && !speaks(sentence)
    };
    sentences.iter().take(8).find(is_lead).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sosik_content::{Post, WebLink};

    use super::*;

    #[test]
    fn a_tax_is_paid_and_a_course_is_applied_for() {
        let until = |title: &str, text: &str| {
            let post = Post::new(title, WebLink::parse("https://blog.example.go.kr/1").unwrap(), text)
                .with_published("2026-11-20T03:00:00Z".parse().unwrap());
            Face::of_story(&Story::of(&post, chrono_tz::Asia::Seoul)).texts.get("until").cloned()
        };
        let tax = "자동차세는 12월 31일까지 납부합니다.";
        assert_eq!(until("자동차세 납부 안내", tax).as_deref(), Some("납부 마감"));
        let course = "수강 신청은 12월 11일까지 하고 수강료를 납부합니다.";
        assert_eq!(until("수강생 모집", course).as_deref(), Some("신청 마감"));
    }
}
