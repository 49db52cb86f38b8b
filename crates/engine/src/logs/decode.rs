//! From the bytes of `/containers/{id}/logs` to lines.
//!
//! Without a terminal, each message comes in a frame: one byte for the stream, three that are zero, four
//! for the length. With a terminal there are no frames, and any byte may come first: the format cannot
//! be told from the bytes, so it must be known.

use std::collections::VecDeque;

use bytes::BytesMut;

use super::LogLine;
use crate::status;

/// A line longer than this is cut.
const LONGEST: usize = 1 << 20;
const HEADER: usize = 8;

pub(super) struct Decoder {
    tty: bool,
    /// Each frame, or each line of a terminal, begins with a time stamp.
    stamped: bool,
    /// Bytes of a header that has not come whole.
    header: BytesMut,
    /// Bytes of the present frame still to come, and its stream.
    frame: Option<Frame>,
    stdout: Partial,
    stderr: Partial,
}

#[derive(Clone, Copy)]
struct Frame {
    stderr: bool,
    left: usize,
    /// Nothing of it has come yet: its time stamp is next.
    fresh: bool,
}

/// A line that is not complete.
#[derive(Default)]
struct Partial {
    line: Vec<u8>,
    time: Option<i64>,
    cut: bool,
    /// Bytes of a frame or line whose time stamp is not complete.
    stamp: Vec<u8>,
    in_stamp: bool,
    started: bool,
}

impl Decoder {
    pub(super) fn new(tty: bool, stamped: bool) -> Self {
        Self {
            tty,
            stamped,
            header: BytesMut::with_capacity(HEADER),
            frame: None,
            stdout: Partial::default(),
            stderr: Partial::default(),
        }
    }

    /// Takes the next bytes, however they are cut, and appends the lines that they complete.
    pub(super) fn push(&mut self, mut chunk: &[u8], lines: &mut VecDeque<LogLine>) {
        if self.tty {
            self.stdout.push_plain(chunk, lines, self.stamped);
            return;
        }
        while !chunk.is_empty() {
            let Some(frame) = &mut self.frame else {
                let missing = HEADER - self.header.len();
                let (head, rest) = chunk.split_at(missing.min(chunk.len()));
                self.header.extend_from_slice(head);
                chunk = rest;
                if self.header.len() == HEADER {
                    let length = [self.header[4], self.header[5], self.header[6], self.header[7]];
                    self.frame = Some(Frame {
                        stderr: self.header[0] == 2,
                        left: u32::from_be_bytes(length) as usize,
                        fresh: true,
                    });
                    self.header.clear();
                }
                continue;
            };
            let (payload, rest) = chunk.split_at(frame.left.min(chunk.len()));
            chunk = rest;
            let partial = if frame.stderr { &mut self.stderr } else { &mut self.stdout };
            if std::mem::take(&mut frame.fresh) {
                partial.in_stamp = self.stamped;
            }
            frame.left -= payload.len();
            partial.push_framed(payload, lines, frame.stderr);
            if frame.left == 0 {
                self.frame = None;
            }
        }
    }

    /// Time of the oldest line that is not complete.
    pub(super) fn unfinished(&self) -> Option<i64> {
        self.stdout.time.into_iter().chain(self.stderr.time).min()
    }

    /// The stream has ended: hands out what has no line end.
    pub(super) fn finish(&mut self, lines: &mut VecDeque<LogLine>) {
        self.stdout.finish(lines, false);
        self.stderr.finish(lines, true);
    }
}

