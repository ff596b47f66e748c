//! From posts to a folder with cards, a sheet and a review.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use chrono_tz::Asia::Seoul;
use serde_json::{Value, json};
use sosik::cards::{CardFormat, Face, Painter, SheetCard, Theme, contact_sheet, regular_font};
use sosik::content::review::Finding;
use sosik::content::{AreaNames, Brief, BriefBuilder, Card, Choices, Curation, Phrases, Post, Story, curate, stored};
use sosik::registry::Directory;
use sosik::{AreaCode, ChannelId, Language};

use crate::args::Args;
use crate::{Failure, posts, report, reviewer, say};

pub(crate) fn run(args: &Args) -> Result<Vec<Finding>, Failure> {
    let path = args.posts.as_deref().ok_or("give a feed, POSTS.json or POST.md")?;
    let all = posts::read(path)?;
    let slot = posts::slot(&all, args.review.week.as_deref())?;
    let choices = match &args.choices {
        Some(path) => {
            let json = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Choices::from_json(&json).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => Choices::default(),
    };
    let bodies: BTreeMap<String, String> =
        choices.rewrites.iter().filter_map(|(id, rewrite)| Some((id.clone(), rewrite.body.clone()?))).collect();
    let brief = Brief::builder(ChannelId::parse("cardnews")?, slot, Seoul).name(format!("{} 소식", args.city));
    let brief = with_area(brief, args, slot.with_timezone(&Seoul).date_naive())?;
    let curation = curate(&all, &brief.cards(1, 6).choices(choices).build()?)?;
    let edition = &curation.edition;
    let chosen: Vec<Post> = curation.carried.iter().filter_map(|at| all.get(*at).cloned()).collect();

    std::fs::create_dir_all(&args.out).map_err(|error| format!("{}: {error}", args.out.display()))?;
    let drawing = Drawing::new(args, edition.title())?;
    let mut faces = Vec::new();
    for (card, post) in edition.cards().iter().zip(&chosen) {
        // What an editor rewrote is what the picture says too.
        let mut post = post.clone();
        if let Some(body) = bodies.get(&post.id) {
            post.text.clone_from(body);
        }
        faces.push((card, drawing.face(card, &post)));
    }
    let of = faces.iter().filter(|(_, face)| face.is_some()).count();
    let (mut place, mut sheet, mut cards) = (0, Vec::new(), Vec::new());
    for (card, face) in faces {
        place += usize::from(face.is_some());
        cards.push(drawing.card(card, face, (place, of), &mut sheet)?);
    }
    write(&args.out, "NanumSquare.ttf", regular_font())?;
    write(&args.out, "sheet.html", contact_sheet(&drawing.name, &sheet).as_bytes())?;
    write(&args.out, "edition.json", stored::to_json(edition).as_bytes())?;

    let reviewer = reviewer(&args.review, slot.with_timezone(&Seoul).date_naive());
    let mut findings = reviewer.review(&chosen);
    findings.extend(reviewer.review_edition(edition));
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    write(&args.out, "review.txt", (text.join("\n") + "\n").as_bytes())?;
    write(&args.out, "review.json", serde_json::to_string_pretty(&posts::findings_json(&findings))?.as_bytes())?;
    if args.review.json {
        say(&as_json(&curation, &cards, &findings).to_string())?;
    } else {
        for left in &curation.left_out {
            say(&format!("left out {} ({})", left.title, left.reason))?;
        }
        report(&findings, false)?;
        say(&format!("folder   {}", args.out.display()))?;
    }
    Ok(findings)
}

/// What cards are drawn with, and where to.
struct Drawing<'a> {
    args: &'a Args,
    painter: Painter,
    format: CardFormat,
    phrases: &'static Phrases,
    /// What stands at the foot of each card.
    name: String,
}

impl<'a> Drawing<'a> {
    fn new(args: &'a Args, edition: &str) -> Result<Self, Failure> {
        let format = CardFormat::named(&args.format).ok_or_else(|| {
            let names: Vec<&str> = CardFormat::ALL.iter().map(CardFormat::name).collect();
            format!("format: `{}` is none of {}", args.format, names.join(", "))
        })?;
        let phrases = phrases(&args.language)?;
        // The edition is named in Korean: another language shows the city's name, as it was given.
        let name = if is_korean(phrases) { edition } else { &args.city };
        Ok(Self { args, painter: Painter::new(theme(args)?, format)?, format, phrases, name: name.to_owned() })
    }

