//! Who of this machine listens on a port, for ports that no container holds.

use std::{
    collections::BTreeSet,
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
};

use stack::observed::{PortHolder, PortUse};
use tokio::net::TcpSocket;

/// A host port that the project wants to publish.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wanted {
    pub(crate) port: u16,
    /// `tcp` or `udp`.
    pub(crate) protocol: String,
    pub(crate) ip: IpAddr,
}

/// The wanted ports that somebody of this machine holds.
///
/// Asks by binding, for microseconds and without listening: reading the kernel's table instead costs
/// several milliseconds on a machine with much memory, however few its sockets. The table is read only
/// to name the holder.
pub(crate) fn listeners(wanted: &BTreeSet<Wanted>) -> Vec<PortUse> {
    let mut taken = Vec::new();
    let mut unsure = Vec::new();
    for wanted in wanted {
        match try_bind(wanted).map_err(|error| error.kind()) {
            Err(io::ErrorKind::AddrInUse) => taken.push(wanted),
            // A port below 1024, which only the engine may bind.
            Err(io::ErrorKind::PermissionDenied) => unsure.push(wanted),
            // Any other failure is for the engine to report: it may know that address.
            Ok(()) | Err(_) => {}
        }
    }
    if taken.is_empty() && unsure.is_empty() {
        return Vec::new();
    }
    let mut named = platform::holders(&[taken.clone(), unsure].concat());
    for wanted in taken {
        if !named.iter().any(|held| held.blocks(wanted.ip, wanted.port, &wanted.protocol)) {
            named.push(PortUse {
                ip: wanted.ip,
                port: wanted.port,
                protocol: wanted.protocol.clone(),
                holder: PortHolder::Unknown,
            });
        }
    }
    named
}

fn try_bind(wanted: &Wanted) -> io::Result<()> {
    let address = SocketAddr::new(wanted.ip, wanted.port);
    if wanted.protocol == "udp" {
        return UdpSocket::bind(address).map(drop);
    }
    let socket = if wanted.ip.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Connections of a former listener that are winding down are no obstacle. On Windows, the option
    // means something else: it would let us in beside a listener.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)
}

