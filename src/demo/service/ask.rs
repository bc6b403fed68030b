//! Asking a service of the shop: one request, one answer, with a limit for everything.
//!
//! For services among themselves, health probes and the smoke test. What a checklist measures goes through
//! `runtime/measure`.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Where a service listens.
pub type Address = SocketAddr;

/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Asks `path` of the service at `at`: status and body. Errors: no connection, no answer within the limit, no HTTP.
pub async fn ask(at: SocketAddr, method: &str, path: &str, limit: Duration) -> io::Result<(u16, String)> {
    timeout(limit, asked(at, method, path)).await?
}

async fn asked(at: SocketAddr, method: &str, path: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(at).await?;
    let head =
        format!("{method} {path} HTTP/1.1\r\nhost: {at}\r\nuser-agent: shop/1\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut text = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut text).await?;
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP");
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split_ascii_whitespace().nth(1).and_then(|word| word.parse().ok());
    Ok((status.ok_or_else(broken)?, body.to_owned()))
}
