//! This week's news, news of a district or a kind, what is on, and search.

use serde_json::json;
use sosik_content::{Topic, text};
use sosik_core::AreaCode;

use crate::archive::News;
use crate::reply::{Bubble, Leads, Line, List, NewsCard, Reply};
use crate::talk::Talk;
use crate::window::WindowError;
use crate::{AskedDays, Intent, Slots};

/// Cards and lines that are shown at once.
const SHOWN: usize = 5;
/// Characters of a line's text.
const LINE: usize = 40;

impl Talk<'_> {
    pub(crate) async fn news(&self, slots: &Slots) -> Result<Reply, WindowError> {
        if let Some(district) = slots.districts.first().filter(|_| slots.districts.len() == 1) {
            return self.of_district(district).await;
        }
        if let Some(topic) = slots.topics.first() {
            return self.of_topic(*topic).await;
        }
        let news = self.window.archive.latest(&self.turn.channel, self.turn.at).await?;
        let Some(first) = news.first() else {
            return Ok(self.menu_choices(Reply::text(self.say("news-none", &())?)));
        };
        let title = self.say("news", &json!({"slot": self.day(first.slot)}))?;
        let cards = news.iter().map(|news| self.card(news)).collect::<Result<_, _>>()?;
        Ok(self.menu_choices(Reply::text(title).with(Bubble::Cards(cards))))
    }

    async fn of_topic(&self, topic: Topic) -> Result<Reply, WindowError> {
        let found = self.window.archive.recent(topic, self.turn.at, SHOWN).await?;
        if found.is_empty() {
            return Ok(self.menu_choices(Reply::text(self.say("news-none", &())?)));
        }
        let title = self.say("topic-news", &json!({"topic": topic.korean()}))?;
        let subscribe = self.say("subscribe-this", &json!({"what": topic.korean()}))?;
        let says = format!("{} 구독", topic.korean());
        let reply = Reply::text(title).with(self.list(&found)?).choice(subscribe, says);
        Ok(self.menu_choices(reply))
    }

    pub(crate) async fn district_news(&self, slots: &Slots) -> Result<Reply, WindowError> {
        match &slots.districts[..] {
            [district] => self.of_district(district).await,
            several => self.which_district(several, |name| format!("{name} 소식")),
        }
    }

    async fn of_district(&self, district: &AreaCode) -> Result<Reply, WindowError> {
        let name = self.district_name(district);
        let found = self.window.archive.of_district(district, self.turn.at, SHOWN).await?;
        let values = json!({"district": name});
        let subscribe = self.say("subscribe-this", &json!({"what": name}))?;
        let reply = if found.is_empty() {
            Reply::text(self.say("district-none", &values)?)
        } else {
            Reply::text(self.say("district-news", &values)?).with(self.list(&found)?)
        };
        Ok(self.menu_choices(reply.choice(subscribe, format!("{name} 구독"))))
    }

    /// Which of these districts is meant, or of all.
    pub(crate) fn which_district(
        &self,
        several: &[AreaCode],
        says: impl Fn(&str) -> String,
    ) -> Result<Reply, WindowError> {
        let all = self.window.districts.on(self.today).filter(|one| several.is_empty() || several.contains(&one.code));
        let names: Vec<&str> = all.map(|one| one.name.as_str()).collect();
        // More than there are buttons for are named all the same: a name can be written.
        let reply = Reply::text(self.say("district-names", &json!({"names": names.join(", ")}))?);
        Ok(names.into_iter().fold(reply, |reply, name| reply.choice(name, says(name))))
    }

    pub(crate) async fn events(&self, slots: &Slots) -> Result<Reply, WindowError> {
        let weekend = || crate::day::asked("주말", self.today);
        let days = slots.days.or_else(weekend).unwrap_or_else(|| AskedDays::new(self.today, self.today));
        let found = self.window.archive.on(days, self.turn.at, SHOWN).await?;
        let values = json!({"first": days.first.to_string(), "last": days.last.to_string()});
        if found.is_empty() {
            return Ok(self.menu_choices(Reply::text(self.say("events-none", &values)?)));
        }
        Ok(self.menu_choices(Reply::text(self.say("events", &values)?).with(self.list(&found)?)))
    }

    pub(crate) async fn search(&self) -> Result<Reply, WindowError> {
        let found = self.window.archive.search(&self.turn.said, self.turn.at, SHOWN).await?;
        if !found.is_empty() {
            return Ok(self.menu_choices(Reply::text(self.say("found", &())?).with(self.list(&found)?)));
        }
        if !self.window.offices.find(&self.turn.said, 1).is_empty() {
            return self.office();
        }
        let reply = Reply::text(self.say("found-none", &())?);
        Ok(self.menu_choices(self.offer(reply, &Intent::Person)))
    }

    /// News as a list; one alone as a card.
    pub(crate) fn list(&self, found: &[News]) -> Result<Bubble, WindowError> {
        if let [only] = found {
            return Ok(Bubble::Cards(vec![self.card(only)?]));
        }
        let line = |news: &News| {
            let points = news.card.points();
            let said = points.iter().map(|point| format!("{} {}", point.label(), point.value())).collect::<Vec<_>>();
            let said = if said.is_empty() { news.card.body().to_owned() } else { said.join(" · ") };
            let said = text::shorten(&text::clean_line(&said), LINE);
            Line::new(news.card.title(), said).leads(Leads::Page(news.card.link().clone()))
        };
        Ok(Bubble::List(List::new(self.say("found", &())?, found.iter().map(line).collect())))
    }

    pub(crate) fn district_name(&self, code: &AreaCode) -> String {
        self.window.districts.by_code(code).map_or_else(|| code.as_str().to_owned(), |district| district.name.clone())
    }

    fn card(&self, news: &News) -> Result<NewsCard, WindowError> {
        let (card, read) = (&news.card, self.say("read", &())?);
        Ok(NewsCard::new(card.title(), card.body(), card.link().clone(), read))
    }
}
