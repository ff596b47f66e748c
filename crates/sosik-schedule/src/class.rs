//! What a message is: decided before, from its content and format, and entered here as a fact.

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal, $korean:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its stable name, in stores and policy files.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Its name, in Korean.
            #[must_use]
            pub fn korean(self) -> &'static str {
                match self { $(Self::$variant => $korean,)+ }
            }

            /// Reads a [`code`](Self::code).
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }
    };
}

named! {
    /// What a message is in law.
    MessageClass {
        /// An advertisement (광고성 정보): marked, refusable, never at night without separate consent.
        Advertising = "advertising", "광고성 정보";
        /// A disaster message of the highest level (위급재난), such as war or a great earthquake. No one can refuse it.
        EmergencyCritical = "emergency-critical", "위급재난";
        /// A disaster message of the second level (긴급재난), such as a flood at the level 심각.
        EmergencyUrgent = "emergency-urgent", "긴급재난";
        /// A disaster message of the third level (안전안내).
        EmergencySafety = "emergency-safety", "안전안내";
        /// Anything else.
        Informational = "informational", "안내";
    }
}

impl MessageClass {
    /// Whether it is one of the three levels of disaster messages.
    #[must_use]
    pub fn is_emergency(self) -> bool {
        matches!(self, Self::EmergencyCritical | Self::EmergencySafety | Self::EmergencyUrgent)
    }
}

named! {
    /// What a message is about, by the exceptions of the election rules (공직선거관리규칙 제47조 제4항).
    ///
    /// Every exception holds only as long as the head of the city stands in it neither by name nor by picture, nor by
    /// activities, pledges or achievements: that is looked at where the text is.
    ContentClass {
        /// As the election commission decided for this message (item 8).
        AsDecided = "as-decided", "선거관리위원회 결정";
        /// A civil complaint of a group, or one that does not wait (공직선거법 86⑤).
        CivilComplaint = "civil-complaint", "집단·긴급 민원";
        /// History, culture, specialities, tourism (item 5).
        CultureTourism = "culture-tourism", "역사·문화·관광";
        /// A notice of an event (item 3).
        EventNotice = "event-notice", "행사 안내";
        /// Environment, health, traffic, tax, building and everyday life (item 4).
        LivingGuide = "living-guide", "생활 정보";
        /// Plans, results or activities of the local government: what the rules are about.
        Publicity = "publicity", "홍보물";
        /// What a law requires to be told.
        RequiredByLaw = "required-by-law", "법령에 따른 안내";
        /// Disasters and safety (item 6).
        Safety = "safety", "재난·안전";
        /// Periodic statistics and white papers (item 2).
        Statistics = "statistics", "통계·백서";
    }
}

named! {
    /// By what a message goes.
    Product {
        /// 알림톡: informational templates, no advertisements, no newsletters.
        Alimtalk = "alimtalk", "알림톡";
        /// 브랜드 메시지: always an advertisement.
        BrandMessage = "brand-message", "브랜드 메시지";
        /// 채널 메시지: to all friends of the channel.
        ChannelMessage = "channel-message", "채널 메시지";
        /// SMS, LMS or MMS.
        Text = "text", "문자";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for class in MessageClass::ALL {
            assert_eq!(MessageClass::from_code(class.code()), Some(*class));
        }
        for class in ContentClass::ALL {
            assert_eq!(ContentClass::from_code(class.code()), Some(*class));
        }
        for product in Product::ALL {
            assert_eq!(Product::from_code(product.code()), Some(*product));
        }
        assert_eq!(MessageClass::from_code("Advertising"), None);
    }
}
