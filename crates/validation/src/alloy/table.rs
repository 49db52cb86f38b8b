//! What Alloy's blocks take, from the tables in `schemas/`: every component by its name, and the attributes and blocks
//! of those that are looked into.

use std::{collections::BTreeMap, sync::LazyLock};

/// A type of blocks.
#[derive(Default)]
pub(super) struct Type {
    /// It takes values in other forms than its fields say.
    pub own_form: bool,
    /// In the order in which Alloy misses them.
    pub fields: Vec<Field>,
}

/// An attribute or a block inside of a block.
pub(super) struct Field {
    pub name: &'static str,
    pub is_block: bool,
    pub required: bool,
    pub kind: &'static str,
}

impl Type {
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A component of Alloy.
pub(super) struct Component {
    /// `generally-available`, `public-preview`, `experimental` or `community`.
    pub stability: &'static str,
    /// The type of its block, when it is looked into.
    pub kind: Option<&'static str>,
    /// What others can read of it, when that is known.
    pub exports: Vec<&'static str>,
}

/// The types by their names.
pub(super) static TYPES: LazyLock<BTreeMap<&'static str, Type>> = LazyLock::new(|| {
    let mut types: BTreeMap<&'static str, Type> = BTreeMap::new();
    let mut current = "";
    for line in include_str!("../../schemas/alloy.txt").lines() {
        if let Some(field) = line.strip_prefix('\t').and_then(read_field) {
            types.entry(current).or_default().fields.push(field);
        } else {
            current = line.strip_suffix(" *").unwrap_or(line);
            types.entry(current).or_default().own_form = current != line;
        }
    }
    types
});

/// `attr! name: kind`, where `!` marks what must be there.
fn read_field(line: &'static str) -> Option<Field> {
    let (form, rest) = line.split_once(' ')?;
    let (name, kind) = rest.split_once(": ")?;
    Some(Field { name, is_block: form.starts_with("block"), required: form.ends_with('!'), kind })
}

/// The components by their names.
pub(super) static COMPONENTS: LazyLock<BTreeMap<&'static str, Component>> = LazyLock::new(|| {
    let component = |line: &'static str| {
        let mut words = line.split(' ');
        let name = words.next()?;
        let stability = words.next()?;
        Some((name, Component { stability, kind: words.next(), exports: words.collect() }))
    };
    include_str!("../../schemas/alloy-components.txt").lines().filter_map(component).collect()
});

/// The blocks that are not components, with their types. Those without one are not looked into.
pub(super) const CONFIGURATION: [(&str, Option<&str>); 12] = [
    ("logging", Some("logging.Options")),
    ("tracing", Some("tracing.Options")),
    ("argument", Some("argument.Arguments")),
    ("export", Some("export.Arguments")),
    ("foreach", Some("foreach.Arguments")),
    ("import.file", Some("importsource.FileArguments")),
    ("import.string", Some("importsource.StringArguments")),
    ("import.http", Some("importsource.HTTPArguments")),
    ("import.git", Some("importsource.GitArguments")),
    ("http", Some("http.Arguments")),
    ("livedebugging", Some("livedebugging.Arguments")),
    ("remotecfg", None),
];

/// Parts of the program that no file may speak of.
pub(super) const UNCONFIGURABLE: [&str; 3] = ["cluster", "otel", "ui"];

/// What every file can use without declaring it, with what is in it; nothing for a function.
pub(super) const LIBRARY: [(&str, &[&str]); 10] = [
    ("constants", &["hostname", "os", "arch", "version"]),
    ("coalesce", &[]),
    ("json_path", &[]),
    ("module_path", &[]),
    ("sys", &["env"]),
    ("convert", &["nonsensitive"]),
    ("array", &["concat", "combine_maps", "group_by"]),
    (
        "encoding",
        &[
            "from_json",
            "from_yaml",
            "from_base64",
            "from_URLbase64",
            "to_json",
            "to_base64",
            "to_URLbase64",
            "url_encode",
            "url_decode",
        ],
    ),
    (
        "string",
        &[
            "format",
            "join",
            "replace",
            "split",
            "to_lower",
            "to_upper",
            "trim",
            "trim_prefix",
            "trim_suffix",
            "trim_space",
        ],
    ),
    ("file", &["path_join"]),
];

/// Functions of an older library, which still work.
pub(super) const DEPRECATED: [&str; 16] = [
    "env",
    "nonsensitive",
    "concat",
    "json_decode",
    "yaml_decode",
    "base64_decode",
    "format",
    "join",
    "replace",
    "split",
    "to_lower",
    "to_upper",
    "trim",
    "trim_prefix",
    "trim_suffix",
    "trim_space",
];
