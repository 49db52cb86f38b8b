//! How the web view paints where there is no graphics card.
//!
//! The web view composes the page with OpenGL. In a virtual machine or a remote session without a card, a software OpenGL
//! does that: frames come late, and each costs several times of what painting without it does.

/// Starts this program anew with another way of painting where that is better. Returns only when all is as it should
/// be, or with what went wrong; the window then opens as it would have.
pub(crate) fn settle() -> Option<String> {
    #[cfg(target_os = "linux")]
    if wants_plain_painting(
        |name| std::env::var_os(name).is_some_and(|value| !value.is_empty()),
        std::path::Path::new("/dev/dri"),
    ) {
        return Some(again().to_string());
    }
    None
}

/// The web view's own variable.
#[cfg(target_os = "linux")]
const PLAIN: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Whether there is no card, and the user has not chosen a way of painting.
#[cfg(target_os = "linux")]
fn wants_plain_painting(is_set: impl Fn(&str) -> bool, cards: &std::path::Path) -> bool {
    let chosen = [PLAIN, "WEBKIT_DISABLE_DMABUF_RENDERER", "LIBGL_ALWAYS_SOFTWARE"].into_iter().any(is_set);
    let has_card = || {
        let mut entries = std::fs::read_dir(cards).into_iter().flatten().flatten();
        entries.any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    };
    !chosen && !has_card()
}

/// The web view's processes take the variable from this one's environment, which a program cannot change safely once it
/// runs. Returns only when it fails.
#[cfg(target_os = "linux")]
fn again() -> std::io::Error {
    use std::os::unix::process::CommandExt as _;

    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    std::process::Command::new(program).args(std::env::args_os().skip(1)).env(PLAIN, "1").exec()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{PLAIN, wants_plain_painting};

    #[test]
    fn only_a_machine_without_a_card_paints_plainly_and_only_if_the_user_has_not_chosen() {
        let cards = tempfile::tempdir().unwrap();
        assert!(wants_plain_painting(|_| false, cards.path()));
        assert!(wants_plain_painting(|_| false, &cards.path().join("none")));
        assert!(!wants_plain_painting(|name| name == PLAIN, cards.path()));
        std::fs::write(cards.path().join("card0"), "").unwrap();
        assert!(wants_plain_painting(|_| false, cards.path()), "a card that only shows does not render");
        std::fs::write(cards.path().join("renderD128"), "").unwrap();
        assert!(!wants_plain_painting(|_| false, cards.path()));
    }
}
