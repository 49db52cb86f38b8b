//! Columns that are as wide as their widest cell: what Go's `tabwriter` makes of text with tabs, as Alloy's formatter
//! uses it. A cell ends with a tab; lines that follow each other and both have a cell in a column share its width.

/// A text being laid out.
#[derive(Default)]
pub(super) struct Elastic {
    /// Lines since the widths were last settled.
    lines: Vec<Vec<Cell>>,
    /// The cell being written.
    cell: Cell,
    done: String,
}

#[derive(Default)]
struct Cell {
    text: String,
    /// Bytes of the text, from its beginning, whose blanks are not cut off at the end of a line.
    kept: usize,
    /// It ends with a tab that also separates empty cells.
    hard: bool,
}

impl Cell {
    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// What a tab is wide, where tabs are kept.
const TAB: usize = 8;

impl Elastic {
    /// Text in which tabs end cells, newlines end lines and form feeds end columns.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\t' | '\x0b' => self.end_cell(c == '\t'),
                '\n' | '\x0c' => {
                    self.end_cell(false);
                    let alone = self.lines.last().is_none_or(|line| line.len() == 1);
                    if c == '\x0c' || alone {
                        self.settle();
                    }
                    self.lines.push(Vec::new());
                }
                other => self.cell.text.push(other),
            }
        }
    }

    /// Text that is left as it is: a comment.
    pub(super) fn kept(&mut self, text: &str) {
        self.cell.text.push_str(text);
        self.cell.kept = self.cell.text.len();
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.end_cell(false);
        self.settle();
        self.done.strip_suffix('\n').map(str::to_owned).unwrap_or(self.done)
    }

    fn end_cell(&mut self, hard: bool) {
        let cell = Cell { hard, ..std::mem::take(&mut self.cell) };
        match self.lines.last_mut() {
            Some(line) => line.push(cell),
            None => self.lines.push(vec![cell]),
        }
    }

    /// Writes the lines so far; the next ones have columns of their own.
    fn settle(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        self.columns(&lines, &mut Vec::new());
    }

    /// Writes lines that share the widths of the columns so far, settling those to the right of them.
    fn columns(&mut self, lines: &[Vec<Cell>], widths: &mut Vec<usize>) {
        let column = widths.len();
        // The last cell of a line is not part of a column.
        let has = |line: &Vec<Cell>| column + 1 < line.len();
        let mut rest = lines;
        while !rest.is_empty() {
            let without = rest.iter().position(has).unwrap_or(rest.len());
            for line in &rest[..without] {
                self.line(line, widths);
            }
            rest = &rest[without..];
            let with = rest.iter().position(|line| !has(line)).unwrap_or(rest.len());
            if with > 0 {
                let (block, after) = rest.split_at(with);
                let cells = || block.iter().map(|line| &line[column]);
                let counts = cells().any(|cell| cell.width() > 0 || cell.hard);
                let widest = cells().map(|cell| cell.width() + 1).max().unwrap_or_default();
                widths.push(if counts { widest } else { 0 });
                self.columns(block, widths);
                widths.pop();
                rest = after;
            }
        }
    }

    fn line(&mut self, cells: &[Cell], widths: &[usize]) {
        let start = self.done.len();
        let mut kept = start;
        // Empty cells at the beginning are the indentation, which stays tabs.
        let mut indentation = true;
        for (index, cell) in cells.iter().enumerate() {
            if cell.kept > 0 {
                kept = self.done.len() + cell.kept;
            }
            self.done.push_str(&cell.text);
            indentation = indentation && cell.text.is_empty();
            let Some(width) = widths.get(index) else { continue };
            if indentation {
                self.done.extend(std::iter::repeat_n('\t', width.div_ceil(TAB)));
            } else {
                self.done.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
            }
        }
        let end = self.done[kept..].trim_end_matches([' ', '\t']).len() + kept;
        self.done.truncate(end);
        self.done.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str) -> String {
        let mut elastic = Elastic::default();
        elastic.text(text);
        elastic.finish()
    }

    #[test]
    fn lines_that_follow_each_other_share_the_widths_of_their_columns() {
        assert_eq!(
            laid_out("\ta\x0b= 1\n\tlonger\x0b= 2\n\n\tb\x0b= 3"),
            "\ta      = 1\n\tlonger = 2\n\n\tb = 3"
        );
    }

    #[test]
    fn a_form_feed_ends_columns() {
        assert_eq!(laid_out("a\x0b= 1\x0clonger\x0b= 2"), "a = 1\nlonger = 2");
    }

    #[test]
    fn blanks_at_the_end_of_a_line_are_cut_off_but_not_those_of_a_comment() {
        let mut elastic = Elastic::default();
        elastic.text("a  \nb\t");
        elastic.kept("// c  ");
        assert_eq!(elastic.finish(), "a\nb // c  ");
    }
}
