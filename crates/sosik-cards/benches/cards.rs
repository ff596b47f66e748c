//! Cards a second on one core, 1,080×1,080 with a photograph as JPEG, beside Pillow and plain resvg that draw the same card.
//!
//! `cargo bench -p sosik-cards`; for Pillow a Python that has it: `SOSIK_PYTHON=…/python3`, else `python3`.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]
#![expect(clippy::disallowed_methods, reason = "it measures time, and reads where Python is")]
#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "made-up pictures"
)]

use std::process::Command;
use std::time::{Duration, Instant};

use sosik_cards::{CardFormat, Face, Painter, Picture, PictureLimits, Theme};
use sosik_content::Topic;

/// Cards of a round.
const CARDS: usize = 60;
/// The first time Pillow and we draw, and the last, in turn: the middle counts.
const ROUNDS: usize = 5;

fn title(n: usize) -> String {
    format!("옥정호수공원 겨울빛 점등식 {n}번째 밤, 모두 함께 걸어요")
}

const LEAD: &str = "12. 5.(토) 17:00 중앙광장, 누구나 무료로 볼 수 있습니다";

fn main() {
    let folder = std::env::temp_dir().join("sosik-cards-bench");
    std::fs::create_dir_all(&folder).unwrap();
    let photo_path = folder.join("photo.jpg");
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "first-card") {
        let painter = painter();
        let file = draw(&painter, &std::fs::read(photo_path).unwrap(), 0);
        return println!("{}", file.len());
    }
    // For a profiler: nothing but our own.
    if arguments.iter().any(|argument| argument == "ours") {
        let (painter, photo) = (painter(), std::fs::read(photo_path).unwrap());
        return println!("{:.1} cards/s", rate(10 * CARDS, |n| drop(draw(&painter, &photo, n))));
    }
    let photo = photo(1_600, 1_200);
    std::fs::write(&photo_path, &photo).unwrap();
    println!(
        "photograph: 1600x1200, {} KB; card: 1080x1080, photograph, title, lead, shade, JPEG at quality 92, 4:4:4",
        photo.len() / 1_000
    );

    let painter = painter();
    std::fs::write(folder.join("ours.jpg"), draw(&painter, &photo, 0)).unwrap();
    let (mut ours, mut pillow, mut resvg) = (Vec::new(), Vec::new(), Vec::new());
    let mut memory = 0;
    for round in 0..ROUNDS {
        ours.push(rate(CARDS, |n| drop(draw(&painter, &photo, n))));
        if round == 0 {
            memory = peak_megabytes();
        }
        pillow.extend(with_pillow(&photo_path, &folder));
        resvg.push(with_resvg(&photo, &folder));
    }
    let middle = |mut rates: Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied()
    };
    let ours = middle(ours).unwrap();
    println!("\n{:28} {:>9} {:>8}", "", "cards/s", "of ours");
    println!("{:28} {ours:>9.1} {:>8}", "sosik-cards", "1.00");
    for (name, rate) in [("Pillow", middle(pillow)), ("resvg, photograph in the SVG", middle(resvg))] {
        match rate {
            Some(rate) => println!("{name:28} {rate:>9.1} {:>8.2}", rate / ours),
            None => println!("{name:28} skipped: no Python with Pillow (set SOSIK_PYTHON)"),
        }
    }
    println!("\nmemory at its peak, ours: {memory} MB");
    let start = Instant::now();
    let program = std::env::current_exe().unwrap();
    assert!(Command::new(program).arg("first-card").output().unwrap().status.success());
    println!("from the start of a program to its first card: {} ms", start.elapsed().as_millis());
    println!("6 cards for each of 12 districts on 2 threads: {:.2} s", edition(&photo).as_secs_f64());
}

fn painter() -> Painter {
    Painter::new(Theme::named("예시시", "blue-green").unwrap(), CardFormat::square()).unwrap()
}

fn draw(painter: &Painter, photo: &[u8], n: usize) -> Vec<u8> {
    let face = Face::new("cover", Topic::Festival)
        .with_text("edition", "예시시 소식 12월 1주")
        .with_text("title", title(n))
        .with_text("lead", LEAD)
        .with_picture(Picture::read(photo, &PictureLimits::default()).unwrap());
    let drawn = painter.draw_face(&face).unwrap();
    assert!(drawn.left.is_empty());
    drawn.file
}

fn rate(cards: usize, mut draw: impl FnMut(usize)) -> f64 {
    draw(cards);
    let start = Instant::now();
    (0..cards).for_each(&mut draw);
    cards as f64 / start.elapsed().as_secs_f64()
}

