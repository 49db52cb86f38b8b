//! What the expressions of a block refer to.

use super::{
    syntax::{Expression, Name, Statement},
    table::{COMPONENTS, DEPRECATED, LIBRARY},
};

/// A name with the names after its dots.
pub(super) type Path<'a> = Vec<&'a Name>;

/// Every path in a body, in its order.
pub(super) fn of_body(body: &[Statement]) -> Vec<Path<'_>> {
    let mut found = Vec::new();
    for statement in body {
        match statement {
            Statement::Attribute(attribute) => of_expression(&attribute.value, &mut found),
            Statement::Block(block) => found.extend(of_body(&block.body)),
        }
    }
    found
}

fn of_expression<'a>(expression: &'a Expression, found: &mut Vec<Path<'a>>) {
    if let Some(path) = path(expression) {
        return found.push(path);
    }
    match expression {
        Expression::Literal(..) | Expression::Identifier(_) => {}
        Expression::Array { items, .. } => {
            for item in items {
                of_expression(item, found);
            }
        }
        Expression::Object { fields, .. } => {
            for field in fields {
                of_expression(&field.value, found);
            }
        }
        Expression::Access(value, _)
        | Expression::Unary { value, .. }
        | Expression::Paren { inner: value, .. } => of_expression(value, found),
        Expression::Index { value, index, .. } => {
            of_expression(value, found);
            of_expression(index, found);
        }
        Expression::Call { value, arguments, .. } => {
            of_expression(value, found);
            for argument in arguments {
                of_expression(argument, found);
            }
        }
        Expression::Binary { left, right, .. } => {
            of_expression(left, found);
            of_expression(right, found);
        }
    }
}

fn path(expression: &Expression) -> Option<Path<'_>> {
    match expression {
        Expression::Identifier(name) => Some(vec![name]),
        Expression::Access(value, name) => {
            let mut path = path(value)?;
            path.push(name);
            Some(path)
        }
        _ => None,
    }
}

/// A path with its dots.
pub(super) fn joined(path: &[&Name]) -> String {
    path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

/// What a path means among some names.
pub(super) enum Meaning {
    /// A block by its id, and how many names of the path that took.
    Block(String, usize),
    /// Something that every file can use.
    Library,
    /// Nothing.
    Nothing,
}

pub(super) fn meaning(path: &[&Name], is_block: impl Fn(&str) -> bool, variables: &[String]) -> Meaning {
    let mut id = String::new();
    for (index, name) in path.iter().enumerate() {
        if index > 0 {
            id.push('.');
        }
        id.push_str(&name.text);
        if is_block(&id) {
            return Meaning::Block(id, index + 1);
        }
    }
    let first = path[0].text.as_str();
    let known = LIBRARY.iter().any(|(name, _)| *name == first)
        || DEPRECATED.contains(&first)
        || variables.iter().any(|variable| variable == first);
    if known { Meaning::Library } else { Meaning::Nothing }
}

/// The first name of a path that the library or a component does not have, which only a start notices.
pub(super) fn missing_field<'a>(path: &[&'a Name], component: Option<(&str, usize)>) -> Option<&'a Name> {
    let (known, at) = if let Some((name, at)) = component {
        (COMPONENTS.get(name).filter(|it| it.kind.is_some())?.exports.as_slice(), at)
    } else {
        let (_, fields) = LIBRARY.iter().find(|(name, _)| *name == path[0].text)?;
        (*fields, 1)
    };
    let field = path.get(at)?;
    // Functions have no fields, and Alloy says so in other words.
    let wrong = component.is_some() || !known.is_empty();
    (wrong && !known.contains(&field.text.as_str())).then_some(field)
}
