//! A file that this program may read and not write.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use sosik_registry::{StoreErrorKind, SubscriberStore};
use sosik_testkit::{consented, noon, phone};

use crate::open;

/// The file that the program is started for.
const FILE: &str = "SOSIK_READ_ONLY_FILE";

/// Someone who owns nothing.
const NOBODY: u32 = 65_534;

#[test]
#[expect(clippy::disallowed_methods, reason = "it starts itself as another user, and tells itself what for")]
fn a_file_that_is_read_only_is_refused_with_what_to_do_and_left_alone() {
    let run = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    if let Ok(file) = std::env::var(FILE) {
        let error = open(Path::new(&file)).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert_eq!(error.to_string(), "the database file cannot be opened for writing");
        return println!("refused");
    }
    let folder = tempfile::tempdir().unwrap();
    let allow = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let file = folder.path().join("sosik.db");
    let store = open(&file).unwrap();
    run().block_on(store.put(&[consented(1)], noon())).unwrap();
    assert!(store.close());
    let before = std::fs::read(&file).unwrap();
    // Whoever may do everything tries it as one who may not, with a copy of the program that all may start.
    let program = folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    allow(&program, 0o755);
    for (of_the_file, of_the_folder) in [(0o444, 0o555), (0o444, 0o777), (0o666, 0o555)] {
        allow(&file, of_the_file);
        allow(folder.path(), of_the_folder);
        let mut again = Command::new(&program);
        again.args(["--exact", "--nocapture"]);
        again.arg("readonly::a_file_that_is_read_only_is_refused_with_what_to_do_and_left_alone").env(FILE, &file);
        if std::fs::metadata(&file).unwrap().uid() == 0 {
            again.uid(NOBODY).gid(NOBODY).current_dir("/");
        }
        let output = again.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("refused"), "{of_the_file:o} {of_the_folder:o}: {said}");
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
    allow(folder.path(), 0o755);
    allow(&file, 0o644);
    let store = open(&file).unwrap();
    assert!(run().block_on(store.find(&phone(1).into())).unwrap().is_some());
}
