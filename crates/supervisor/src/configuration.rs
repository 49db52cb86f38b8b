//! The configuration of services on disk, looked at by the rules of their own programs before anything is started.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use stack::{
    compose::{Project, Service, model::MountKind},
    meta::Seed,
    observed::ConfigFault,
};
use validation::{Complaint, Files, Invocation, Program, ReadError, files::MAX_FILE};

/// What is wrong with the configuration of some services. One without faults, or whose rules are not known, is left out.
pub fn faults(project: &Project, services: &BTreeSet<String>) -> BTreeMap<String, Vec<ConfigFault>> {
    let found = services.iter().filter_map(|name| Some((name.clone(), of(project, name)?)));
    found.filter(|(_, faults)| !faults.is_empty()).collect()
}

/// The services whose configuration can be looked at.
pub fn checkable(project: &Project) -> BTreeSet<String> {
    let checked = |it: &&Service| program(it).is_some();
    project.services.values().filter(checked).map(|it| it.name.clone()).collect()
}

/// What is wrong with the configuration of one service; `None` when its rules are not known.
pub fn of(project: &Project, service: &str) -> Option<Vec<ConfigFault>> {
    look(project, service).map(|look| look.faults)
}

/// A look at the configuration of one service.
pub(crate) struct Look {
    pub(crate) faults: Vec<ConfigFault>,
    /// The files on this machine that its rules went through. Of the others nothing is said.
    pub(crate) read: BTreeSet<PathBuf>,
}

pub(crate) fn look(project: &Project, service: &str) -> Option<Look> {
    let service = project.services.get(service)?;
    let program = program(service)?;
    let mounted = Mounted::of(service, program);
    let environment: BTreeMap<String, String> =
        service.environment.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect();
    let arguments: Vec<String> = service.command.iter().flatten().cloned().collect();
    let complaints = validation::check(&Invocation {
        program,
        version: tag(&service.image),
        arguments: &arguments,
        environment: &environment,
        files: &mounted,
    });
    let mut faults: Vec<ConfigFault> =
        complaints.into_iter().map(|it| fault(project, &mounted, it)).collect();
    faults.extend(seeds(project, service));
    Some(Look { faults, read: mounted.read.into_inner() })
}

/// What is wrong with the initial data of a service. It would start, and then its data could not be written.
fn seeds(project: &Project, service: &Service) -> Vec<ConfigFault> {
    let seed = service.meta.as_ref().and_then(|meta| meta.seed.as_ref());
    let Some(Seed::ConsulKv { file, .. }) = seed else { return Vec::new() };
    let Ok(text) = fs::read_to_string(project.working_dir.join(file)) else { return Vec::new() };
    let complaint = |it: Complaint| {
        let Complaint { file, line, column, message, hint, .. } = it;
        ConfigFault { file, line, column, message, hint, fatal: true }
    };
    validation::consul::seed(file, &text).into_iter().map(complaint).collect()
}

fn program(service: &Service) -> Option<Program> {
    Program::by_word(service.meta.as_ref()?.check.as_deref()?)
}

/// The tag of an image reference. A registry's port is none.
fn tag(image: &str) -> Option<&str> {
    let image = image.split('@').next().unwrap_or(image);
    image.rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/'))
}

/// A complaint as a user knows its file: by its place on disk.
fn fault(project: &Project, mounted: &Mounted, complaint: Complaint) -> ConfigFault {
    let fatal = complaint.is_fatal();
    let file = match mounted.on_host(&complaint.file) {
        Some(path) => path.strip_prefix(&project.working_dir).unwrap_or(&path).display().to_string(),
        None => complaint.file,
    };
    let Complaint { line, column, message, hint, .. } = complaint;
    // Some programs tell one fault in several paragraphs.
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = without_passwords(&message);
    ConfigFault { file, line, column, message, hint, fatal }
}

/// The same without what stands before the `@` of an address: programs repeat addresses with the passwords in them.
fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = after.find(['/', '"', '\'', '`', ' ', '?']).unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(at) => {
                shown.push_str("****");
                &after[at..]
            }
            None => after,
        };
    }
    shown + rest
}

/// The files of a service as its program finds them: what is mounted from this machine. The image's own files and
/// volumes cannot be seen from here.
struct Mounted {
    /// Path in the container and on this machine, the deepest first.
    binds: Vec<(String, PathBuf)>,
    reader: Reader,
    /// What was read, each under its canonical path.
    read: RefCell<BTreeSet<PathBuf>>,
}

/// Who reads, as far as it matters for what may be read.
#[derive(Debug, Clone, Copy)]
struct Reader {
    uid: u32,
    /// The user with number 0 who has kept the right to read everything.
    almighty: bool,
}

impl Mounted {
    fn of(service: &Service, program: Program) -> Self {
        let mut binds: Vec<(String, PathBuf)> = service
            .volumes
            .iter()
            .filter(|mount| mount.kind == MountKind::Bind)
            .map(|mount| (mount.target.trim_end_matches('/').to_owned(), PathBuf::from(&mount.source)))
            .collect();
        binds.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        let user = service.user.split(':').next().and_then(|user| user.parse().ok());
        let uid = user.unwrap_or_else(|| usual_user(program));
        let almighty = uid == 0 && !service.cap_drop.iter().any(|it| it.eq_ignore_ascii_case("all"));
        Self { binds, reader: Reader { uid, almighty }, read: RefCell::default() }
    }

