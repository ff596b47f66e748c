use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand};

/// Card news of a city's posts: curated, reviewed and drawn. The exit status is 2 when the review finds errors.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The posts: a feed (RSS, Atom, JSON Feed), `POSTS.json`, `POSTS.jsonl` or one `POST.md`
    #[arg(required = true)]
    pub(crate) posts: Option<PathBuf>,

    /// The folder for the cards, the sheet and the review
    #[arg(long, default_value = "target/cardnews")]
    pub(crate) out: PathBuf,

    /// A theme that is made (bright, blue-green, warm, night), or a TOML file
    #[arg(long, default_value = "bright")]
    pub(crate) theme: String,

    /// The city's name on the cards
    #[arg(long, default_value = "예시시")]
    pub(crate) city: String,

    /// The format: feed, wide, square or tall
    #[arg(long, default_value = "square")]
    pub(crate) format: String,

    /// What an editor decided, as JSON: `pins`, `drops`, `embargoes`, `order`, `rewrites`
    #[arg(long)]
    pub(crate) choices: Option<PathBuf>,

    /// The code of the area whose channel it is, such as 41630 (a city) or 4163053000 (a district): posts for other
    /// districts are left out
    #[arg(long)]
    pub(crate) area: Option<String>,

    /// A table of districts with `hjd_code,name,from,to`, by whose names titles say whom they concern
    #[arg(long)]
    pub(crate) districts: Option<PathBuf>,

    /// The language of the cards: ko, or one into which posts are translated (en, zh, ja, vi)
    #[arg(long, default_value = "ko")]
    pub(crate) language: String,

    #[command(flatten)]
    pub(crate) review: Review,
}

#[derive(Debug, Group)]
#[group(skip)]
pub(crate) struct Review {
    /// The ISO week of whose Friday the edition is, such as 2026-W48; else the first Friday after the newest post
    #[arg(long)]
    pub(crate) week: Option<String>,

    /// The name of the head of the city, who must not be shown
    #[arg(long)]
    pub(crate) head: Vec<String>,

    /// Says everything as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Only reviews posts
    Review {
        /// The posts: a feed, `POSTS.json`, `POSTS.jsonl` or one `POST.md`
        file: PathBuf,

        #[command(flatten)]
        review: Review,
    },
}
