use std::fmt;

/// By which way a campaign reaches people, and so what can be known of it.
///
/// | route | who gets it | what is known afterwards |
/// | --- | --- | --- |
/// | [`Recipients`](Self::Recipients) | people of the registry who agreed | what became of each |
/// | [`Friends`](Self::Friends) | the friends of the channel, whose numbers no one here holds | how many were expected and sent to |
/// | [`Hands`](Self::Hands) | the friends of the channel, by a clerk in Kakao's own console | that someone attested to it |
///
/// ```
/// use sosik_delivery::{Friends, Route};
///
/// let route = Route::Friends(Friends::all().with_rate(500));
/// assert_eq!(Route::from_stored(&route.to_stored()), Some(route));
/// assert_eq!(Route::default().code(), "recipients");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// A group send (동보) of a dealer to friends of the channel: [`FriendsEngine`](crate::FriendsEngine).
    Friends(Friends),
    /// A person's hands, with a kit: [`plan_by_hand`](crate::plan_by_hand) and [`attest`](crate::attest).
    Hands,
    /// Named recipients: [`Engine`](crate::Engine).
    #[default]
    Recipients,
}

impl Route {
    /// The route's name in stores, reports and at the command line.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Friends(_) => "friends",
            Self::Hands => "hands",
            Self::Recipients => "recipients",
        }
    }

    /// The route as text of one line, for a store.
    #[must_use]
    pub fn to_stored(&self) -> String {
        let Self::Friends(Friends { group, per_second }) = self else { return self.code().to_owned() };
        match (group, per_second) {
            (None, None) => self.code().to_owned(),
            _ => format!("{} {}", self.code(), serde_json::json!({ "group": group, "per_second": per_second })),
        }
    }

    /// Reads [`to_stored`](Self::to_stored).
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => match text {
                "friends" => Some(Self::Friends(Friends::all())),
                "hands" => Some(Self::Hands),
                "recipients" => Some(Self::Recipients),
                _ => None,
            },
            Some(("friends", more)) => {
                let more: serde_json::Value = serde_json::from_str(more).ok()?;
                let per_second = match more.get("per_second").filter(|rate| !rate.is_null()) {
                    Some(rate) => Some(u32::try_from(rate.as_u64()?).ok()?),
                    None => None,
                };
                let group = match more.get("group").filter(|group| !group.is_null()) {
                    Some(group) => Some(group.as_str()?.to_owned()),
                    None => None,
                };
                Some(Self::Friends(Friends { group, per_second }))
            }
            Some(_) => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which friends of a channel, and how fast.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Friends {
    /// The key of a friend group at the provider; `None` for all friends.
    pub group: Option<String>,
    /// The most messages a second; `None` for what the provider does by itself.
    pub per_second: Option<u32>,
}

impl Friends {
    /// All friends, as fast as the provider does it.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The friends of a group at the provider.
    #[must_use]
    pub fn of_group(key: impl Into<String>) -> Self {
        Self { group: Some(key.into()), per_second: None }
    }

    /// So many a second at the most: so that the city's own pages are not overrun.
    #[must_use]
    pub fn with_rate(mut self, per_second: u32) -> Self {
        self.per_second = Some(per_second);
        self
    }
}
