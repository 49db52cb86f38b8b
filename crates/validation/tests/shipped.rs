//! The stack that Switchyard ships: what its programs are started with must be right in every file, by the rules of
//! the programs themselves.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use stack::compose::{LoadInput, MountKind, Project, Service, SourceFile, load};
use validation::{Files, Invocation, Program, ReadError, links, logql, promql};

/// Which program a service runs.
const PROGRAMS: [(&str, Program); 9] = [
    ("consul", Program::Consul),
    ("jaeger", Program::Jaeger),
    ("loki", Program::Loki),
    ("promtail", Program::Promtail),
    ("alloy", Program::Alloy),
    ("prometheus", Program::Prometheus),
    ("alertmanager", Program::Alertmanager),
    ("grafana", Program::Grafana),
    ("docker-proxy", Program::SocketProxy),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> Project {
    let folder = root().join("assets/stack");
    let text = fs::read_to_string(folder.join("docker-compose.yml")).expect("the stack ships");
    let environment = BTreeMap::from([
        ("GRAFANA_ADMIN_PASSWORD".to_owned(), "pass-for-the-test".to_owned()),
        ("HOME".to_owned(), "/home/me".to_owned()),
    ]);
    load(LoadInput {
        files: vec![SourceFile { path: PathBuf::from("docker-compose.yml"), text }],
        working_dir: folder,
        project_name: None,
        env: environment,
        home: Some(PathBuf::from("/home/me")),
        read: &|_| Err(io::Error::from(io::ErrorKind::NotFound)),
    })
    .unwrap_or_else(|errors| panic!("{errors}"))
}

/// What a container sees of this machine. Everything else belongs to its image or to a volume.
struct Mounts(Vec<(String, PathBuf)>);

impl Mounts {
    fn of(service: &Service) -> Self {
        let binds = service.volumes.iter().filter(|mount| mount.kind == MountKind::Bind);
        Self(binds.map(|mount| (mount.target.clone(), PathBuf::from(&mount.source))).collect())
    }

    fn here(&self, path: &str) -> Result<PathBuf, ReadError> {
        let inside = |(target, source): &(String, PathBuf)| {
            let rest = Path::new(path).strip_prefix(target).ok()?;
            Some(if rest.as_os_str().is_empty() { source.clone() } else { source.join(rest) })
        };
        self.0.iter().find_map(inside).ok_or(ReadError::Hidden)
    }
}

fn reason(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::Absent,
        io::ErrorKind::IsADirectory => ReadError::Folder,
        io::ErrorKind::NotADirectory => ReadError::NotAFolder,
        io::ErrorKind::PermissionDenied => ReadError::Denied,
        _ => ReadError::Other(error.to_string()),
    }
}

impl Files for Mounts {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(self.here(path)?).map_err(|error| reason(&error))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let entries = fs::read_dir(self.here(folder)?).map_err(|error| reason(&error))?;
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        Ok(names)
    }
}

/// Calls with each program as the compose file starts it.
fn each(mut with: impl FnMut(&str, &Invocation<'_>)) {
    let project = shipped();
    for (name, program) in PROGRAMS {
        let service = &project.services[name];
        let environment = service.environment.iter();
        let environment =
            environment.filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect();
        with(
            name,
            &Invocation {
                program,
                version: service.image.rsplit_once(':').map(|(_, tag)| tag),
                arguments: service.command.as_deref().unwrap_or_default(),
                environment: &environment,
                files: &Mounts::of(service),
            },
        );
    }
}

#[test]
fn every_program_is_known() {
    let project = shipped();
    let known = |name: &&String| PROGRAMS.iter().any(|(known, _)| known == name);
    let unknown: Vec<&String> = project.services.keys().filter(|name| !known(name)).collect();
    assert_eq!(unknown, [""; 0], "say which program it runs, or that it has no configuration");
}

#[test]
fn no_file_gives_a_reason_to_complain() {
    let mut complaints = Vec::new();
    each(|name, invocation| {
        for complaint in validation::check(invocation) {
            complaints.push(format!("{name}: {:?}: {complaint}", complaint.stage));
        }
    });
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn every_link_into_explore_leads_to_a_query() {
    let project = shipped();
    let mut explored = 0;
    each(|_, invocation| {
        if invocation.program != Program::Grafana {
            return;
        }
        for service in project.services.values() {
            for link in service.meta.iter().flat_map(|meta| &meta.links) {
                explored += usize::from(link.path.starts_with("/explore?"));
                assert_eq!(links::check(invocation, &link.path), Ok(()), "{}", link.path);
            }
        }
    });
    assert!(explored > 0, "there are no such links any more");
}

#[test]
fn every_query_of_the_documentation_is_one() {
    let mut seen = 0;
    for path in ["docs/connect.md", "docs/connect.zh.md"] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        for block in text.split("```").skip(1).step_by(2) {
            let Some((language, lines)) = block.split_once('\n') else { continue };
            for query in lines.lines().filter(|line| !line.trim().is_empty()) {
                let refused = match language {
                    "logql" => logql::check(query).err().map(|error| error.message),
                    "promql" => promql::check(query).err().map(|error| error.message),
                    _ => continue,
                };
                assert_eq!(refused, None, "{path}: {query}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "there are no queries any more, or they are marked in another way");
}
