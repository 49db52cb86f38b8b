//! Blocks that depend on each other in a circle, which Alloy cannot put in an order.

use std::collections::{BTreeMap, BTreeSet};

use super::{report::Report, scope::Placed};

/// Above this many blocks nobody wrote the file by hand, and the search would take its time.
const MOST: usize = 2000;

pub(super) fn check(
    edges: &[(String, String)],
    blocks: &BTreeMap<String, Placed<'_>>,
    report: &mut Report<'_>,
) {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in edges.iter().filter(|(_, to)| blocks.contains_key(to)) {
        next.entry(from).or_default().insert(to);
    }
    if next.len() > MOST {
        return;
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        next.keys().map(|from| (*from, reach(from, &next))).collect();
    let comes_back = |from: &str, to: &str| reached.get(to).is_some_and(|there| there.contains(from));
    for (from, there) in &reached {
        let circle: BTreeSet<&str> = there.iter().copied().filter(|to| comes_back(from, to)).collect();
        if circle.len() > 1 {
            let names: Vec<&str> = circle.iter().copied().collect();
            tell(from, &format!("cycle detected: {}", names.join(", ")), blocks, report);
        }
    }
    for (from, there) in &next {
        if there.contains(from) {
            tell(from, "cannot reference self", blocks, report);
        }
    }
}

fn tell(id: &str, message: &str, blocks: &BTreeMap<String, Placed<'_>>, report: &mut Report<'_>) {
    if let Some((source, block)) = blocks.get(id) {
        report.current = *source;
        report.validate(block.at, message);
    }
}

fn reach<'a>(from: &'a str, next: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        for there in next.get(here).into_iter().flatten() {
            if seen.insert(*there) {
                open.push(there);
            }
        }
    }
    seen
}
