//! Names of hosts, as Go's own resolver finds them: a program that is linked statically and runs in an image that holds
//! nothing else cannot count on the one of the C library.

use std::io::{Error, Result};
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::Duration;

/// Of Docker's networks.
const USUAL_SERVER: &str = "127.0.0.11";
const HEADER: usize = 12;

/// The first IPv4 address; errors are worded as Go's.
pub fn lookup(host: &str) -> Result<IpAddr> {
    let host = host.trim_matches(['[', ']']);
    if let Ok(address) = host.parse() {
        return Ok(address);
    }
    if let Some(address) = from_hosts(host) {
        return Ok(address);
    }
    let server = server();
    let failed = |why: &str| Error::other(format!("lookup {host} on {server}:53: {why}"));
    let socket = UdpSocket::bind("0.0.0.0:0").map_err(|_| failed("cannot open a socket"))?;
    // The engine's server takes a moment when it has to ask others.
    let patience = Some(Duration::from_secs(3));
    socket.set_read_timeout(patience)?;
    socket
        .connect((server.as_str(), 53))
        .and_then(|()| socket.send(&question(host)))
        .map_err(|_| failed("connection refused"))?;
    let mut packet = [0_u8; 1500];
    let length = socket.recv(&mut packet).map_err(|_| failed("i/o timeout"))?;
    address_in(&packet[..length]).map(IpAddr::V4).ok_or_else(|| failed("no such host"))
}

fn from_hosts(host: &str) -> Option<IpAddr> {
    let hosts = std::fs::read_to_string("/etc/hosts").ok()?;
    hosts.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        let address: IpAddr = words.next()?.parse().ok()?;
        (address.is_ipv4() && words.any(|name| name.eq_ignore_ascii_case(host))).then_some(address)
    })
}

fn server() -> String {
    let file = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let named = file.lines().find_map(|line| line.strip_prefix("nameserver "));
    named.map_or(USUAL_SERVER, str::trim).to_owned()
}

fn question(host: &str) -> Vec<u8> {
    // Recursion is desired; one question.
    let mut packet = vec![0x53, 0x57, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in host.trim_end_matches('.').split('.') {
        packet.push(label.len().min(63) as u8);
        packet.extend(label.bytes().take(63));
    }
    // The root, type A, class IN.
    packet.extend([0, 0, 1, 0, 1]);
    packet
}

fn address_in(packet: &[u8]) -> Option<Ipv4Addr> {
    let answers = u16::from_be_bytes([*packet.get(6)?, *packet.get(7)?]);
    let mut at = after_name(packet, HEADER)? + 4;
    for _ in 0..answers {
        at = after_name(packet, at)?;
        let kind = u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]);
        let length = usize::from(u16::from_be_bytes([*packet.get(at + 8)?, *packet.get(at + 9)?]));
        if let (1, Some(&[a, b, c, d])) = (kind, packet.get(at + 10..at + 10 + length)) {
            return Some(Ipv4Addr::new(a, b, c, d));
        }
        at += 10 + length;
    }
    None
}

/// Where the name at this place ends.
fn after_name(packet: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *packet.get(at)? {
            0 => return Some(at + 1),
            // A pointer to another place ends a name.
            length if length >= 0xC0 => return Some(at + 2),
            length => at += usize::from(length) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_behind_an_alias() {
        let mut packet = question("a.b");
        packet[7] = 2;
        // CNAME of two bytes, then A.
        packet.extend([0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xC0, 12]);
        packet.extend([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 172, 18, 0, 3]);
        assert_eq!(address_in(&packet), Some(Ipv4Addr::new(172, 18, 0, 3)));
        assert_eq!(address_in(&packet[..20]), None);
    }
}
