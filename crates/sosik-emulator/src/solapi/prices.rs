//! What a message costs, in won: an answer of the dealer's of 2026-08 (crate `solapi` 0.2.0, its test data).

/// The types by which messages are counted and charged, with their prices.
pub(crate) const PRICES: &[(&str, u64)] = &[
    ("sms", 18),
    ("lms", 45),
    ("mms", 110),
    ("ata", 13),
    ("cta", 19),
    ("cti", 29),
    ("nsa", 13),
    ("rcs_sms", 18),
    ("rcs_lms", 45),
    ("rcs_mms", 110),
    ("rcs_tpl", 13),
    ("rcs_itpl", 110),
    ("rcs_ltpl", 45),
    ("fax", 100),
    ("voice", 200),
    ("bms_text", 53),
    ("bms_image", 83),
    ("bms_wide", 88),
    ("bms_wide_item_list", 103),
    ("bms_carousel_feed", 103),
    ("bms_premium_video", 103),
    ("bms_commerce", 103),
    ("bms_carousel_commerce", 103),
    ("bms_free", 100),
];

/// The price of a type; nothing for one that is not known.
pub(crate) fn price(kind: &str) -> u64 {
    PRICES.iter().find(|(known, _)| *known == kind).map_or(0, |(_, price)| *price)
}
