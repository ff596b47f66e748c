//! From posts to a folder with cards, a sheet and a review.

use std::collections::BTreeMap;

use chrono_tz::Asia::Seoul;
use serde_json::json;
use sosik::ChannelId;
use sosik::cards::{CardFormat, Face, Painter, SheetCard, Theme, contact_sheet, regular_font};
use sosik::content::review::Finding;
use sosik::content::{Brief, Choices, Post, Story, curate, stored};

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
    let brief = brief.cards(1, 6).choices(choices).build()?;
    let curation = curate(&all, &brief)?;
    let edition = &curation.edition;
    let format = CardFormat::named(&args.format).ok_or_else(|| {
        let names: Vec<&str> = CardFormat::ALL.iter().map(CardFormat::name).collect();
        format!("format: `{}` is none of {}", args.format, names.join(", "))
    })?;
    let painter = Painter::new(theme(args)?, format)?;

    std::fs::create_dir_all(&args.out).map_err(|error| format!("{}: {error}", args.out.display()))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = args.out.join(name);
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut chosen: Vec<&Post> = Vec::new();
    let mut sheet = Vec::new();
    let mut lines = Vec::new();
    let count = edition.cards().len();
    for (at, card) in edition.cards().iter().enumerate() {
        let post = all.iter().find(|post| post.id == card.post_id()).ok_or("a card has no post")?;
        chosen.push(post);
        // What an editor rewrote is what the picture says too.
        let mut rewritten = post.clone();
        if let Some(body) = bodies.get(&post.id) {
            rewritten.text.clone_from(body);
        }
        let story = Story::of(&rewritten, Seoul);
        let face = Face::of_story(&story)
            .with_text("title", card.title())
            .with_text("edition", edition.title())
            .with_text("place", format!("{}/{count}", at + 1));
        let drawn = painter.draw_face(&face)?;
        let name = format!("{}.jpg", at + 1);
        write(&name, &drawn.file)?;
        if !args.review.json {
            say(&format!("card     {name} {:<9} {}", card.topic().code(), card.title()));
            for left in &drawn.left {
                say(&format!("         no room: {}", left.text));
            }
        }
        lines.push(json!({
            "file": name, "topic": card.topic().code(), "title": card.title(), "alt": drawn.alt, "link": post.link.as_str(),
            "no_room": drawn.left.iter().map(|left| left.text.as_str()).collect::<Vec<_>>(), "missing": drawn.missing,
        }));
        sheet.push(SheetCard::new(name, &drawn, &format).with_note(post.link.as_str()));
    }
    write("NanumSquare.ttf", regular_font())?;
    write("sheet.html", contact_sheet(edition.title(), &sheet).as_bytes())?;
    write("edition.json", stored::to_json(edition).as_bytes())?;

    let reviewer = reviewer(&args.review, slot.with_timezone(&Seoul).date_naive());
    let mut findings = reviewer.review(&chosen.into_iter().cloned().collect::<Vec<_>>());
    findings.extend(reviewer.review_edition(edition));
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    write("review.txt", (text.join("\n") + "\n").as_bytes())?;
    write("review.json", serde_json::to_string_pretty(&posts::findings_json(&findings))?.as_bytes())?;
    let left_out: Vec<_> = curation
        .left_out
        .iter()
        .map(|left| json!({"title": left.title, "reason": left.reason.code(), "why": left.reason.to_string()}))
        .collect();
    if args.review.json {
        let scores: Vec<_> = curation
            .scores
            .iter()
            .map(|score| {
                let parts: Vec<_> =
                    score.parts.iter().map(|part| json!({"what": part.what, "points": part.points})).collect();
                json!({"post": score.post_id, "total": score.total, "parts": parts})
            })
            .collect();
        let all = json!({
            "edition": edition.title(), "cards": lines, "left_out": left_out, "scores": scores,
            "review": posts::findings_json(&findings),
        });
        say(&all.to_string());
    } else {
        for left in &curation.left_out {
            say(&format!("left out {} ({})", left.title, left.reason));
        }
        report(&findings, false);
        say(&format!("folder   {}", args.out.display()));
    }
    Ok(findings)
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
    Ok(Theme::from_toml(&args.city, &file)?)
}