impl Partial {
    /// A piece of a frame. When there are time stamps each begins with one, also one that carries on a long line.
    fn push_framed(&mut self, payload: &[u8], lines: &mut VecDeque<LogLine>, stderr: bool) {
        let payload = self.take_stamp(payload);
        let mut rest = payload;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.append(&rest[..end]);
            self.emit(lines, stderr);
            rest = &rest[end + 1..];
        }
        self.append(rest);
    }

    /// A piece of a terminal's output: when there are time stamps each line begins with one.
    fn push_plain(&mut self, chunk: &[u8], lines: &mut VecDeque<LogLine>, stamped: bool) {
        let mut rest = chunk;
        while !rest.is_empty() {
            if !self.started {
                self.started = true;
                self.in_stamp = stamped;
            }
            let end = rest.iter().position(|byte| *byte == b'\n');
            let piece = &rest[..end.unwrap_or(rest.len())];
            let piece = self.take_stamp(piece);
            self.append(piece);
            match end {
                Some(end) => {
                    self.emit(lines, false);
                    rest = &rest[end + 1..];
                }
                None => return,
            }
        }
    }

    /// Takes a time stamp, `2024-…Z `, off the front; what follows it is returned.
    fn take_stamp<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if !self.in_stamp {
            return bytes;
        }
        let Some(end) = bytes.iter().position(|byte| matches!(byte, b' ' | b'\n')) else {
            self.stamp.extend_from_slice(bytes);
            // No stamp is that long: the engine sent none.
            if self.stamp.len() > 64 {
                self.give_up_stamp();
            }
            return &[];
        };
        self.stamp.extend_from_slice(&bytes[..end]);
        let time =
            std::str::from_utf8(&self.stamp).ok().and_then(status::nanos).filter(|_| bytes[end] == b' ');
        if time.is_none() {
            self.give_up_stamp();
            return &bytes[end..];
        }
        self.in_stamp = false;
        self.stamp.clear();
        // A long line is as old as its first part.
        self.time = self.time.or(time);
        &bytes[end + 1..]
    }

    /// What looked like a stamp is text.
    fn give_up_stamp(&mut self) {
        self.in_stamp = false;
        let text = std::mem::take(&mut self.stamp);
        self.append(&text);
    }

    fn append(&mut self, bytes: &[u8]) {
        let room = LONGEST - self.line.len();
        self.cut |= bytes.len() > room;
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn emit(&mut self, lines: &mut VecDeque<LogLine>, stderr: bool) {
        if self.in_stamp {
            self.give_up_stamp();
        }
        if self.line.last() == Some(&b'\r') && !self.cut {
            self.line.pop();
        }
        // Most lines are UTF-8 already and are moved, not copied.
        let mut text = String::from_utf8(std::mem::take(&mut self.line))
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        if std::mem::take(&mut self.cut) {
            text.push_str(LogLine::CUT);
        }
        self.started = false;
        lines.push_back(LogLine { stderr, time: self.time.take(), text });
    }

    fn finish(&mut self, lines: &mut VecDeque<LogLine>, stderr: bool) {
        if !self.line.is_empty() || !self.stamp.is_empty() || self.time.is_some() {
            self.emit(lines, stderr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: &str = "2024-02-29T12:30:00.000000001Z";

    fn frame(stream: u8, text: &[u8]) -> Vec<u8> {
        let mut frame = vec![stream, 0, 0, 0];
        frame.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        frame.extend(text);
        frame
    }

    fn decoded(tty: bool, pieces: &[&[u8]]) -> Vec<String> {
        decoded_by(Decoder::new(tty, true), pieces)
    }

    fn decoded_by(mut decoder: Decoder, pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = VecDeque::new();
        for piece in pieces {
            decoder.push(piece, &mut lines);
        }
        decoder.finish(&mut lines);
        lines
            .into_iter()
            .map(|line| {
                let (stream, time) =
                    (if line.stderr { "err" } else { "out" }, line.time.map_or(0, |t| t % 10));
                format!("{stream} {time} {}", line.text)
            })
            .collect()
    }

    #[test]
    fn frames_survive_any_cut() {
        let mut bytes = frame(1, format!("{T} one\n").as_bytes());
        bytes.extend(frame(2, format!("{T} two words\n").as_bytes()));
        bytes.extend(frame(1, format!("{T} \n").as_bytes()));
        bytes.extend(frame(1, format!("{T} no end").as_bytes()));
        let expected = ["out 1 one", "err 1 two words", "out 1 ", "out 1 no end"];
        for cut in 0..bytes.len() {
            assert_eq!(decoded(false, &[&bytes[..cut], &bytes[cut..]]), expected, "cut at {cut}");
        }
        let bytewise: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decoded(false, &bytewise), expected);
    }

    #[test]
    fn the_parts_of_a_long_line_are_joined_while_the_other_stream_goes_on() {
        let mut bytes = frame(1, format!("{T} first,").as_bytes());
        bytes.extend(frame(2, format!("{T} between\n").as_bytes()));
        bytes.extend(frame(1, b"2024-02-29T12:30:00.000000002Z second\n"));
        assert_eq!(decoded(false, &[&bytes]), ["err 1 between", "out 1 first,second"]);
    }

    #[test]
    fn a_line_that_has_begun_is_known_by_the_time_of_its_first_part() {
        let mut decoder = Decoder::new(false, true);
        let mut lines = VecDeque::new();
        decoder.push(&frame(1, format!("{T} first,").as_bytes()), &mut lines);
        decoder.push(&frame(1, b"2024-02-29T12:30:00.000000002Z second,"), &mut lines);
        decoder.push(&frame(2, b"2024-02-29T12:30:00.000000003Z other"), &mut lines);
        assert_eq!(decoder.unfinished(), status::nanos(T));
        decoder.push(&frame(1, b"2024-02-29T12:30:00.000000004Z third\n"), &mut lines);
        assert_eq!(decoder.unfinished(), status::nanos("2024-02-29T12:30:00.000000003Z"));
        decoder.push(&frame(2, b"2024-02-29T12:30:00.000000005Z end\n"), &mut lines);
        assert_eq!(decoder.unfinished(), None);
    }

    #[test]
    fn a_terminal_s_output_has_no_frames_whatever_its_first_byte() {
        let text = format!("{T} \u{1}bold\r\n{T} second\r\n{T} prompt> ");
        let expected = ["out 1 \u{1}bold", "out 1 second", "out 1 prompt> "];
        for cut in 0..text.len() {
            let (head, tail) = text.as_bytes().split_at(cut);
            assert_eq!(decoded(true, &[head, tail]), expected, "cut at {cut}");
        }
    }

    #[test]
    fn lines_without_a_stamp_and_bytes_that_are_no_text_are_kept() {
        assert_eq!(decoded(false, &[&frame(1, b"plain text\n")]), ["out 0 plain text"]);
        assert_eq!(decoded(false, &[&frame(1, b"word\n")]), ["out 0 word"]);
        assert_eq!(decoded(false, &[&frame(1, b"\xff\xfe end\n")]), ["out 0 \u{fffd}\u{fffd} end"]);
        assert_eq!(decoded(false, &[&frame(1, b"a\nb\n")]), ["out 0 a", "out 0 b"]);
    }

    #[test]
    fn without_time_stamps_nothing_is_taken_for_one() {
        let mut bytes = frame(1, format!("{T} said by the program\n").as_bytes());
        bytes.extend(frame(2, b"second\nthird"));
        let expected =
            [format!("out 0 {T} said by the program"), "err 0 second".into(), "err 0 third".into()];
        for cut in 0..bytes.len() {
            let pieces = [&bytes[..cut], &bytes[cut..]];
            assert_eq!(decoded_by(Decoder::new(false, false), &pieces), expected, "cut at {cut}");
        }
        let text = format!("{T} one\r\ntwo");
        let lines = decoded_by(Decoder::new(true, false), &[text.as_bytes()]);
        assert_eq!(lines, [format!("out 0 {T} one"), "out 0 two".into()]);
    }

    #[test]
    fn a_line_beyond_a_megabyte_is_cut_and_says_so() {
        let mut bytes = frame(1, format!("{T} ").as_bytes());
        bytes.extend(frame(1, &vec![b'x'; 3 << 20]));
        bytes.extend(frame(1, b"\n"));
        bytes.extend(frame(1, format!("{T} next\n").as_bytes()));
        let lines = decoded(false, &[&bytes]);
        assert_eq!(lines[0].len(), "out 1 ".len() + LONGEST + LogLine::CUT.len());
        assert!(lines[0].ends_with(LogLine::CUT));
        assert_eq!(lines[1], "out 1 next");
    }
}
