//! The contract of [`Classifier`], rule by rule.

use sosik_content::classify::{Classification, Classifier};
use sosik_content::{Post, WebLink};

/// One test for each rule of the contract, for what `$make` gives: an async function of a boxed [`Classifier`].
#[macro_export]
macro_rules! classifier_conformance {
    ($make:path) => {
        $crate::classifier_conformance!(@ $make:
            rule_1_each_post_gets_one_answer_in_its_place
            rule_2_the_same_posts_get_the_same_answers
            rule_3_an_answer_of_some_weight_says_why
            rule_4_no_posts_get_no_answers
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let classifier = $make().await;
                $crate::classifier::$rule(&*classifier).await;
            });
        }
    )+};
}

/// A week's posts, each of another kind, and one that says nothing.
fn week() -> Vec<Post> {
    let posts = [
        ("산불조심기간 안내", "산불을 막기 위해 논밭두렁을 태우지 마세요."),
        ("12월 자동차세 납부 안내", "12월 31일까지 자동차세를 납부하세요."),
        ("옥정호수공원 점등식 축제", "12월 5일 축제를 엽니다."),
        ("장욱진미술관 기획전시", "미술관에서 전시를 엽니다."),
        ("겨울 나들이 명소", "가 볼 만한 둘레길을 소개합니다."),
        ("대형폐기물 배출 방법", "쓰레기는 스티커를 붙이고 내놓습니다."),
        ("주민자치회 위원 모집", "12월 4일까지 신청을 접수합니다."),
        ("안녕하세요", "반갑습니다."),
    ];
    let post = |(at, (title, text)): (usize, (&str, &str))| {
        let link = WebLink::parse(&format!("https://blog.example.go.kr/{at}")).unwrap();
        Post::new(title, link, text)
    };
    posts.into_iter().enumerate().map(post).collect()
}

async fn answers(classifier: &dyn Classifier, posts: &[Post]) -> Vec<Classification> {
    classifier.classify(posts).await.unwrap()
}

/// Rule 1.
pub async fn rule_1_each_post_gets_one_answer_in_its_place(classifier: &dyn Classifier) {
    let posts = week();
    let all = answers(classifier, &posts).await;
    assert_eq!(all.len(), posts.len());
    let mut turned = posts.clone();
    turned.reverse();
    let mut back = answers(classifier, &turned).await;
    back.reverse();
    assert_eq!(back, all, "an answer belongs to its post, wherever it stands");
    for (post, answer) in posts.iter().zip(&all) {
        assert_eq!(answers(classifier, std::slice::from_ref(post)).await.first(), Some(answer), "{}", post.title);
    }
}

/// Rule 2.
pub async fn rule_2_the_same_posts_get_the_same_answers(classifier: &dyn Classifier) {
    let posts = week();
    let first = answers(classifier, &posts).await;
    answers(classifier, &posts[2..5]).await;
    assert_eq!(answers(classifier, &posts).await, first);
}

/// Rule 3.
pub async fn rule_3_an_answer_of_some_weight_says_why(classifier: &dyn Classifier) {
    for (post, answer) in week().iter().zip(answers(classifier, &week()).await) {
        let is_said = answer.cues.iter().any(|cue| cue.topic == answer.topic && !cue.word.trim().is_empty());
        assert!(answer.weight == 0 || is_said, "{}: {answer:?}", post.title);
    }
}

/// Rule 4.
pub async fn rule_4_no_posts_get_no_answers(classifier: &dyn Classifier) {
    assert_eq!(answers(classifier, &[]).await, []);
}
