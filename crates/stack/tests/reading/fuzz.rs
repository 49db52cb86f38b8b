//! Nothing that can stand in a file makes the reader panic or hang.

use std::io;

use stack::{
    compose::{render, split_command},
    dotenv, template, yaml,
};

use crate::{load_files, load_reading};

/// A small generator: the same numbers every time.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below the bound; 0 for the bound 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap()
    }
}

const SEEDS: [&str; 3] = [
    include_str!("../golden/obs/compose.yaml"),
    include_str!("../golden/obs/.env"),
    include_str!("../../../../assets/stack/docker-compose.yml"),
];

const SPLICES: [&str; 32] = [
    "\t",
    "\n",
    "\r\n",
    "&a ",
    "*a",
    "<<: *common",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "|",
    ">",
    "- ",
    ": ",
    "#",
    "${",
    "}",
    "$",
    "!reset ",
    "!override ",
    "---\n",
    "null",
    "0x",
    "1e999",
    "-1",
    "\u{feff}",
    "\u{2028}",
    "漢",
    "\0",
    "99999999999999999999",
];

fn mutate(text: &str, random: &mut Random) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(6) {
        let at = random.below(characters.len());
        match random.below(5) {
            0 => characters.truncate(at),
            1 => {
                let end = (at + random.below(40)).min(characters.len());
                characters.drain(at..end);
            }
            2 => {
                let from = random.below(characters.len());
                let end = (from + random.below(80)).min(characters.len());
                let copy: Vec<char> = characters[from..end].to_vec();
                characters.splice(at..at, copy);
            }
            3 => {
                if let Some(character) = characters.get_mut(at) {
                    *character = char::from_u32(random.below(0x300) as u32).unwrap_or('x');
                }
            }
            _ => {
                characters.splice(at..at, SPLICES[random.below(SPLICES.len())].chars());
            }
        }
    }
    characters.into_iter().collect()
}

fn feed(text: &str) {
    _ = yaml::parse(text, 0);
    _ = template::interpolate(text, &|name| (name.len() < 4).then(|| name.to_owned()));
    _ = dotenv::parse(text, &|_| None);
    _ = dotenv::set(text, "GRAFANA_ADMIN_PASSWORD", "a\\'b");
    _ = split_command(text);
    let read = |_: &std::path::Path| -> io::Result<String> { Ok(text.to_owned()) };
    if let Ok(project) = load_reading(&[("compose.yaml", text)], &[("FROM_HOST", "1")], &read) {
        _ = render::yaml(&project, &render::RenderOptions::default());
    }
    _ = load_files(
        &[("compose.yaml", SEEDS[0]), ("override.yaml", text)],
        &[("GRAFANA_ADMIN_PASSWORD", "x")],
    );
}

#[test]
fn mutated_files_never_panic() {
    let mut random = Random::new(1);
    for round in 0..600 {
        // The large file is slow in debug builds; it gets its share of the rounds.
        let seed = if round % 6 == 5 { SEEDS[2] } else { SEEDS[round % 2] };
        feed(&mutate(seed, &mut random));
    }
}

#[test]
fn random_texts_never_panic() {
    let mut random = Random::new(2);
    for _ in 0..3000 {
        let length = random.below(60);
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                if random.below(3) == 0 {
                    random.next() as u8
                } else {
                    b"${}:-?+a \n\t\"'#&*<[]|>!=\\"[random.below(24)]
                }
            })
            .collect();
        feed(&String::from_utf8_lossy(&bytes));
    }
}

/// Large on purpose: each of these would take minutes if some part of the reader were quadratic.
#[test]
fn large_files_end_soon() {
    let many = |line: &dyn Fn(usize) -> String| (0..8_000).map(line).collect::<String>();
    let service = "services:\n  a:\n    image: i\n";
    let texts = [
        many(&|index| format!("key{index}: 1\n")),
        format!("{service}{}", many(&|index| format!("    imag{index}: 1\n"))),
        format!("{service}    cap_add:\n{}", many(&|index| format!("      - A{index}\n"))),
        format!("{service}    expose:\n{}", many(&|index| format!("      - {index}\n"))),
        format!("{service}    ports:\n{}", many(&|index| format!("      - {index}:80\n"))),
        format!("{service}    ports:\n{}", many(&|_| "      - 1-65535\n".to_owned())),
        format!("{service}    volumes:\n{}", many(&|index| format!("      - /a:/b{index}\n"))),
        format!("{service}    depends_on:\n{}", many(&|index| format!("      - aa{index}\n"))),
        format!("{service}    environment:\n{}", many(&|index| format!("      A{index}: ${{A:?x}}\n"))),
        format!("{service}    command: \"{}\"\n", many(&|_| "${A:-x}".to_owned())),
        format!("{service}    command: \"{}\"\n", many(&|_| "${A:-{".to_owned())),
        format!(
            "services:\n{}",
            many(&|index| format!("  s{index}: {{image: i, depends_on: [s{}]}}\n", (index + 1) % 8_000))
        ),
        format!("services:\n{}", many(&|index| format!("  s{index}: {{image: i, depends_on: [x]}}\n"))),
        many(&|index| format!("A{index}=\"${{A{index}:-x}}\"\n")),
        many(&|_| "A='\n".to_owned()),
        many(&|_| "A B='\n".to_owned()),
    ];
    for text in texts {
        println!("{} bytes beginning with {:?}", text.len(), &text[..40]);
        feed(&text);
        _ = load_files(&[("a.yml", &text), ("b.yml", &text)], &[]);
    }
}
