//! How far one container has been read, so that reading again gives each line once.
//!
//! The engine can only be asked for lines from a moment on. Several lines may have one time, and the engine writes the
//! two streams side by side: a line of one may stand after a slightly later one of the other. Within a stream the order
//! is that of the times. So reading begins again a little before the last line, and what was had is left out by stream.

/// Further back than the engine may be with writing down a line that it has read, in nanoseconds.
const OVERLAP: i64 = 2_000_000_000;

/// Where one container has been read to.
#[derive(Debug, Default)]
pub(super) struct Position {
    /// Time of the first line that was had.
    first: Option<i64>,
    /// Time of the last one.
    last: Option<i64>,
    /// Standard output and standard error.
    streams: [Stream; 2],
}

#[derive(Debug, Default)]
struct Stream {
    /// Time of its last line, and how many lines had that very time.
    last: Option<(i64, usize)>,
    /// What is read again: up to there it was had.
    again: Option<(i64, usize)>,
    /// It is read again from before the first line that was had.
    from_before: bool,
}

impl Position {
    /// Reading begins anew: from when on, in nanoseconds since 1970. `None` when nothing has been had.
    ///
    /// `unfinished` is the time of a line that had begun when reading broke off.
    pub(super) fn resume(&mut self, unfinished: Option<i64>) -> Option<i64> {
        for stream in &mut self.streams {
            stream.again = stream.last;
            stream.from_before = stream.last.is_none();
        }
        let last = self.last?.saturating_sub(OVERLAP);
        Some(unfinished.map_or(last, |unfinished| unfinished.min(last)))
    }

    /// Takes the next line in. Returns whether it is new.
    pub(super) fn is_new(&mut self, stderr: bool, time: Option<i64>) -> bool {
        // Lines without a time cannot be told apart; there are none unless the engine leaves them out.
        let Some(time) = time else { return true };
        let stream = &mut self.streams[usize::from(stderr)];
        if stream.from_before && self.first.is_some_and(|first| time < first) {
            return false;
        }
        if let Some((last, left)) = &mut stream.again {
            if time < *last {
                return false;
            }
            if time == *last && *left > 0 {
                *left -= 1;
                return false;
            }
            stream.again = None;
        }
        stream.last = match stream.last {
            Some((last, count)) if last == time => Some((last, count + 1)),
            _ => Some((time, 1)),
        };
        self.first = self.first.or(Some(time));
        self.last = Some(time);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: bool = false;
    const ERR: bool = true;
    const SECOND: i64 = 1_000_000_000;

    /// Lines as a container's file has them: stream, time, text.
    type File = Vec<(bool, i64, &'static str)>;

    /// Reads the file in pieces: after each number of lines the connection breaks.
    fn read(file: &File, breaks: &[usize]) -> Vec<&'static str> {
        let mut position = Position::default();
        let mut had = Vec::new();
        for lines in breaks.iter().copied().chain([usize::MAX]) {
            let since = position.resume(None).unwrap_or(i64::MIN);
            let sent = file.iter().filter(|(_, time, _)| *time >= since).take(lines);
            had.extend(sent.filter(|(stderr, time, _)| position.is_new(*stderr, Some(*time))).map(|it| it.2));
        }
        had
    }

    fn each_once_wherever_it_breaks(file: &File) {
        let all: Vec<&str> = file.iter().map(|line| line.2).collect();
        for first in 0..=file.len() {
            for second in 0..=file.len() {
                assert_eq!(read(file, &[first, second]), all, "broken after {first} and {second}");
            }
        }
    }

    #[test]
    fn lines_of_one_time_come_once_each() {
        each_once_wherever_it_breaks(&vec![
            (OUT, 1, "a"),
            (OUT, 2, "b"),
            (OUT, 2, "c"),
            (OUT, 2, "d"),
            (OUT, 3, "e"),
        ]);
    }

    #[test]
    fn a_line_that_was_written_down_after_a_later_one_of_the_other_stream_is_not_lost() {
        each_once_wherever_it_breaks(&vec![
            (OUT, 10, "a"),
            (ERR, 12, "b"),
            (OUT, 11, "c"),
            (ERR, 12, "d"),
            (OUT, 12, "e"),
            (OUT, 12, "f"),
        ]);
    }

    #[test]
    fn a_stream_that_is_silent_for_long_is_not_read_from_its_last_line_again() {
        let mut position = Position::default();
        assert!(position.is_new(ERR, Some(1)));
        assert!(position.is_new(OUT, Some(1_000 * SECOND)));
        assert_eq!(position.resume(None), Some(998 * SECOND));
        assert!(!position.is_new(OUT, Some(1_000 * SECOND)));
        assert!(position.is_new(ERR, Some(1_000 * SECOND)));
    }

    #[test]
    fn what_a_tail_left_out_does_not_come_later() {
        let mut position = Position::default();
        assert!(position.is_new(OUT, Some(5)));
        position.resume(None);
        assert!(!position.is_new(ERR, Some(4)), "it stood before the tail");
        assert!(position.is_new(ERR, Some(6)));
    }

    #[test]
    fn a_line_that_had_begun_is_read_from_its_beginning() {
        let mut position = Position::default();
        assert!(position.is_new(OUT, Some(100 * SECOND)));
        assert_eq!(position.resume(Some(SECOND)), Some(SECOND));
        assert_eq!(position.resume(Some(200 * SECOND)), Some(98 * SECOND));
    }

    #[test]
    fn a_clock_that_jumps_back_loses_nothing() {
        let mut position = Position::default();
        assert!(position.is_new(OUT, Some(1_000 * SECOND)));
        assert!(position.is_new(OUT, Some(10 * SECOND)));
        assert_eq!(position.resume(None), Some(8 * SECOND));
        assert!(!position.is_new(OUT, Some(10 * SECOND)));
        assert!(position.is_new(OUT, Some(11 * SECOND)));
    }
}
