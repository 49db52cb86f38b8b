//! The patterns of `${name#pattern}` and its kind: `*`, `?` and `[a-z]`.

/// Which of several matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Most {
    Short,
    Long,
}

enum Piece {
    Many,
    One,
    Letter(char),
    /// Ranges, and whether they are meant.
    Class(Vec<(char, char)>, bool),
}

/// The text without what matches at its beginning.
pub(super) fn without_beginning(text: &str, pattern: &str, most: Most) -> String {
    let letters: Vec<char> = text.chars().collect();
    // A pattern that cannot be read matches nothing.
    let length = pieces(pattern).and_then(|pieces| beginning(&letters, &pieces, most));
    letters[length.unwrap_or(0)..].iter().collect()
}

/// The same at its end: the library turns both around, pattern and all.
pub(super) fn without_end(text: &str, pattern: &str, most: Most) -> String {
    let turned = |text: &str| text.chars().rev().collect::<String>();
    turned(&without_beginning(&turned(text), &turned(pattern), most))
}

fn beginning(letters: &[char], pieces: &[Piece], most: Most) -> Option<usize> {
    let mut lengths = 1..=letters.len();
    let fits = |length: &usize| matches(&letters[..*length], pieces);
    if most == Most::Short { lengths.find(fits) } else { lengths.rev().find(fits) }
}

fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let mut letters = pattern.chars().peekable();
    let mut found = Vec::new();
    while let Some(letter) = letters.next() {
        found.push(match letter {
            '*' => Piece::Many,
            '?' => Piece::One,
            '\\' => Piece::Letter(letters.next()?),
            '[' => {
                let meant = letters.next_if_eq(&'^').is_none();
                let mut ranges = Vec::new();
                while ranges.is_empty() || letters.next_if_eq(&']').is_none() {
                    let low = member(&mut letters)?;
                    let high = if letters.next_if_eq(&'-').is_some() { member(&mut letters)? } else { low };
                    ranges.push((low, high));
                }
                Piece::Class(ranges, meant)
            }
            letter => Piece::Letter(letter),
        });
    }
    Some(found)
}

fn member(letters: &mut impl Iterator<Item = char>) -> Option<char> {
    match letters.next()? {
        '-' | ']' => None,
        '\\' => letters.next(),
        letter => Some(letter),
    }
}

/// Whether all of a text matches. Only the last `*` is ever tried again.
fn matches(letters: &[char], pieces: &[Piece]) -> bool {
    let (mut letter, mut piece) = (0, 0);
    let mut again = None;
    loop {
        match pieces.get(piece) {
            Some(Piece::Many) => {
                again = Some((letter, piece));
                piece += 1;
                continue;
            }
            Some(single) if letters.get(letter).is_some_and(|it| fits(*it, single)) => {
                letter += 1;
                piece += 1;
                continue;
            }
            None if letter == letters.len() => return true,
            _ => {}
        }
        match again {
            Some((from, star)) if from < letters.len() => {
                again = Some((from + 1, star));
                (letter, piece) = (from + 1, star + 1);
            }
            _ => return false,
        }
    }
}

fn fits(letter: char, piece: &Piece) -> bool {
    match piece {
        Piece::Many => false,
        Piece::One => true,
        Piece::Letter(known) => letter == *known,
        Piece::Class(ranges, meant) => {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter)) == *meant
        }
    }
}
