//! A small SMTP server on the loopback address: it speaks the protocol (RFC 5321) as far as a client needs it, in plain text.
//!
//! Blocking threads, one per connection, all ended when the server is dropped. Not here: TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long one connection may last, whatever the client does.
const CONNECTION_BOUND: Duration = Duration::from_secs(30);

/// How a server treats its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes every mail.
    Takes,
    /// Takes no receiver.
    NoSuchUser,
    /// Answers the first connections with "try again later", then takes.
    BusyFirst(usize),
    /// Accepts the connection and says nothing.
    Silent,
}

/// One mail as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    /// The commands before it, in order.
    pub(crate) commands: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub(crate) data: String,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    connections: usize,
    over: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a connection thread panicked")
    }
}

/// A running server.
pub(crate) struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// Starts one.
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let of_listener = Arc::clone(&shared);
        let listener = thread::spawn(move || accept(&listener, &of_listener, manner));
        Self { address, shared, listener: Some(listener) }
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The mails so far.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.shared.lock().mails.clone()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.shared.lock().connections
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_all();
        let _wakes_accept = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ended = listener.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, manner: Manner) {
    for connection in listener.incoming().flatten() {
        let number = {
            let mut state = shared.lock();
            if state.over {
                return;
            }
            state.connections += 1;
            state.connections
        };
        let shared = Arc::clone(shared);
        // A client that goes away in the middle is its own business.
        thread::spawn(move || drop(serve(&connection, &shared, manner, number)));
    }
}

fn serve(connection: &TcpStream, shared: &Shared, manner: Manner, number: usize) -> std::io::Result<()> {
    connection.set_read_timeout(Some(CONNECTION_BOUND))?;
    let mut out = connection;
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
    match manner {
        Manner::Silent => {
            let over = |state: &mut State| !state.over;
            let _over = shared.changed.wait_timeout_while(shared.lock(), CONNECTION_BOUND, over);
            return Ok(());
        }
        Manner::BusyFirst(times) if number <= times => return say("421 busy, try again later"),
        Manner::BusyFirst(_) | Manner::Takes | Manner::NoSuchUser => {}
    }
    say("220 mail.test ESMTP")?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut mail = Mail::default();
    loop {
        let mut line = String::new();
        if reader.by_ref().take(4096).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        mail.commands.push(line);
        match verb.as_str() {
            "EHLO" => {
                for part in ["250-mail.test", "250-8BITMIME", "250 AUTH PLAIN LOGIN"] {
                    say(part)?;
                }
            }
            "AUTH" => say("235 2.7.0 welcome")?,
            "RCPT" if manner == Manner::NoSuchUser => say("550 5.1.1 no such user here")?,
            "MAIL" | "RCPT" | "RSET" | "NOOP" => say("250 2.0.0 fine")?,
            "DATA" => {
                say("354 go on, end with a dot")?;
                mail.data = read_data(&mut reader)?;
                shared.lock().mails.push(std::mem::take(&mut mail));
                say("250 2.0.0 taken")?;
            }
            "QUIT" => return say("221 2.0.0 bye"),
            _ => say("502 5.5.1 what?")?,
        }
    }
}

fn read_data(reader: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    for line in reader.by_ref().lines() {
        let line = line?;
        if line == "." {
            break;
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push('\n');
    }
    Ok(data)
}
