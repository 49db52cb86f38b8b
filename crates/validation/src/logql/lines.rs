//! Filters by the text of a line: `|= "error" or "fatal" !~ "debug"`.

use super::{
    lex::{Kind, Token},
    parser::{Parser, Result},
    pipeline::{Sort, Stage},
    stage,
    words::quote,
};

const OPERATORS: [&str; 6] = ["|~", "|=", "|>", "!~", "!=", "!>"];

struct Wanted {
    place: Token,
    text: String,
    is_addresses: bool,
}

impl Parser {
    pub(super) fn line_operator(&self) -> Option<&'static str> {
        OPERATORS.into_iter().find(|it| self.token.is(it))
    }

    /// A filter with its alternatives. One that excludes has as many stages as alternatives.
    pub(super) fn line_filter(&mut self, operator: &str) -> Result<Vec<Stage>> {
        self.advance()?;
        let mut wanted = vec![self.wanted()?];
        while self.eat("or")? {
            wanted.push(self.wanted()?);
        }
        let form = |it: &Wanted| {
            let text = quote(&it.text);
            if it.is_addresses { format!("ip({text})") } else { text }
        };
        let alternatives = wanted.len() > 1 && operator.starts_with('|');
        if !alternatives {
            let one = |it: Wanted| {
                let fault = if it.is_addresses {
                    stage::address_filter(operator, &it.text)
                } else {
                    stage::line_filter(operator, &it.text)
                };
                Stage { sort: Sort::Lines, form: format!("{operator} {}", form(&it)), fault, place: it.place }
            };
            return Ok(wanted.into_iter().map(one).collect());
        }
        let forms: Vec<String> = wanted.iter().map(form).collect();
        let place = wanted[0].place.clone();
        // As an alternative, addresses are a text like any other.
        let bad = wanted.into_iter().find_map(|it| Some((stage::line_filter(operator, &it.text)?, it.place)));
        let form = format!("{operator} {}", forms.join(" or "));
        let (fault, place) = bad.map_or((None, place), |(fault, place)| (Some(fault), place));
        Ok(vec![Stage { sort: Sort::Lines, form, fault, place }])
    }

    fn wanted(&mut self) -> Result<Wanted> {
        let place = self.token.clone();
        if place.kind == Kind::Text {
            let text = self.text()?.text;
            return Ok(Wanted { place, text, is_addresses: false });
        }
        if !place.is("ip") {
            return self.unexpected(&["STRING", "ip"]);
        }
        Ok(Wanted { text: self.addresses()?, place, is_addresses: true })
    }
}
