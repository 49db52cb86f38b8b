//! The stages that take values out of a line, change them or make labels of them.

use stack::yaml::Span;

use crate::{go_regex, promtail::template};

use super::{Read, Reading, Settings, stages};

impl Reading<'_> {
    pub(super) fn expression(&mut self, name: &str) -> Read {
        let mut settings = Settings::strict(self.config);
        let expression = settings.text("expression").unwrap_or_default();
        let source = settings.text("source");
        let replace = if name == "replace" { settings.text("replace") } else { None };
        self.done(settings)?;
        let check = if name == "replace" { stages::replace } else { stages::regex };
        check(expression, source).map_err(|words| {
            let key = if source == Some("") && !expression.is_empty() { "source" } else { "expression" };
            (self.place(key), words)
        })?;
        let groups = go_regex::groups(expression);
        let place = self.place("expression");
        if name == "regex" && groups.iter().all(String::is_empty) {
            let hint = Some("(?P<level>[A-Z]+) extracts level");
            self.remark(place, "the expression has no group with a name: nothing is extracted", hint);
        } else if name == "replace" && groups.is_empty() {
            self.remark(
                place,
                "the expression has no group: nothing is replaced",
                Some("put ( ) around what is to be replaced"),
            );
        }
        if let Some(Err(words)) = replace.map(template::check) {
            let message = format!("nothing is replaced: {words}");
            self.remark(self.place("replace"), message, None);
        }
        self.extract(groups.iter().map(String::as_str));
        self.take(source, "source");
        Ok(())
    }

    pub(super) fn json(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let expressions = settings.texts("expressions").unwrap_or_default();
        let source = settings.text("source");
        settings.bool("drop_malformed");
        self.done(settings)?;
        let pairs = || expressions.iter().map(|(entry, text)| (entry.key.as_str(), *text));
        stages::json(pairs(), source).map_err(|words| {
            let wrong = expressions
                .iter()
                .find(|(entry, text)| stages::json([(entry.key.as_str(), *text)], None).is_err());
            (wrong.map_or_else(|| self.place("source"), |(entry, _)| entry.span), words)
        })?;
        self.extract(expressions.iter().map(|(entry, _)| entry.key.as_str()));
        self.take(source, "source");
        Ok(())
    }

    pub(super) fn logfmt(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let mapping = settings.texts("mapping").unwrap_or_default();
        let source = settings.text("source");
        self.done(settings)?;
        stages::logfmt(mapping.len(), source).map_err(|words| (self.place("source"), words))?;
        self.extract(mapping.iter().map(|(entry, _)| entry.key.as_str()));
        self.take(source, "source");
        Ok(())
    }

    pub(super) fn labels(&mut self, name: &str) -> Read {
        let mut settings = Settings::strict(self.config);
        let labels = settings.own_texts();
        self.done(settings)?;
        for (entry, source) in labels.unwrap_or_default() {
            stages::labels([entry.key.as_str()]).map_err(|words| (entry.span, words))?;
            let (source, span) =
                if source.is_empty() { (entry.key.as_str(), entry.span) } else { (source, entry.value.span) };
            self.stage.effect.takes.push((source, span));
            if name == "labels" && source != entry.key {
                // A label can be taken by its own name later.
                self.extract([entry.key.as_str()]);
            }
        }
        Ok(())
    }

    pub(super) fn static_labels(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let labels = settings.own_texts();
        self.done(settings)?;
        for (entry, _) in labels.unwrap_or_default() {
            if entry.key.is_empty() {
                return Err((entry.span, "invalid label name: ".to_owned()));
            }
            if !stages::is_label_name(&entry.key) {
                self.remark(entry.span, format!("Loki refuses {:?} as the name of a label", entry.key), None);
            }
        }
        Ok(())
    }

    pub(super) fn label_list(&mut self, name: &str) -> Read {
        let mut settings = Settings::strict(self.config);
        let names = settings.own_list();
        self.done(settings)?;
        stages::label_list(name, names.len()).map_err(|words| (Span::default(), words))
    }

    pub(super) fn template(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source").unwrap_or_default();
        let text = settings.text("template").unwrap_or_default();
        self.done(settings)?;
        let key = if source.is_empty() { "source" } else { "template" };
        stages::template(source, text).map_err(|words| (self.place(key), words))?;
        self.stage.effect.template = Some((source, text, self.place("template")));
        self.extract([source]);
        Ok(())
    }

    pub(super) fn output(&mut self) -> Read {
        let mut settings = Settings::strict(self.config);
        let source = settings.text("source").unwrap_or_default();
        self.done(settings)?;
        stages::output(source).map_err(|words| (self.place("source"), words))?;
        self.take(Some(source), "source");
        Ok(())
    }
}
