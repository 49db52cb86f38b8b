//! Text from a container without anything that a terminal would obey.
//!
//! Libraries for this take out escape sequences. They leave a lone return, which writes over what stands before the line,
//! and the control characters beyond ASCII, one of which begins a sequence as ESC does.

use std::{borrow::Cow, iter::Peekable, str::Chars};

/// The text as it reads: no sequences, and of the control characters only tabs.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    // Most lines are such, and a hundred thousand of them are read at once.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => skip_sequence(&mut letters),
            '\t' => out.push('\t'),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    Cow::Owned(out)
}

/// Skips what follows an ESC, by ECMA-48. What does not belong to a sequence is left: it is text.
fn skip_sequence(letters: &mut Peekable<Chars<'_>>) {
    match letters.peek() {
        // CSI: parameters, intermediates, one final letter.
        Some('[') => {
            letters.next();
            while letters.next_if(|letter| matches!(letter, ' '..='?')).is_some() {}
            letters.next_if(|letter| matches!(letter, '@'..='~'));
        }
        // OSC, DCS, SOS, PM, APC: a text for the terminal alone, up to BEL or ESC \.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            for letter in letters.by_ref() {
                match letter {
                    '\u{7}' | '\u{9c}' => return,
                    '\u{1b}' => break,
                    _ => {}
                }
            }
            letters.next_if(|letter| *letter == '\\');
        }
        // Others: intermediates, such as those that choose letters, and one final letter.
        Some(' '..='~') => {
            while letters.next_if(|letter| matches!(letter, ' '..='/')).is_some() {}
            letters.next_if(|letter| matches!(letter, '0'..='~'));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_cannot_drive_the_terminal() {
        for (text, expected) in [
            ("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}ok\r\u{8}", "red ok"),
            ("tab\tstays 值", "tab\tstays 值"),
            ("cut \u{1b}[", "cut "),
            ("\u{1b}[?25lhidden \u{1b}[38:5:1mx", "hidden x"),
            ("\u{1b}(Bplain \u{1b}=keys \u{1b}7saved", "plain keys saved"),
            ("\u{1b}]8;;http://a\u{1b}\\link\u{1b}]8;;\u{1b}\\ end", "link end"),
            ("\u{1b}Pq#0\u{1b}\\picture \u{1b}_app\u{9c}ok", "picture ok"),
            ("\u{1b}[31健康 stays", "健康 stays"),
            ("c1 \u{9b}31m \u{85}", "c1 31m "),
            ("\u{1b}\u{1b}[1mtwice", "twice"),
            ("\u{1b}", ""),
            ("\u{7f}deleted", "deleted"),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_that_begins_a_sequence_is_left_whatever_came_before_it() {
        let pieces = ["\u{1b}", "[", "]", "P", "(", "\\", "\u{7}", "3", "m", "健", "\u{9b}", "\r", " "];
        let count = pieces.len();
        for number in 0..count.pow(4) {
            let places = [number, number / count, number / count.pow(2), number / count.pow(3)];
            let text: String = places.map(|place| pieces[place % count]).concat() + "x";
            assert!(!plain(&text).contains(char::is_control), "{text:?}");
        }
    }
}