#[cfg(target_os = "linux")]
mod platform {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        net::{IpAddr, Ipv4Addr, Ipv6Addr},
        path::Path,
    };

    use stack::observed::{PortHolder, PortUse};

    use super::Wanted;

    /// A socket of a `/proc/net` table.
    #[derive(Debug, PartialEq, Eq)]
    pub(super) struct Socket {
        pub(super) ip: IpAddr,
        pub(super) port: u16,
        pub(super) inode: u64,
    }

    /// The listeners on these ports, with their processes.
    pub(super) fn holders(wanted: &[&Wanted]) -> Vec<PortUse> {
        let mut found = Vec::new();
        for (protocol, tables) in
            [("tcp", ["/proc/net/tcp", "/proc/net/tcp6"]), ("udp", ["/proc/net/udp", "/proc/net/udp6"])]
        {
            let ports: BTreeSet<u16> = wanted
                .iter()
                .filter(|wanted| wanted.protocol == protocol)
                .map(|wanted| wanted.port)
                .collect();
            if ports.is_empty() {
                continue;
            }
            for table in tables {
                let Ok(text) = fs::read_to_string(table) else { continue };
                found.extend(
                    parse_table(&text, protocol)
                        .filter(|socket| ports.contains(&socket.port))
                        .map(|socket| (protocol, socket)),
                );
            }
        }
        if found.is_empty() {
            return Vec::new();
        }
        let inodes = found.iter().map(|(_, socket)| socket.inode).collect();
        let processes = processes(Path::new("/proc"), &inodes);
        found
            .into_iter()
            .map(|(protocol, socket)| PortUse {
                ip: socket.ip,
                port: socket.port,
                protocol: protocol.to_owned(),
                holder: processes.get(&socket.inode).cloned().unwrap_or(PortHolder::Unknown),
            })
            .collect()
    }

    /// The listening sockets of `/proc/net/{tcp,tcp6,udp,udp6}`.
    pub(super) fn parse_table<'a>(text: &'a str, protocol: &str) -> impl Iterator<Item = Socket> + use<'a> {
        // TCP_LISTEN, and TCP_CLOSE which a bound and unconnected UDP socket shows.
        let listening = if protocol == "tcp" { "0A" } else { "07" };
        text.lines().skip(1).filter_map(move |line| {
            let mut fields = line.split_ascii_whitespace();
            let local = fields.nth(1)?;
            let state = fields.nth(1)?;
            if state != listening {
                return None;
            }
            let inode = fields.nth(5)?.parse().ok()?;
            let (address, port) = local.split_once(':')?;
            Some(Socket { ip: parse_address(address)?, port: u16::from_str_radix(port, 16).ok()?, inode })
        })
    }

    /// The kernel prints addresses as 32-bit words in the machine's own byte order.
    fn parse_address(hex: &str) -> Option<IpAddr> {
        let word = |index: usize| -> Option<[u8; 4]> {
            let text = hex.get(index * 8..index * 8 + 8)?;
            Some(u32::from_str_radix(text, 16).ok()?.to_ne_bytes())
        };
        match hex.len() {
            8 => Some(Ipv4Addr::from(word(0)?).into()),
            32 => {
                let mut bytes = [0; 16];
                for (index, part) in bytes.chunks_exact_mut(4).enumerate() {
                    part.copy_from_slice(&word(index)?);
                }
                Some(Ipv6Addr::from(bytes).to_canonical())
            }
            _ => None,
        }
    }

    /// The processes that hold these sockets, as far as this user may see them.
    fn processes(proc: &Path, inodes: &BTreeSet<u64>) -> BTreeMap<u64, PortHolder> {
        let mut holders = BTreeMap::new();
        let Ok(processes) = fs::read_dir(proc) else { return holders };
        for process in processes.flatten() {
            let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
            for file in files.flatten() {
                let inode = fs::read_link(file.path()).ok().and_then(|target| {
                    target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse::<u64>().ok()
                });
                let Some(inode) = inode.filter(|inode| inodes.contains(inode)) else { continue };
                let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
                holders
                    .entry(inode)
                    .or_insert_with(|| PortHolder::Process { pid, name: name.trim_end().to_owned() });
                if holders.len() == inodes.len() {
                    return holders;
                }
            }
        }
        holders
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use stack::observed::PortUse;

    use super::Wanted;

    /// There is no table to read without tools of the system.
    pub(super) fn holders(_wanted: &[&Wanted]) -> Vec<PortUse> {
        Vec::new()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::{platform::parse_table, *};

    const TCP: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        0 43 1 0 20 4 30 10 -1
";
    const TCP6: &str = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0CEA 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 44 1 0 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:0CEB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 45 1 0 100 0 0 10 0
";

    #[test]
    fn listening_sockets_are_read_from_the_kernel_s_table() {
        let read = |text, protocol| -> Vec<String> {
            parse_table(text, protocol)
                .map(|socket| format!("{} {} {}", socket.ip, socket.port, socket.inode))
                .collect()
        };
        assert_eq!(read(TCP, "tcp"), ["127.0.0.1 8080 41", "0.0.0.0 80 42"]);
        assert_eq!(read(TCP6, "tcp"), ["::1 3306 44", "127.0.0.1 3307 45"]);
        assert_eq!(read(TCP, "udp"), Vec::<String>::new());
        assert_eq!(read("", "tcp"), Vec::<String>::new());
        assert_eq!(read("head\n garbage\n", "tcp"), Vec::<String>::new());
    }

    #[test]
    fn a_free_port_is_free() {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let wanted = Wanted { port, protocol: "tcp".to_owned(), ip: Ipv4Addr::UNSPECIFIED.into() };
        assert_eq!(listeners(&[wanted].into()), []);
    }

    #[test]
    fn this_very_process_is_found_by_its_listeners() {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let want = |port, protocol: &str| Wanted {
            port,
            protocol: protocol.to_owned(),
            ip: Ipv4Addr::LOCALHOST.into(),
        };
        let (tcp_port, udp_port) = (tcp.local_addr().unwrap().port(), udp.local_addr().unwrap().port());
        let wanted = [want(tcp_port, "tcp"), want(udp_port, "udp")].into();
        let found = listeners(&wanted);
        let ours: Vec<u16> = found
            .iter()
            .filter(
                |taken| matches!(taken.holder, PortHolder::Process { pid, .. } if pid == std::process::id()),
            )
            .map(|taken| taken.port)
            .collect();
        assert_eq!(ours, [tcp_port, udp_port]);
    }
}