    /// The file on this machine that a path of the container stands for.
    fn on_host(&self, path: &str) -> Option<PathBuf> {
        self.binds.iter().find_map(|(target, source)| {
            let rest = path.strip_prefix(target.as_str())?;
            match rest.strip_prefix('/') {
                Some(rest) => Some(source.join(rest)),
                None => rest.is_empty().then(|| source.clone()),
            }
        })
    }
}

impl Files for Mounted {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let path = self.on_host(path).ok_or(ReadError::Hidden)?;
        let metadata = fs::metadata(&path).map_err(|error| read_error(&error))?;
        if metadata.is_dir() {
            return Err(ReadError::Folder);
        }
        // A pipe or a device would be read without end.
        if !metadata.is_file() {
            return Err(ReadError::Other("not a regular file".to_owned()));
        }
        // A limit of ours and not of the program: nothing is said of such a file.
        if metadata.len() > MAX_FILE {
            return Err(ReadError::Hidden);
        }
        self.reader.may_read(&path, &metadata)?;
        let content = fs::read(&path).map_err(|error| read_error(&error))?;
        self.read.borrow_mut().insert(path.canonicalize().unwrap_or(path));
        Ok(content)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let path = self.on_host(folder).ok_or(ReadError::Hidden)?;
        let entries = fs::read_dir(&path).map_err(|error| read_error(&error))?;
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(|error| read_error(&error))?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::Absent,
        io::ErrorKind::PermissionDenied => ReadError::Denied,
        io::ErrorKind::IsADirectory => ReadError::Folder,
        io::ErrorKind::NotADirectory => ReadError::NotAFolder,
        _ => ReadError::Other(error.to_string()),
    }
}

/// The user as whom the official image runs its program.
fn usual_user(program: Program) -> u32 {
    match program {
        // Its entry point begins as root and then becomes this one.
        Program::Consul => 100,
        Program::Jaeger | Program::Loki => 10_001,
        Program::Prometheus | Program::Alertmanager => 65_534,
        Program::Grafana => 472,
        Program::Promtail | Program::Alloy | Program::SocketProxy => 0,
    }
}

impl Reader {
    /// Whether the container's user may read a file of this machine. Only Linux hands owner and mode through; virtual
    /// machines of other systems give every file to whoever asks.
    #[cfg(target_os = "linux")]
    fn may_read(self, path: &Path, metadata: &fs::Metadata) -> Result<(), ReadError> {
        use std::os::unix::fs::MetadataExt as _;
        // Without root's rights, root is one user among others, and in a rootless engine it is ourselves.
        let owner = metadata.uid() == self.uid
            || (self.uid == 0 && metadata.uid() == rustix::process::geteuid().as_raw());
        let mode = metadata.mode();
        let allowed = self.almighty || if owner { mode & 0o400 != 0 } else { mode & 0o004 != 0 };
        if allowed {
            return Ok(());
        }
        tracing::debug!(path = %path.display(), uid = self.uid, "not readable inside of the container");
        Err(ReadError::Denied)
    }

    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "the other system's form")]
    fn may_read(self, _: &Path, _: &fs::Metadata) -> Result<(), ReadError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        for (text, shown) in [
            ("parse \"http://u:SECRET@loki:x3100/p\": bad", "parse \"http://****@loki:x3100/p\": bad"),
            ("http://a/b@c and https://u:p@d", "http://a/b@c and https://****@d"),
            ("no address", "no address"),
        ] {
            assert_eq!(without_passwords(text), shown);
        }
    }

    #[test]
    fn a_tag_is_not_a_port() {
        assert_eq!(tag("grafana/loki:3.7.6"), Some("3.7.6"));
        assert_eq!(tag("localhost:5000/grafana/loki"), None);
        assert_eq!(tag("a/b:v1@sha256:00"), Some("v1"));
    }

    fn mounted(folder: &Path) -> Mounted {
        let binds = vec![("/etc/loki".to_owned(), folder.to_owned())];
        Mounted { binds, reader: Reader { uid: 10_001, almighty: false }, read: RefCell::default() }
    }

    #[test]
    fn paths_of_the_container_lead_to_files_of_this_machine_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("loki.yml"), "a: 1\n").unwrap();
        fs::create_dir(folder.path().join("rules")).unwrap();
        let files = mounted(folder.path());
        assert_eq!(files.read("/etc/loki/loki.yml"), Ok(b"a: 1\n".to_vec()));
        assert_eq!(files.list("/etc/loki"), Ok(vec!["loki.yml".to_owned(), "rules".to_owned()]));
        assert_eq!(files.read("/etc/loki/rules"), Err(ReadError::Folder));
        assert_eq!(files.read("/etc/loki/other.yml"), Err(ReadError::Absent));
        assert_eq!(files.read("/etc/lokinger/x"), Err(ReadError::Hidden));
        assert_eq!(files.list("/etc/loki/loki.yml"), Err(ReadError::NotAFolder));
        let only = folder.path().join("loki.yml").canonicalize().unwrap();
        assert_eq!(files.read.into_inner(), BTreeSet::from([only]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_for_its_owner_alone_is_closed_to_the_user_of_the_container() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loki.yml");
        fs::write(&path, "a: 1\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let mut files = mounted(folder.path());
        assert_eq!(files.read("/etc/loki/loki.yml"), Err(ReadError::Denied));
        files.reader = Reader { uid: 0, almighty: true };
        assert_eq!(files.read("/etc/loki/loki.yml"), Ok(b"a: 1\n".to_vec()));
    }
}