/// 12 districts' editions of 6 cards, by two threads.
fn edition(photo: &[u8]) -> Duration {
    let painter = painter();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let painter = &painter;
            scope.spawn(move || {
                for n in (0..72).filter(|n| n % 2 == thread) {
                    drop(draw(painter, photo, n));
                }
            });
        }
    });
    start.elapsed()
}

/// The most memory that this process has had, in MB.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1_000
}

fn with_pillow(photo: &std::path::Path, folder: &std::path::Path) -> Option<f64> {
    let python = std::env::var("SOSIK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/pillow.py");
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
    let cards = CARDS.to_string();
    let output = Command::new(python).args([here, photo.to_str()?, fonts, folder.to_str()?, &cards]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The same card as an SVG with the photograph in it.
fn with_resvg(photo: &[u8], folder: &std::path::Path) -> f64 {
    use base64::Engine as _;
    use resvg::usvg::fontdb::Database;
    let mut fonts = Database::new();
    for face in ["NanumSquareR.ttf", "NanumSquareB.ttf", "NanumSquareEB.ttf"] {
        fonts.load_font_data(std::fs::read(format!("{}/fonts/{face}", env!("CARGO_MANIFEST_DIR"))).unwrap());
    }
    let options = resvg::usvg::Options { fontdb: std::sync::Arc::new(fonts), ..Default::default() };
    let draw = |n: usize| {
        let picture = base64::engine::general_purpose::STANDARD.encode(photo);
        let title = title(n);
        let (first, second) = title.split_at(title.match_indices(' ').nth(2).unwrap().0);
        let svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="1080"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset=".5" stop-opacity="0"/><stop offset=".65" stop-opacity=".6"/><stop offset="1" stop-opacity=".6"/></linearGradient></defs>
<image href="data:image/jpeg;base64,{picture}" x="0" y="0" width="1080" height="1080" preserveAspectRatio="xMidYMid slice"/><rect width="1080" height="1080" fill="url(#s)"/>
<g fill="#fff" font-family="NanumSquare"><text x="75" y="690" font-size="48" font-weight="700">예시시 소식 12월 1주</text><text x="75" y="800" font-size="100" font-weight="800">{first}</text><text x="75" y="915" font-size="64" font-weight="800">{second}</text><text x="75" y="1000" font-size="44">{LEAD}</text></g></svg>"##
        );
        let tree = resvg::usvg::Tree::from_str(&svg, &options).unwrap();
        let mut pixels = tiny_skia::Pixmap::new(1_080, 1_080).unwrap();
        resvg::render(&tree, tiny_skia::Transform::default(), &mut pixels.as_mut());
        let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let (format, sampling) = (libjpeg_turbo_rs::PixelFormat::Rgb, libjpeg_turbo_rs::Subsampling::S444);
        libjpeg_turbo_rs::compress(&rgb, 1_080, 1_080, format, 92, sampling).unwrap()
    };
    std::fs::write(folder.join("resvg.jpg"), draw(0)).unwrap();
    rate(CARDS / 3, |n| drop(draw(n)))
}

/// A photograph that no one took: hills of noise in eight sizes, as uneven as a real one.
fn photo(width: usize, height: usize) -> Vec<u8> {
    let hash = |x: i64, y: i64, seed: i64| -> f32 {
        let mut value = (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263) ^ seed.wrapping_mul(69_069)) as u64;
        value ^= value >> 13;
        value = value.wrapping_mul(1_274_126_177);
        value ^= value >> 16;
        (value & 0xffff) as f32 / 65_535.0
    };
    let noise = |x: f32, y: f32, seed: i64| -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let mix = |a: f32, b: f32, part: f32| a + (b - a) * part * part * (3.0 - 2.0 * part);
        let upper = mix(hash(left, top, seed), hash(left + 1, top, seed), fx);
        let lower = mix(hash(left, top + 1, seed), hash(left + 1, top + 1, seed), fx);
        mix(upper, lower, fy)
    };
    let mut pixels = vec![0_u8; width * height * 3];
    for (at, pixel) in pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = ((at % width) as f32, (at / width) as f32);
        for (part, value) in pixel.iter_mut().enumerate() {
            let (mut sum, mut share, mut scale) = (0.0, 0.5, 1.0 / 256.0);
            for octave in 0..8_i64 {
                let seed = octave * 3 + if octave < 3 { part as i64 } else { 0 };
                sum += share * noise(x * scale, y * scale, seed);
                share *= 0.62;
                scale *= 2.0;
            }
            *value = (sum * 190.0).clamp(0.0, 255.0) as u8;
        }
    }
    let (format, sampling) = (libjpeg_turbo_rs::PixelFormat::Rgb, libjpeg_turbo_rs::Subsampling::S420);
    libjpeg_turbo_rs::compress(&pixels, width, height, format, 90, sampling).unwrap()
}
