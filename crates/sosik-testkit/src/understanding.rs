//! The contract of [`Understanding`], rule by rule.

use chrono::NaiveDate;
use sosik_chat::{Understanding, Understood};

/// One test for each rule of the contract, for what `$make` gives: an async function of a boxed [`Understanding`].
#[macro_export]
macro_rules! understanding_conformance {
    ($make:path) => {
        $crate::understanding_conformance!(@ $make:
            rule_1_the_same_words_mean_the_same
            rule_2_what_is_not_understood_is_said_so
            rule_3_whatever_is_said_is_answered
            rule_4_reasons_stand_in_what_was_said
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let engine = $make().await;
                $crate::understanding::$rule(&*engine).await;
            });
        }
    )+};
}

const SAID: [&str; 12] = [
    "이번 주 소식 알려줘",
    "회천1동 소식",
    "이번 주말에 뭐 해요?",
    "축제 소식 받고 싶어요",
    "구독 해지할게요",
    "English please",
    "내 정보 보여 주세요",
    "여권 어디서 만들어요",
    "상담원 연결해 주세요",
    "안녕하세요",
    "고맙습니다",
    "쀍뛟쐛",
];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

async fn read(engine: &dyn Understanding, said: &str) -> Understood {
    engine.understand(said, today()).await.unwrap()
}

/// Rule 1.
pub async fn rule_1_the_same_words_mean_the_same(engine: &dyn Understanding) {
    let mut first = Vec::new();
    for said in SAID {
        first.push(read(engine, said).await);
    }
    for (said, expected) in SAID.iter().zip(first).rev() {
        assert_eq!(read(engine, said).await, expected, "{said}");
    }
}

/// Rule 2.
pub async fn rule_2_what_is_not_understood_is_said_so(engine: &dyn Understanding) {
    for said in ["", " ", "?!?", "…", "쀍뛟쐛", "\u{200b}"] {
        assert_eq!(read(engine, said).await.intent, None, "{said:?}");
    }
}

/// Rule 3.
pub async fn rule_3_whatever_is_said_is_answered(engine: &dyn Understanding) {
    let long = "소식 ".repeat(5_000);
    let strange =
        ["\0", "\u{202e}소식", "👨‍👩‍👧‍👦", "ㄱ".repeat(2_000).leak(), "%s{}\\\"'<script>", "e\u{301}\u{301}\u{301}", &long];
    for said in strange {
        drop(read(engine, said).await);
    }
}

/// Rule 4.
pub async fn rule_4_reasons_stand_in_what_was_said(engine: &dyn Understanding) {
    let dense =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    for said in SAID {
        for word in read(engine, said).await.because {
            assert!(dense(said).contains(&dense(&word)), "{word} in {said}");
        }
    }
}
