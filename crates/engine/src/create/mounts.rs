//! What is mounted into a container: `Binds` where they can say it, `Mounts` for the rest.

use std::{collections::BTreeMap, str::FromStr};

use bollard::models::{
    Mount as ApiMount, MountBindOptions, MountBindOptionsPropagationEnum, MountTmpfsOptions, MountType,
    MountVolumeOptions,
};
use stack::compose::model::{Mount, MountKind, Project};

use super::{Inherited, Inputs};

/// `(Binds, Mounts)`, each in the order of the paths in the container.
///
/// A bind makes a missing folder on the host, a mount of type bind does not: so what can be said as a
/// bind is said so, as compose does.
pub(super) fn volumes(inputs: &Inputs<'_>) -> (Vec<String>, Vec<ApiMount>) {
    let service = inputs.service;
    let mut inherited = inputs.inherited.map_or_else(BTreeMap::new, |old| anonymous(old, &service.volumes));
    let mut binds = Vec::new();
    let mut mounts = BTreeMap::new();
    for mount in &service.volumes {
        // An anonymous volume of the old container goes on in the new one.
        if mount.source.is_empty() && inherited.contains_key(&mount.target) {
            continue;
        }
        inherited.remove(&mount.target);
        match bind(inputs.project, mount) {
            Some(bind) => binds.push(bind),
            None => _ = mounts.insert(mount.target.clone(), advanced(inputs.project, mount)),
        }
    }
    mounts.extend(inherited);
    (binds, mounts.into_values().collect())
}

/// The mount as a line of `Binds`, when such a line can say all of it.
fn bind(project: &Project, mount: &Mount) -> Option<String> {
    let source = match mount.kind {
        MountKind::Bind => {
            let simple = mount
                .bind
                .as_ref()
                .is_none_or(|options| options.create_host_path && options.propagation.is_empty());
            simple.then_some(mount.source.as_str())?
        }
        MountKind::Volume => {
            let simple = mount.volume.as_ref().is_none_or(|options| options.subpath.is_empty());
            simple.then(|| project.volumes.get(&mount.source).map(|volume| volume.name.as_str()))??
        }
        MountKind::Tmpfs => return None,
    };
    let mut line = format!("{source}:{}:{}", mount.target, if mount.read_only { "ro" } else { "rw" });
    if let Some(selinux) = mount.bind.as_ref().map(|bind| &bind.selinux).filter(|label| !label.is_empty()) {
        line.push(',');
        line.push_str(selinux);
    }
    if mount.volume.as_ref().is_some_and(|volume| volume.nocopy) {
        line.push_str(",nocopy");
    }
    Some(line)
}

fn advanced(project: &Project, mount: &Mount) -> ApiMount {
    let source = match mount.kind {
        MountKind::Volume => project.volumes.get(&mount.source).map_or(&mount.source, |volume| &volume.name),
        MountKind::Bind | MountKind::Tmpfs => &mount.source,
    };
    ApiMount {
        typ: Some(match mount.kind {
            MountKind::Bind => MountType::BIND,
            MountKind::Volume => MountType::VOLUME,
            MountKind::Tmpfs => MountType::TMPFS,
        }),
        source: super::text(source),
        target: Some(mount.target.clone()),
        read_only: Some(mount.read_only),
        consistency: super::text(&mount.consistency),
        bind_options: mount.bind.as_ref().filter(|_| mount.kind == MountKind::Bind).map(|bind| {
            MountBindOptions {
                propagation: MountBindOptionsPropagationEnum::from_str(&bind.propagation)
                    .ok()
                    .filter(|propagation| *propagation != MountBindOptionsPropagationEnum::EMPTY),
                create_mountpoint: Some(bind.create_host_path),
                ..MountBindOptions::default()
            }
        }),
        volume_options: mount.volume.as_ref().filter(|_| mount.kind == MountKind::Volume).map(|volume| {
            MountVolumeOptions {
                no_copy: Some(volume.nocopy),
                subpath: super::text(&volume.subpath),
                ..MountVolumeOptions::default()
            }
        }),
        tmpfs_options: mount.tmpfs.as_ref().filter(|_| mount.kind == MountKind::Tmpfs).map(|tmpfs| {
            MountTmpfsOptions {
                size_bytes: Some(tmpfs.size.bytes()).filter(|size| *size != 0),
                mode: Some(i64::from(tmpfs.mode)).filter(|mode| *mode != 0),
                options: None,
            }
        }),
        ..ApiMount::default()
    }
}

/// The old container's mounts that only it knows: those at paths that the image declares as volumes, and
/// those of volumes that the service leaves without a name.
fn anonymous(old: &Inherited, volumes: &[Mount]) -> BTreeMap<String, ApiMount> {
    old.mounts
        .iter()
        .filter(|mount| mount.r#type != "tmpfs")
        .filter(|mount| {
            old.image_volumes.contains(&mount.destination)
                || volumes.iter().any(|wanted| {
                    wanted.target == mount.destination
                        && wanted.source.is_empty()
                        && wanted.kind == MountKind::Volume
                })
        })
        .map(|mount| {
            let is_volume = mount.r#type == "volume";
            let inherited = ApiMount {
                typ: Some(if is_volume { MountType::VOLUME } else { MountType::BIND }),
                source: super::text(if is_volume { &mount.name } else { &mount.source }),
                target: Some(mount.destination.clone()),
                read_only: Some(!mount.writable),
                ..ApiMount::default()
            };
            (mount.destination.clone(), inherited)
        })
        .collect()
}
