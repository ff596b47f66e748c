//! A folder with which a clerk sends a message by hand in Kakao's own console.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use sosik::channel::kit::{self, KitFile, KitPlan};
use sosik::channel::{Media, Message, PictureFormat, stored};
use sosik::kakao::{ChannelPublicId, links};

/// Makes the folder with which a clerk sends a message by hand.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The folder with `message.json`, and its pictures in it or one folder below.
    folder: PathBuf,
    /// What heads the pages.
    #[arg(long, default_value = "소식")]
    title: String,
    /// When it is to be sent, such as 2026-11-27T16:00:00+09:00.
    #[arg(long)]
    send_at: DateTime<Utc>,
    /// Minutes for which it may be sent from then on.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u16).range(1..))]
    within: u16,
    /// The channel's public id, such as `_ZeUTxl`: its QR code goes along.
    #[arg(long, value_parser = ChannelPublicId::parse)]
    channel: Option<ChannelPublicId>,
    /// Where to write, a folder that is not there yet; `partner-kit` in the folder without it.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(line) => {
            say(&line);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            complain(&problem);
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<String, String> {
    let path = args.folder.join("message.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let message = stored::from_json(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let media = pictures(&args.folder, &message)?;
    let deadline = args.send_at + TimeDelta::minutes(args.within.into());
    let mut plan = KitPlan::new(&args.title, args.send_at, deadline);
    if let Some(channel) = &args.channel {
        plan = plan.with_file("channel-qr.svg", links::friend_qr(channel).svg(400));
    }
    let files =
        kit::files(&message, &media, &plan).map_err(|faults| format!("the message cannot go by hand: {faults}"))?;
    let out = args.out.clone().unwrap_or_else(|| args.folder.join("partner-kit"));
    write(&out, &files)?;
    Ok(format!("{} files; open {}", files.len(), out.join("checklist.html").display()))
}

/// The bytes of a message's pictures, found by their digests in a folder and those in it.
fn pictures(folder: &Path, message: &Message) -> Result<Vec<Media>, String> {
    let read = |folder: &Path| -> Result<Vec<PathBuf>, String> {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
    };
    let mut paths = read(folder)?;
    for inner in paths.clone().into_iter().filter(|path| path.is_dir() && !path.ends_with("partner-kit")) {
        paths.extend(read(&inner)?);
    }
    paths.sort();
    let mut found: Vec<Media> = Vec::new();
    for path in paths {
        let format = match path.extension().and_then(|end| end.to_str()) {
            Some("jpg" | "jpeg") => PictureFormat::Jpeg,
            Some("png") => PictureFormat::Png,
            _ => continue,
        };
        let content = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let size = imagesize::blob_size(&content).map_err(|error| format!("{}: {error}", path.display()))?;
        let pixels = |side: usize| u32::try_from(side).map_err(|_| format!("{}: it is too large", path.display()));
        let media = Media::new(format, (pixels(size.width)?, pixels(size.height)?), "", content);
        let wanted = message.pictures().any(|picture| picture.digest == media.picture.digest);
        if wanted && !found.iter().any(|item| item.picture.digest == media.picture.digest) {
            found.push(media);
        }
    }
    Ok(found)
}

/// Writes the whole kit, or nothing: what is there already may be a kit that was sent, with its attestation.
fn write(out: &Path, files: &[KitFile]) -> Result<(), String> {
    if out.exists() {
        return Err(format!("{} is there already: name another folder with --out, or move it away", out.display()));
    }
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = out.with_file_name(name);
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    std::fs::create_dir(&new).map_err(failed(&new))?;
    for file in files {
        let path = new.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap_or(&new)).map_err(failed(&path))?;
        std::fs::write(&path, &file.content).map_err(failed(&path))?;
    }
    std::fs::rename(&new, out).map_err(failed(out))
}

#[expect(clippy::print_stdout, reason = "a program speaks to whoever started it")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(problem: &str) {
    eprintln!("error: {problem}");
}
