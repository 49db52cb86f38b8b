//! `volumes` of a service, in both forms.

use std::collections::HashMap;

use super::{
    super::{
        error::LoadErrorKind,
        field::Field,
        keys,
        model::{BindOptions, LoadWarning, Mount, MountKind, TmpfsOptions, VolumeOptions},
    },
    Context, clean,
};

/// Every mount; of two with the same target the last one counts.
pub(super) fn mounts(field: &Field<'_>, context: &Context<'_>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    field.items(|item| {
        let mount = if item.is_mapping() { long_form(item) } else { short_form(item, context) };
        let Some(mut mount) = mount else { return };
        mount.target = clean(&mount.target);
        if mount.kind == MountKind::Bind {
            mount.source = context.absolute(&mount.source);
        }
        if let Some(place) = places.get(&mount.target) {
            mounts[*place] = mount;
        } else {
            places.insert(mount.target.clone(), mounts.len());
            mounts.push(mount);
        }
    });
    mounts
}

fn short_form(field: &Field<'_>, context: &Context<'_>) -> Option<Mount> {
    let text = field.text()?;
    match parse(&text) {
        Ok(mount) => {
            if is_drive_like(&text) {
                context.problems.warn(LoadWarning::DriveLikeVolume { volume: text });
            }
            Some(mount)
        }
        Err(reason) => {
            field.invalid(format!("the volume {text:?} cannot be read: {reason}"));
            None
        }
    }
}

/// `d:/data`: meant as a volume named `d`, read by compose as a folder of drive D.
fn is_drive_like(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(char::is_alphabetic)
        && characters.next() == Some(':')
        && characters.next() == Some('/')
}

fn empty(kind: MountKind) -> Mount {
    Mount {
        kind,
        source: String::new(),
        target: String::new(),
        read_only: false,
        consistency: String::new(),
        bind: None,
        volume: None,
        tmpfs: None,
    }
}

/// `[source:]target[:options]`, by compose's own rules: a letter before a colon is a Windows drive.
pub(super) fn parse(text: &str) -> Result<Mount, &'static str> {
    let mut mount = empty(MountKind::Volume);
    match text.len() {
        0 => return Err("it is empty"),
        1 | 2 => {
            text.clone_into(&mut mount.target);
            return Ok(mount);
        }
        _ => {}
    }
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    for character in text.chars() {
        let is_drive = {
            let mut letters = part.chars();
            letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
        };
        if character == ':' && !is_drive {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(character);
        }
    }
    parts.push(part);
    if parts.iter().any(String::is_empty) {
        return Err("there is nothing between two colons");
    }
    let mut options = String::new();
    match parts.as_mut_slice() {
        [target] => mount.target = std::mem::take(target),
        [source, target] => {
            (mount.source, mount.target) = (std::mem::take(source), std::mem::take(target));
        }
        [source, target, given] => {
            (mount.source, mount.target) = (std::mem::take(source), std::mem::take(target));
            options = std::mem::take(given);
        }
        _ => return Err("there are too many colons"),
    }
    let mut bind = None;
    let new_bind =
        || BindOptions { selinux: String::new(), propagation: String::new(), create_host_path: true };
    for option in options.split(',') {
        match option {
            "ro" => mount.read_only = true,
            "rw" => mount.read_only = false,
            "nocopy" => mount.volume = Some(VolumeOptions { nocopy: true, ..VolumeOptions::default() }),
            "z" | "Z" => option.clone_into(&mut bind.get_or_insert_with(new_bind).selinux),
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                option.clone_into(&mut bind.get_or_insert_with(new_bind).propagation);
            }
            // Compose passes over what it does not know.
            _ => {}
        }
    }
    if is_path(&mount.source) {
        mount.kind = MountKind::Bind;
        bind.get_or_insert_with(new_bind);
    } else {
        mount.volume.get_or_insert_default();
    }
    mount.bind = bind;
    Ok(mount)
}

fn is_path(source: &str) -> bool {
    let mut characters = source.chars();
    source.starts_with(['.', '/', '~'])
        || source.starts_with("\\\\")
        || (characters.next().is_some_and(char::is_alphabetic) && characters.next() == Some(':'))
}

fn long_form(field: &Field<'_>) -> Option<Mount> {
    let mut mount = empty(MountKind::Volume);
    let mut kind = None;
    field.section(&keys::MOUNT, |key, field| match key {
        "type" => kind = Some(mount_kind(field)),
        "source" => mount.source = field.text().unwrap_or_default(),
        "target" => mount.target = field.text().unwrap_or_default(),
        "read_only" => mount.read_only = field.boolean().unwrap_or_default(),
        "consistency" => mount.consistency = field.text().unwrap_or_default(),
        "bind" => mount.bind = Some(bind(field)),
        "volume" => mount.volume = Some(volume(field)),
        "tmpfs" => mount.tmpfs = Some(tmpfs(field)),
        _ => {}
    });
    let Some(kind) = kind else {
        field.invalid("type is missing: bind, volume or tmpfs");
        return None;
    };
    if mount.target.is_empty() {
        field.invalid("target, the path in the container, is missing");
        return None;
    }
    mount.kind = kind?;
    if mount.kind == MountKind::Bind && mount.source.is_empty() {
        field.invalid("source, the path on this machine, is missing");
        return None;
    }
    Some(mount)
}

fn mount_kind(field: &Field<'_>) -> Option<MountKind> {
    let text = field.text()?;
    match text.as_str() {
        "bind" => Some(MountKind::Bind),
        "volume" => Some(MountKind::Volume),
        "tmpfs" => Some(MountKind::Tmpfs),
        "npipe" | "cluster" | "image" => {
            let message = format!("mounts of type {text} are not supported by Switchyard yet");
            field.error(LoadErrorKind::NotSupported, message);
            None
        }
        _ => {
            field.invalid(format!("{text:?} is none of bind, volume, tmpfs"));
            None
        }
    }
}

fn bind(field: &Field<'_>) -> BindOptions {
    let mut bind = BindOptions { selinux: String::new(), propagation: String::new(), create_host_path: true };
    field.section(&keys::MOUNT_BIND, |key, field| match key {
        "propagation" => bind.propagation = field.text().unwrap_or_default(),
        "create_host_path" => bind.create_host_path = field.boolean().unwrap_or(true),
        "selinux" => field.word(&[("z", "z"), ("Z", "Z")]).unwrap_or_default().clone_into(&mut bind.selinux),
        _ => {}
    });
    bind
}

fn volume(field: &Field<'_>) -> VolumeOptions {
    let mut volume = VolumeOptions::default();
    field.section(&keys::MOUNT_VOLUME, |key, field| match key {
        "nocopy" => volume.nocopy = field.boolean().unwrap_or_default(),
        "subpath" => volume.subpath = field.text().unwrap_or_default(),
        _ => {}
    });
    volume
}

fn tmpfs(field: &Field<'_>) -> TmpfsOptions {
    let mut tmpfs = TmpfsOptions::default();
    field.section(&keys::MOUNT_TMPFS, |key, field| match key {
        "size" => tmpfs.size = field.size().unwrap_or_default(),
        "mode" => tmpfs.mode = field.integer().unwrap_or_default(),
        _ => {}
    });
    tmpfs
}