    /// What a card says, where it is translated.
    fn face(&self, card: &Card, post: &Post) -> Option<Face> {
        let mut story = Story::of(post, Seoul);
        story.kind.topic = card.topic();
        let face = Face::of_story_in(&story, self.phrases)?;
        let face = if is_korean(self.phrases) { face.with_text("title", card.title()) } else { face };
        Some(face.with_text("edition", &self.name))
    }

    /// Draws a card, in as many pictures as it needs, and says what came of it.
    fn card(
        &self,
        card: &Card,
        face: Option<Face>,
        (place, of): (usize, usize),
        sheet: &mut Vec<SheetCard>,
    ) -> Result<Value, Failure> {
        let mut said = json!({"topic": card.topic().code(), "title": card.title(), "link": card.link().as_str()});
        let Some(face) = face else {
            self.say(&format!("         not translated into {}: {}", self.phrases.language(), card.title()))?;
            said["translated"] = json!(false);
            return Ok(said);
        };
        let face = face.with_text("place", format!("{place}/{of}"));
        let mut pictures = Vec::new();
        for (at, drawn) in self.painter.draw_whole(&face)?.into_iter().enumerate() {
            let file = if at == 0 { format!("{place}.jpg") } else { format!("{place}-{}.jpg", at + 1) };
            write(&self.args.out, &file, &drawn.file)?;
            self.say(&format!("card     {file} {:<9} {}", card.topic().code(), card.title()))?;
            for left in &drawn.left {
                self.say(&format!("         no room: {}", left.text))?;
            }
            let no_room: Vec<&str> = drawn.left.iter().map(|left| left.text.as_str()).collect();
            pictures.push(json!({"file": file, "alt": drawn.alt, "no_room": no_room, "missing": drawn.missing}));
            sheet.push(SheetCard::new(file, &drawn, &self.format).with_note(card.link().as_str()));
        }
        said["pictures"] = Value::Array(pictures);
        Ok(said)
    }

    fn say(&self, line: &str) -> Result<(), Failure> {
        if self.args.review.json { Ok(()) } else { say(line) }
    }
}

fn is_korean(phrases: &Phrases) -> bool {
    *phrases.language() == Language::korean()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = folder.join(name);
    Ok(std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Everything that was done.
fn as_json(curation: &Curation, cards: &[Value], findings: &[Finding]) -> Value {
    let left_out: Vec<Value> = curation
        .left_out
        .iter()
        .map(|left| json!({"title": left.title, "reason": left.reason.code(), "why": left.reason.to_string()}))
        .collect();
    let scores: Vec<Value> = curation
        .scores
        .iter()
        .map(|score| {
            let parts: Vec<Value> =
                score.parts.iter().map(|part| json!({"what": part.what, "points": part.points})).collect();
            json!({"post": score.post_id, "total": score.total, "parts": parts})
        })
        .collect();
    json!({
        "edition": curation.edition.title(), "cards": cards, "left_out": left_out, "scores": scores,
        "review": posts::findings_json(findings),
    })
}

/// The brief with the channel's area, and the names of districts where a table of them is given.
fn with_area(brief: BriefBuilder, args: &Args, day: NaiveDate) -> Result<BriefBuilder, Failure> {
    let brief = match &args.area {
        Some(code) => brief.area(AreaCode::parse(code)?),
        None => brief,
    };
    let Some(path) = &args.districts else { return Ok(brief) };
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let table = std::fs::read(path).map_err(|error| wrong(&error))?;
    let directory = Directory::from_csv(&table).map_err(|error| wrong(&error))?;
    let districts = directory.on(day).map(|district| (district.name.clone(), district.code.clone()));
    Ok(brief.area_names(AreaNames::new(districts)))
}

/// How cards say things in a language.
fn phrases(language: &str) -> Result<&'static Phrases, Failure> {
    let names = || Phrases::languages().map(Language::as_str).collect::<Vec<_>>().join(", ");
    let found = Phrases::of(&Language::parse(language)?);
    Ok(found.ok_or_else(|| format!("language: `{language}` is none of {}", names()))?)
}

/// A theme that is made, or a file.
fn theme(args: &Args) -> Result<Theme, Failure> {
    if Theme::names().any(|name| name == args.theme) {
        return Ok(Theme::named(&args.city, &args.theme)?);
    }
    let file = std::fs::read_to_string(&args.theme).map_err(|error| {
        let names: Vec<&str> = Theme::names().collect();
        format!("theme: `{}` is none of {}, and no file: {error}", args.theme, names.join(", "))
    })?;
    let beside = Path::new(&args.theme).parent().unwrap_or(Path::new("."));
    Ok(Theme::with_files(&args.city, &file, |name| std::fs::read(beside.join(name)))?)
}
