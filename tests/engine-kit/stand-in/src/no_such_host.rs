//! `stand-in no-such-host ADDRESS`: a name server that knows no name. Without an answer a container's lookup of a name
//! that does not exist would run into its timeout; on a machine with a network it fails at once.

use std::net::UdpSocket;
use std::process::exit;

pub fn run(arguments: &[String]) -> ! {
    let [address] = arguments else {
        eprintln!("usage: stand-in no-such-host ADDRESS");
        exit(64)
    };
    crate::signals::end_at_once();
    let socket = UdpSocket::bind(address).unwrap_or_else(|error| {
        eprintln!("stand-in: cannot listen on {address}: {error}");
        exit(1)
    });
    let mut packet = [0_u8; 4096];
    loop {
        let Ok((length, asker)) = socket.recv_from(&mut packet) else { continue };
        if let Some(answer) = refusal(&packet[..length]) {
            // An asker that has gone needs no answer.
            let _ = socket.send_to(&answer, asker);
        }
    }
}

/// The question again, with the code for a name that does not exist.
fn refusal(query: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    const RESPONSE: u8 = 0x80;
    const NO_SUCH_NAME: u8 = 3;
    let header = query.get(..HEADER)?;
    // Names in a question are never compressed: labels up to an empty one, then type and class.
    let mut end = HEADER;
    while *query.get(end)? != 0 {
        end += usize::from(query[end]) + 1;
    }
    let question = query.get(HEADER..end + 5)?;
    let mut answer = header.to_vec();
    answer[2] |= RESPONSE;
    answer[3] = 0x80 | NO_SUCH_NAME;
    // One question, and none of the three kinds of records.
    answer[4..].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
    answer.extend_from_slice(question);
    Some(answer)
}
