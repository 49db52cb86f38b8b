//! What a template makes of a value that is not there.

use super::{
    lex::Keyword,
    parse,
    tree::{Operand, Part, Pipeline},
};

/// What a template renders when `.Value` is absent, as in a stage of a pipeline whose source was not found in a line.
/// Go then writes `<no value>`, which is hardly ever meant. `None` when the template ends in an error, which leaves
/// what it would set as it is, or when the answer depends on something else than `.Value`.
pub fn renders_absent(text: &str) -> Option<String> {
    let parts = parse::parse("", text, &|_| true).ok()?;
    let mut run = Run { variables: Vec::new(), text: String::new() };
    run.parts(&parts)?;
    Some(run.text)
}

#[derive(Clone, PartialEq)]
enum Value {
    Absent,
    Nil,
    Bool(bool),
    Number(String),
    Text(String),
}

struct Run {
    variables: Vec<(String, Value)>,
    text: String,
}

impl Run {
    fn parts(&mut self, parts: &[Part]) -> Option<()> {
        for part in parts {
            match part {
                Part::Text(text) => self.text.push_str(text),
                Part::Action(pipeline) => {
                    let value = self.pipeline(pipeline)?;
                    if pipeline.variables.is_empty() {
                        self.text.push_str(&printed(&value)?);
                    }
                }
                Part::Branch { kind: Keyword::If, condition, then, otherwise } => {
                    let outer = self.variables.len();
                    let taken = if truth(&self.pipeline(condition)?)? { then } else { otherwise };
                    self.parts(taken)?;
                    self.variables.truncate(outer);
                }
                // Where the value is not there, only the other part counts.
                Part::Branch { kind: Keyword::With, condition, otherwise, .. } => {
                    let outer = self.variables.len();
                    if truth(&self.pipeline(condition)?)? {
                        return None;
                    }
                    self.parts(otherwise)?;
                    self.variables.truncate(outer);
                }
                Part::Branch { .. } | Part::Other => return None,
            }
        }
        Some(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Option<Value> {
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, value)?);
        }
        let value = value?;
        for variable in &pipeline.variables {
            match self.variables.iter_mut().rev().find(|(name, _)| name == variable) {
                Some((_, known)) => *known = value.clone(),
                None => self.variables.push((variable.clone(), value.clone())),
            }
        }
        Some(value)
    }

    fn command(&mut self, command: &[Operand], last: Option<Value>) -> Option<Value> {
        let (first, rest) = command.split_first()?;
        let Operand::Function(function) = first else {
            // Only a function takes arguments, and `nil` alone is no command.
            let alone = rest.is_empty() && last.is_none() && *first != Operand::Nil;
            return if alone { self.operand(first) } else { None };
        };
        let mut arguments = Vec::new();
        for operand in rest {
            // `and` and `or` stop where they know; what comes later need not be known then.
            if let (Some(value), "and" | "or") = (arguments.last(), function.as_str())
                && truth(value)? == (function == "or")
            {
                break;
            }
            arguments.push(self.operand(operand)?);
        }
        arguments.extend(last);
        call(function, &arguments)
    }

    fn operand(&mut self, operand: &Operand) -> Option<Value> {
        match operand {
            Operand::Field(name) if name == ".Value" => Some(Value::Absent),
            Operand::Chain(whole, fields) if **whole == Operand::Variable("$".into()) => {
                (fields[0] == ".Value").then_some(Value::Absent)
            }
            // What is not there has fields that are not there.
            Operand::Chain(whole, _) => self.operand(whole).filter(|it| *it == Value::Absent),
            Operand::Nil => Some(Value::Nil),
            Operand::Bool(value) => Some(Value::Bool(*value)),
            Operand::Number(text) => Some(Value::Number(text.clone())),
            Operand::Text(text) => Some(Value::Text(text.clone())),
            Operand::Variable(name) => {
                self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            }
            Operand::Parenthesized(pipeline) => self.pipeline(pipeline),
            Operand::Function(name) => call(name, &[]),
            Operand::Dot | Operand::Field(_) => None,
        }
    }
}

fn printed(value: &Value) -> Option<String> {
    match value {
        Value::Absent | Value::Nil => Some("<no value>".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        // Only plain ones are printed as they are written.
        Value::Number(text) => text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.clone()),
        Value::Text(text) => Some(text.clone()),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Absent | Value::Nil => Some(false),
        Value::Bool(value) => Some(*value),
        Value::Number(text) => text.parse::<u64>().ok().map(|number| number != 0),
        Value::Text(text) => Some(!text.is_empty()),
    }
}

fn call(function: &str, arguments: &[Value]) -> Option<Value> {
    match (function, arguments) {
        ("and" | "or", [_, ..]) => arguments.last().cloned(),
        ("not", [value]) => truth(value).map(|value| Value::Bool(!value)),
        ("eq", [first, others @ ..]) if !others.is_empty() => {
            for other in others {
                if equal(first, other)? {
                    return Some(Value::Bool(true));
                }
            }
            Some(Value::Bool(false))
        }
        ("ne", [first, second]) => equal(first, second).map(|equal| Value::Bool(!equal)),
        ("print", [Value::Text(text)]) => Some(Value::Text(text.clone())),
        ("print", [Value::Absent | Value::Nil]) => Some(Value::Text("<nil>".to_owned())),
        ("printf", [Value::Text(format), Value::Absent | Value::Nil]) if format == "%s" => {
            Some(Value::Text("%!s(<nil>)".to_owned()))
        }
        // Functions of the collectors: on texts. A value that is not there is no text, which is an error.
        ("ToLower" | "lower", [Value::Text(text)]) => Some(Value::Text(text.to_lowercase())),
        ("ToUpper" | "upper", [Value::Text(text)]) => Some(Value::Text(text.to_uppercase())),
        ("TrimSpace" | "trim", [Value::Text(text)]) => Some(Value::Text(text.trim().to_owned())),
        // Those of the library of functions that Promtail and Alloy bring along: they take anything.
        ("default", [default, value]) => Some(if truth(value)? { value.clone() } else { default.clone() }),
        ("coalesce", [_, ..]) => {
            for value in arguments {
                if truth(value)? {
                    return Some(value.clone());
                }
            }
            Some(Value::Nil)
        }
        ("empty", [value]) => truth(value).map(|value| Value::Bool(!value)),
        ("ternary", [yes, no, Value::Bool(choice)]) => Some(if *choice { yes.clone() } else { no.clone() }),
        _ => None,
    }
}

/// `None` when Go refuses to compare the two.
fn equal(one: &Value, other: &Value) -> Option<bool> {
    match (one, other) {
        (Value::Absent | Value::Nil, Value::Absent | Value::Nil) => Some(true),
        (Value::Absent | Value::Nil, _) | (_, Value::Absent | Value::Nil) => Some(false),
        (Value::Text(one), Value::Text(other)) => Some(one == other),
        (Value::Bool(one), Value::Bool(other)) => Some(one == other),
        (Value::Number(one), Value::Number(other)) => {
            Some(one.parse::<i64>().ok()? == other.parse::<i64>().ok()?)
        }
        _ => None,
    }
}
