//! The lock across holders. In a process of its own: a test that starts programs shares every open file with
//! them for the moment between fork and exec, locks included.

use supervisor::{api::error::ErrorCode, lock::Lock};

#[test]
fn the_second_is_told_who_the_first_is() {
    let folder = tempfile::tempdir().unwrap();
    let held = Lock::take(folder.path(), "unix:///a", "p").unwrap();
    let busy = Lock::take(folder.path(), "unix:///a", "p").unwrap_err();
    assert_eq!(busy.code, ErrorCode::Busy);
    assert!(busy.detail.contains(&std::process::id().to_string()), "{busy:?}");
    Lock::take(folder.path(), "unix:///a", "other").expect("another project is another lock");
    drop(held);
    Lock::take(folder.path(), "unix:///a", "p").expect("free again");
}
