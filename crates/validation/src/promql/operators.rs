//! Operators between two values, and aggregations.

use super::{
    Features,
    value::{Fault, Part, Type},
};

/// How strongly an operator binds, and whether from the right.
pub(super) fn precedence(operator: &str) -> Option<(u8, bool)> {
    Some(match operator {
        "or" => (1, false),
        "and" | "unless" => (2, false),
        "==" | "!=" | "<" | "<=" | ">" | ">=" | "</" | ">/" => (3, false),
        "+" | "-" => (4, false),
        "*" | "/" | "%" | "atan2" => (5, false),
        "^" => (6, true),
        _ => return None,
    })
}

/// What a sign binds as strongly as.
pub(super) const SIGN: u8 = 5;

/// What stands between an operator and its right side.
#[derive(Debug, Default)]
pub(super) struct Modifiers {
    pub(super) bool: bool,
    pub(super) on: bool,
    pub(super) labels: Vec<String>,
    /// `group_left` or `group_right`.
    pub(super) grouped: bool,
    pub(super) included: Vec<String>,
    pub(super) fill: bool,
}

/// `left operator right`. The operator is in lower case.
pub(super) fn binary(
    left: Part,
    operator: &str,
    at: usize,
    modifiers: &Modifiers,
    right: Part,
    features: Features,
) -> Result<Part, Fault> {
    let start = left.start;
    if modifiers.fill && !features.fill_modifiers {
        let message = "binop fill modifiers are experimental and not enabled".to_owned();
        return Err(Fault { at: start, message });
    }
    let compares = matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=");
    let sets = matches!(operator, "and" | "or" | "unless");
    let both = |kind| left.kind == kind && right.kind == kind;
    let any_scalar = left.kind == Type::Scalar || right.kind == Type::Scalar;
    let vectors = both(Type::Vector);
    let scalars = both(Type::Scalar);
    let mut result = Part::new(start, if scalars { Type::Scalar } else { Type::Vector });
    result.check(left.fault);
    result.check(right.fault);
    result.expect(!modifiers.bool || compares, at, || {
        "bool modifier can only be used on comparison operators".to_owned()
    });
    result.expect(!compares || modifiers.bool || !scalars, at, || {
        "comparisons between scalars must use BOOL modifier".to_owned()
    });
    if modifiers.on
        && let Some(twice) = modifiers.labels.iter().find(|label| modifiers.included.contains(label))
    {
        result.expect(false, at, || format!("label {twice:?} must not occur in ON and GROUP clause at once"));
    }
    for (kind, start) in [(left.kind, left.start), (right.kind, right.start)] {
        result.expect(matches!(kind, Type::Scalar | Type::Vector), start, || {
            "binary expression must contain only scalar and instant vector types".to_owned()
        });
    }
    if vectors {
        result.expect(!(sets && modifiers.grouped), start, || {
            format!("no grouping allowed for {operator:?} operation")
        });
        result.expect(!(sets && modifiers.fill), start, || {
            "filling in missing series not allowed for set operators".to_owned()
        });
    } else {
        result.expect(modifiers.labels.is_empty(), start, || {
            "vector matching only allowed between instant vectors".to_owned()
        });
        result.expect(!modifiers.fill, start, || {
            "filling in missing series only allowed between instant vectors".to_owned()
        });
    }
    result.expect(!(sets && any_scalar), start, || {
        format!("set operator {operator:?} not allowed in binary scalar expression")
    });
    Ok(result)
}

/// `operator(arguments)`. The operator is in lower case.
pub(super) fn aggregation(
    operator: &str,
    at: usize,
    arguments: Vec<Part>,
    features: Features,
) -> Result<Part, Fault> {
    let fail = |message: String| Err(Fault { at, message });
    let experimental = matches!(operator, "limitk" | "limit_ratio");
    let parameter = experimental || matches!(operator, "topk" | "bottomk" | "count_values" | "quantile");
    let (wanted, given) = (if parameter { 2 } else { 1 }, arguments.len());
    if given == 0 {
        return fail("no arguments for aggregate expression provided".to_owned());
    }
    if experimental && !features.experimental_functions {
        return fail(format!(
            "{operator}() is experimental and must be enabled with --enable-feature=promql-experimental-functions"
        ));
    }
    if given != wanted {
        return fail(format!(
            "wrong number of arguments for aggregate expression provided, expected {wanted}, got {given}"
        ));
    }
    let mut result = Part::new(at, Type::Vector);
    let mut expect = |part: Part, wanted: Type, place: &str| {
        let (start, kind) = (part.start, part.kind);
        result.check(part.fault);
        result.expect(kind == wanted, start, || {
            format!("expected type {} in {place}, got {}", wanted.documented(), kind.documented())
        });
    };
    let mut arguments = arguments.into_iter();
    let first = arguments.next();
    match (first, arguments.next()) {
        (Some(parameter), Some(values)) => {
            expect(values, Type::Vector, "aggregation expression");
            let wanted = if operator == "count_values" { Type::Text } else { Type::Scalar };
            expect(parameter, wanted, "aggregation parameter");
        }
        (Some(values), None) => expect(values, Type::Vector, "aggregation expression"),
        (None, _) => {}
    }
    Ok(result)
}
