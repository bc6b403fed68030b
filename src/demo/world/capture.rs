//! What a service writes, on its way into its container's log; the line that says where it listens is read here.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

use crate::demo::docker::fleet::Fleet;
use crate::demo::service::process::LISTENS;
use crate::engine::log_line::LogStream;

/// What is read at once.
const READ_BYTES: usize = 8 * 1024;
/// The longest line that is looked through for an address.
const LOOKED_AT_BYTES_MAX: usize = 4 * 1024;

/// Reads to the end, and keeps everything.
pub async fn capture(
    fleet: Fleet,
    id: String,
    stream: LogStream,
    mut from: impl AsyncRead + Unpin,
    listens: watch::Sender<Option<SocketAddr>>,
) {
    let mut bytes = vec![0; READ_BYTES];
    let mut line = Vec::new();
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let new = bytes.get(..read).unwrap_or_default();
        // A container that was removed meanwhile keeps no log.
        fleet.append(&id, stream, new).unwrap_or_default();
        if listens.borrow().is_none() {
            for piece in new.split_inclusive(|byte| *byte == b'\n') {
                line.extend_from_slice(piece);
                if piece.ends_with(b"\n") || line.len() > LOOKED_AT_BYTES_MAX {
                    if let Some(at) = address(&line) {
                        listens.send_replace(Some(at));
                    }
                    line.clear();
                }
            }
        }
    }
}

fn address(line: &[u8]) -> Option<SocketAddr> {
    let text = String::from_utf8_lossy(line);
    let (_, behind) = text.split_once(LISTENS)?;
    let end = behind.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(behind.len());
    behind.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_read_from_every_form_of_log() {
        for line in [
            "{\"ts\":\"x\",\"level\":\"info\",\"msg\":\"listening on 127.0.0.1:4001\"}\n",
            "ts=x level=info msg=\"listening on 127.0.0.1:4001\"\n",
            "2023/11/14 22:13:20 [info] 1#1: listening on 127.0.0.1:4001\n",
        ] {
            assert_eq!(address(line.as_bytes()), Some(([127, 0, 0, 1], 4001).into()), "{line}");
        }
        assert_eq!(address(b"listening on the radio\n"), None);
    }
}
