//! Draws every template in a theme and a format, for those who look at themes: `cargo run -p sosik-cards --example gallery --
//! FOLDER [THEME] [FORMAT] [PHOTO]`.

use std::error::Error;
use std::path::PathBuf;

use sosik_cards::{CardFormat, Face, FileKind, Painter, Picture, PictureLimits, Theme};

mod faces;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "target/gallery".to_owned()));
    let theme = arguments.next().unwrap_or_else(|| "bright".to_owned());
    let format = arguments.next().unwrap_or_else(|| "square".to_owned());
    let photo = arguments
        .next()
        .map(|path| Picture::read(&std::fs::read(path)?, &PictureLimits::default()).map_err(Box::<dyn Error>::from));
    let photo = photo.transpose()?;
    std::fs::create_dir_all(&folder)?;
    let format = CardFormat::named(&format).ok_or("a format is feed, wide, square or tall")?;
    let painter = Painter::new(Theme::named("예시시", &theme)?, format)?.with_kind(FileKind::Png);
    let edition =
        |face: Face, n: usize| face.with_text("edition", "예시시 소식 11월 4주").with_text("place", format!("{n}/8"));
    for (n, face) in faces::faces()?.into_iter().enumerate() {
        let name = format!("{n}-{theme}.png");
        let face = edition(face, n + 1);
        let face = match &photo {
            Some(photo) => face.with_picture(photo.clone()),
            None => face,
        };
        let drawn = painter.draw_face(&face)?;
        std::fs::write(folder.join(&name), &drawn.file)?;
        if !drawn.left.is_empty() {
            std::fs::write(folder.join(format!("{name}.left.txt")), format!("{:?}", drawn.left))?;
        }
    }
    Ok(())
}
