//! In which language the window answers.

use sosik_core::Language;
use sosik_registry::NewSubscriber;

use crate::Slots;
use crate::reply::Reply;
use crate::talk::Talk;
use crate::window::WindowError;

/// Languages by the name under which they are chosen.
const NAMES: [(&str, &str, &str); 5] = [
    ("ko", "한국어", "한국어로 안내"),
    ("en", "English", "English please"),
    ("zh", "中文", "中文 language"),
    ("ja", "日本語", "日本語 language"),
    ("vi", "Tiếng Việt", "Tiếng Việt language"),
];

impl Talk<'_> {
    pub(crate) async fn choose_language(&mut self, slots: &Slots) -> Result<Reply, WindowError> {
        let Some(language) = &slots.language else {
            return Ok(self.languages(Reply::text(self.say("language-which", &())?)));
        };
        if !self.window.words.has(language) {
            return Ok(self.languages(Reply::text(self.say("language-none", &())?)));
        }
        self.language = language.clone();
        self.session.language = Some(language.to_string());
        // Someone who is kept gets their news in it too; nobody is kept for having asked.
        for identity in self.known().await?.iter().filter_map(|person| person.identities.first()) {
            let new = NewSubscriber::known_by(identity.clone()).with_language(language.clone());
            self.window.subscribers.put(&[new], self.turn.at).await?;
        }
        Ok(self.menu_choices(Reply::text(self.say("language-set", &())?)))
    }

    fn languages(&self, reply: Reply) -> Reply {
        let has = |code: &str| Language::parse(code).is_ok_and(|language| self.window.words.has(&language));
        NAMES.iter().filter(|(code, ..)| has(code)).fold(reply, |reply, (_, label, says)| reply.choice(*label, *says))
    }
}
