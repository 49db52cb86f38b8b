//! The functions and what they take.

use super::{
    Features,
    value::{Fault, Part, Type},
};

/// Its parameters, by letters: `v`ector, `m`atrix, `s`calar, `t`ext. How many more the last one may stand for, or fewer
/// by one: nothing when the number is fixed; -1 is any number. What it returns, and whether it must be enabled.
type Function = (&'static str, &'static str, i8, Type, bool);

const V: Type = Type::Vector;
const S: Type = Type::Scalar;

#[rustfmt::skip]
const FUNCTIONS: [Function; 89] = [
    ("abs", "v", 0, V, false), ("absent", "v", 0, V, false), ("absent_over_time", "m", 0, V, false),
    ("acos", "v", 0, V, false), ("acosh", "v", 0, V, false), ("asin", "v", 0, V, false), ("asinh", "v", 0, V, false),
    ("atan", "v", 0, V, false), ("atanh", "v", 0, V, false), ("avg_over_time", "m", 0, V, false),
    ("ceil", "v", 0, V, false), ("changes", "m", 0, V, false), ("clamp", "vss", 0, V, false),
    ("clamp_max", "vs", 0, V, false), ("clamp_min", "vs", 0, V, false), ("cos", "v", 0, V, false),
    ("cosh", "v", 0, V, false), ("count_over_time", "m", 0, V, false), ("day_of_month", "v", 1, V, false),
    ("day_of_week", "v", 1, V, false), ("day_of_year", "v", 1, V, false), ("days_in_month", "v", 1, V, false),
    ("deg", "v", 0, V, false), ("delta", "m", 0, V, false), ("deriv", "m", 0, V, false),
    ("double_exponential_smoothing", "mss", 0, V, true), ("end", "", 0, S, true), ("exp", "v", 0, V, false),
    ("first_over_time", "m", 0, V, true), ("floor", "v", 0, V, false), ("histogram_avg", "v", 0, V, false),
    ("histogram_count", "v", 0, V, false), ("histogram_fraction", "ssv", 0, V, false),
    ("histogram_quantile", "sv", 0, V, false), ("histogram_quantiles", "vtss", 9, V, true),
    ("histogram_stddev", "v", 0, V, false), ("histogram_stdvar", "v", 0, V, false),
    ("histogram_sum", "v", 0, V, false), ("hour", "v", 1, V, false), ("idelta", "m", 0, V, false),
    ("increase", "m", 0, V, false), ("info", "vv", 1, V, true), ("irate", "m", 0, V, false),
    ("label_join", "vttt", -1, V, false), ("label_replace", "vtttt", 0, V, false),
    ("last_over_time", "m", 0, V, false), ("ln", "v", 0, V, false), ("log10", "v", 0, V, false),
    ("log2", "v", 0, V, false), ("mad_over_time", "m", 0, V, true), ("max_of", "ss", 0, S, true),
    ("max_over_time", "m", 0, V, false), ("min_of", "ss", 0, S, true), ("min_over_time", "m", 0, V, false),
    ("minute", "v", 1, V, false), ("month", "v", 1, V, false), ("pi", "", 0, S, false),
    ("predict_linear", "ms", 0, V, false), ("present_over_time", "m", 0, V, false),
    ("quantile_over_time", "sm", 0, V, false), ("rad", "v", 0, V, false), ("range", "", 0, S, true),
    ("rate", "m", 0, V, false), ("resets", "m", 0, V, false), ("round", "vs", 1, V, false),
    ("scalar", "v", 0, S, false), ("sgn", "v", 0, V, false), ("sin", "v", 0, V, false), ("sinh", "v", 0, V, false),
    ("sort", "v", 0, V, false), ("sort_by_label", "vt", -1, V, true), ("sort_by_label_desc", "vt", -1, V, true),
    ("sort_desc", "v", 0, V, false), ("sqrt", "v", 0, V, false), ("start", "", 0, S, true),
    ("stddev_over_time", "m", 0, V, false), ("stdvar_over_time", "m", 0, V, false), ("step", "", 0, S, true),
    ("sum_over_time", "m", 0, V, false), ("tan", "v", 0, V, false), ("tanh", "v", 0, V, false),
    ("time", "", 0, S, false), ("timestamp", "v", 0, V, false), ("ts_of_first_over_time", "m", 0, V, true),
    ("ts_of_last_over_time", "m", 0, V, true), ("ts_of_max_over_time", "m", 0, V, true),
    ("ts_of_min_over_time", "m", 0, V, true), ("vector", "s", 0, V, false), ("year", "v", 1, V, false),
];

/// What a call with its arguments comes to, or why there is no such function.
pub(super) fn call(name: &str, at: usize, arguments: Vec<Part>, features: Features) -> Result<Part, Fault> {
    let Some(function) = FUNCTIONS.iter().find(|function| function.0 == name) else {
        return Err(Fault { at, message: format!("unknown function with name {name:?}") });
    };
    let (_, parameters, more, returns, experimental) = *function;
    if experimental && !features.experimental_functions {
        return Err(Fault { at, message: format!("function {name:?} is not enabled") });
    }
    let mut call = Part::new(at, returns);
    let (count, given) = (parameters.len(), arguments.len());
    if more == 0 {
        call.expect(count == given, at, || {
            format!("expected {count} argument(s) in call to {name:?}, got {given}")
        });
    } else {
        let least = count - 1;
        call.expect(given >= least, at, || {
            format!("expected at least {least} argument(s) in call to {name:?}, got {given}")
        });
        let most = usize::try_from(more).map_or(usize::MAX, |more| least + more);
        call.expect(given <= most, at, || {
            format!("expected at most {most} argument(s) in call to {name:?}, got {given}")
        });
    }
    for (index, argument) in arguments.into_iter().enumerate() {
        let letter = parameters.as_bytes().get(index).or(parameters.as_bytes().last());
        let wanted = match letter {
            Some(b's') => Type::Scalar,
            Some(b't') => Type::Text,
            Some(b'm') => Type::Matrix,
            _ => Type::Vector,
        };
        let (start, kind) = (argument.start, argument.kind);
        call.check(argument.fault);
        call.expect(kind == wanted, start, || {
            let (wanted, kind) = (wanted.documented(), kind.documented());
            format!("expected type {wanted} in call to function {name:?}, got {kind}")
        });
    }
    Ok(call)
}
