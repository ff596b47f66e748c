//! The contract of classifiers, kept by sosik's own.

mod words {
    use sosik_content::classify::{Classifier, Words};

    async fn make() -> Box<dyn Classifier> {
        Box::new(Words::sosik().clone())
    }

    sosik_testkit::classifier_conformance!(make);
}
