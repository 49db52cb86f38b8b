//! How the JSON reader of several Go programs says where it stopped.

/// The place `head`, in bytes, with its neighbourhood.
pub fn context(body: &str, head: usize) -> String {
    let head = head.min(body.len());
    let around = |reach: usize| {
        let (from, to) = (head.saturating_sub(reach), (head + reach).min(body.len()));
        String::from_utf8_lossy(&body.as_bytes()[from..to]).into_owned()
    };
    let (near, wide) = (around(10), around(50));
    format!("error found in #{} byte of ...|{near}|..., bigger context ...|{wide}|...", head.min(10))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_neighbourhood_is_cut_at_both_ends() {
        assert_eq!(super::context("{", 1), "error found in #1 byte of ...|{|..., bigger context ...|{|...");
        assert!(
            super::context("0123456789abcdefghijklmnop", 15)
                .contains("#10 byte of ...|56789abcdefghijklmno|...")
        );
    }
}
