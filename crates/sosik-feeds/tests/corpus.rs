//! Real feeds that others made, where they lie: set `SOSIK_CORPUS` to their folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::path::PathBuf;

use sosik_feeds::{FeedError, parse};

/// The files of a folder of the corpus; none, with a word, when there is no corpus here.
#[expect(clippy::disallowed_methods, reason = "tests find the corpus by an environment variable")]
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        println!("SKIPPED: SOSIK_CORPUS is not set, no file of {folder} was read");
        return Vec::new();
    };
    let folder = PathBuf::from(corpus).join(folder);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with(".expected.json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no files", folder.display());
    files
}

#[test]
fn korean_feeds_are_read_whole() {
    for (name, bytes) in files("feeds/korean") {
        match parse(&bytes) {
            Ok(feed) => {
                assert_eq!(feed.title, feed.title.trim(), "{name}");
                for post in &feed.posts {
                    assert!(!post.link.as_str().contains("fromRss"), "{name}: {}", post.link);
                    // One of them gives no dates at all.
                    let dated = name != "institution_notices_rss_2026.xml";
                    assert_eq!(post.published.is_some(), dated, "{name}: {}", post.title);
                    assert!(!post.text.contains("<img") && !post.text.contains("&nbsp;"), "{name}: {}", post.text);
                }
            }
            Err(error) => {
                assert_eq!(name, "naver_blog_rss_no_such_blog.xml", "{error}");
                assert!(matches!(error, FeedError::Empty { .. }), "{error}");
            }
        }
    }
}

#[test]
fn well_formed_feeds_give_posts_or_say_what_they_lack() {
    let mut read = 0;
    let all = files("feeds/wellformed");
    for (name, bytes) in &all {
        match parse(bytes) {
            Ok(feed) => {
                assert!(feed.posts.len() + feed.rejected.len() > 0, "{name}");
                read += 1;
            }
            Err(error) => println!("{name}: {error}"),
        }
    }
    println!("{read} of {} well-formed feeds have items", all.len());
    assert!(read * 10 >= all.len() * 5, "{read} of {}", all.len());
}

#[test]
fn malformed_feeds_give_posts_or_one_error_and_never_a_panic() {
    for (name, bytes) in files("feeds/malformed") {
        if let Err(error) = parse(&bytes) {
            let text = error.to_string();
            assert!(!text.is_empty() && !text.contains('\n'), "{name}: {text}");
            println!("{name}: {text}");
        }
    }
}
