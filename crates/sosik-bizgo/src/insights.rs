//! Insights: how many got, read and followed what was sent, as Kakao counts them, day by day and for no one by name.

use chrono::NaiveDate;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sosik_channel::SendError;

use crate::client::{ANSWERS, BizgoTransport};

/// Of what insights are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Product {
    /// 알림톡 (Alimtalk).
    Alimtalk,
    /// 브랜드 메시지 (brand messages).
    BrandMessage,
}

impl Product {
    fn path(self) -> &'static str {
        match self {
            Self::Alimtalk => "center/statistics/alimtalk",
            Self::BrandMessage => "center/statistics/brandmessage",
        }
    }
}

/// What is asked about: whole days in Seoul, the first and the last of them, of everything or of one template.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_bizgo::{InsightQuery, Product};
///
/// let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
/// let week = InsightQuery::new(Product::BrandMessage, day(23), day(27)).of_template("WEEKLY1");
/// assert_eq!(week.to_string(), "brand messages from 2026-11-23 to 2026-11-27");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct InsightQuery {
    product: Product,
    days: (NaiveDate, NaiveDate),
    template: Option<String>,
}

impl InsightQuery {
    /// Everything of these days, the last among them.
    pub fn new(product: Product, first: NaiveDate, last: NaiveDate) -> Self {
        Self { product, days: (first, last), template: None }
    }

    /// Only what went by this template.
    pub fn of_template(mut self, code: impl Into<String>) -> Self {
        self.template = Some(code.into());
        self
    }
}

impl std::fmt::Display for InsightQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let product = match self.product {
            Product::Alimtalk => "Alimtalk",
            Product::BrandMessage => "brand messages",
        };
        write!(f, "{product} from {} to {}", self.days.0, self.days.1)
    }
}

/// What Kakao counted. A figure that it does not give is `None`, which is not nought: of few recipients it gives none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Insight {
    /// Messages that arrived.
    #[serde(rename = "successCount")]
    pub delivered: Option<u64>,
    /// Messages that did not.
    #[serde(rename = "failCount")]
    pub failed: Option<u64>,
    /// Messages that were read.
    #[serde(rename = "readCount")]
    pub read: Option<u64>,
    /// Touches of buttons.
    #[serde(rename = "buttonClickCount")]
    pub button_clicks: Option<u64>,
    /// Touches of items of a list.
    #[serde(rename = "listClickCount")]
    pub list_clicks: Option<u64>,
    /// Touches of pictures.
    #[serde(rename = "thumbnailClickCount")]
    pub picture_clicks: Option<u64>,
    /// Touches of anything else.
    #[serde(rename = "etcClickCount")]
    pub other_clicks: Option<u64>,
}

impl Insight {
    /// All touches together, as far as they are given.
    #[must_use]
    pub fn clicks(&self) -> Option<u64> {
        let all = [self.button_clicks, self.list_clicks, self.picture_clicks, self.other_clicks];
        all.into_iter().flatten().reduce(u64::saturating_add)
    }
}

#[derive(Deserialize)]
struct Statistics<T> {
    statistics: Option<Vec<T>>,
}

/// An hour, with or without a nought before it.
#[derive(Deserialize)]
struct OfHour {
    hour: Option<String>,
    #[serde(flatten)]
    insight: Insight,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfTemplate {
    template_code: Option<String>,
    #[serde(flatten)]
    insight: Insight,
}

impl BizgoTransport {
    /// What became of the messages, in as many parts as Kakao gives.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn insights(&self, query: &InsightQuery) -> Result<Vec<Insight>, SendError> {
        self.statistics(query, "").await
    }

    /// The same by the hour of the day in Seoul, 0 to 23.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn insights_by_hour(&self, query: &InsightQuery) -> Result<Vec<(u8, Insight)>, SendError> {
        let all: Vec<OfHour> = self.statistics(query, "/reaction/hourly").await?;
        let hour = |of: OfHour| {
            let hour = of.hour.and_then(|hour| hour.trim().parse().ok()).filter(|hour| *hour < 24);
            hour.map(|hour| (hour, of.insight)).ok_or_else(|| ANSWERS.unreadable(false))
        };
        all.into_iter().map(hour).collect()
    }

    /// The same by template, each by its code.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn insights_by_template(&self, query: &InsightQuery) -> Result<Vec<(String, Insight)>, SendError> {
        let all: Vec<OfTemplate> = self.statistics(query, "/template").await?;
        let code =
            |of: OfTemplate| of.template_code.map(|code| (code, of.insight)).ok_or_else(|| ANSWERS.unreadable(false));
        all.into_iter().map(code).collect()
    }

    async fn statistics<T: DeserializeOwned>(&self, query: &InsightQuery, what: &str) -> Result<Vec<T>, SendError> {
        let InsightQuery { product, days: (first, last), template } = query;
        if first > last {
            return Err(ANSWERS.invalid("the last day is before the first"));
        }
        let day = |day: &NaiveDate| day.format("%Y%m%d").to_string();
        let mut asked = vec![("startDate", day(first)), ("endDate", day(last)), ("senderKey", self.sender_key.clone())];
        asked.extend(template.clone().map(|code| ("templateCode", code)));
        let request = self.request(Method::GET, &format!("{}{what}", product.path()))?.query(&asked);
        let answer: Option<Statistics<T>> = self.call(request, false).await?;
        Ok(answer.and_then(|answer| answer.statistics).unwrap_or_default())
    }
}
