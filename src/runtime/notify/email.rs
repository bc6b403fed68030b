//! E-mail by SMTP: one message over one connection, TLS by the port, a thread for everything about one thing.
//!
//! The server's address obeys the rules of checks; its name is what its certificate must say. Not here: tries and waits
//! (`delivery.rs`).

use std::net::IpAddr;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::delivery::{ATTEMPT_LIMIT, Tried};
use crate::checklist::template::Template;
use crate::checklist::window::EmailTarget;
use crate::engine::notice_plan::Message;
use crate::runtime::measure::known::Known;
use crate::runtime::measure::{NoAddress, first_address};

/// The port on which TLS begins with the first byte; on every other one it begins with STARTTLS.
const IMPLICIT_TLS_PORT: u16 = 465;
/// How much of a name in a Message-ID: 128 bits are enough to be unique.
const NAME_CHARS: usize = 32;

pub(super) async fn send(email: &EmailTarget, known: &Known, message: &Message) -> Tried {
    let letter = match letter(email, known, message) {
        Ok(letter) => letter,
        Err(reason) => return Tried::Refused(reason),
    };
    let transport = match transport(email, known).await {
        Ok(transport) => transport,
        Err(tried) => return tried,
    };
    match transport.send(letter).await {
        Ok(_took) => Tried::Took,
        Err(error) if error.is_permanent() || error.is_client() || error.is_tls() => {
            Tried::Refused(error.to_string())
        }
        Err(error) => Tried::Again { reason: error.to_string(), after: None },
    }
}

async fn transport(email: &EmailTarget, known: &Known) -> Result<AsyncSmtpTransport<Tokio1Executor>, Tried> {
    let server = known.fill(&email.smtp).map_err(Tried::Refused)?;
    let (host, port) = host_and_port(&server)
        .ok_or_else(|| Tried::Refused(format!("`{}` is no server; write it as host:port", email.smtp)))?;
    let address = match first_address(host, port).await {
        Ok(address) => address,
        Err(NoAddress::Unknown(reason)) => return Err(Tried::Again { reason, after: None }),
        Err(NoAddress::Forbidden(ip)) => return Err(Tried::Refused(NoAddress::forbidden_words(ip))),
    };
    let fill = |template: &Option<Template>| {
        template.as_ref().map(|template| known.fill(template)).transpose().map_err(Tried::Refused)
    };
    let (user, password) = (fill(&email.user)?, fill(&email.password)?);
    // Only the first installation counts; later ones find it done.
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    let parameters =
        || TlsParameters::new(host.to_owned()).map_err(|error| Tried::Refused(error.to_string()));
    let has_credentials = user.is_some() || password.is_some();
    let tls = match protection(port, address.ip(), has_credentials) {
        Protection::FromTheStart => Tls::Wrapper(parameters()?),
        Protection::Demanded => Tls::Required(parameters()?),
        Protection::IfOffered => Tls::Opportunistic(parameters()?),
        Protection::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(port)
        .tls(tls)
        .timeout(Some(ATTEMPT_LIMIT));
    if has_credentials {
        let credentials = Credentials::new(user.unwrap_or_default(), password.unwrap_or_default());
        builder = builder.credentials(credentials);
    }
    Ok(builder.build())
}

/// What protects a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    FromTheStart,
    Demanded,
    IfOffered,
    /// Nothing: it never leaves this machine.
    None,
}

fn protection(port: u16, ip: IpAddr, has_credentials: bool) -> Protection {
    match (port, ip.to_canonical().is_loopback(), has_credentials) {
        (IMPLICIT_TLS_PORT, _, _) => Protection::FromTheStart,
        (_, true, _) => Protection::None,
        (_, false, true) => Protection::Demanded,
        (_, false, false) => Protection::IfOffered,
    }
}

fn host_and_port(server: &str) -> Option<(&str, u16)> {
    let (host, port) = server.trim().rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then_some((host, port.parse().ok()?))
}

fn letter(email: &EmailTarget, known: &Known, message: &Message) -> Result<lettre::Message, String> {
    let mailbox = |template: &Template| -> Result<Mailbox, String> {
        let text = known.fill(template)?;
        text.parse().map_err(|error| format!("`{template}` is no mail address: {error}"))
    };
    let name = |text: &str| format!("<{}@gonogo>", text.chars().take(NAME_CHARS).collect::<String>());
    let mut builder: MessageBuilder = lettre::Message::builder()
        .from(mailbox(&email.from)?)
        .subject(message.subject.as_str())
        .message_id(Some(name(&message.key)))
        .references(name(&message.identity))
        .header(ContentType::TEXT_PLAIN)
        // No machine answers this, and no holiday notice.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    for to in &email.to {
        builder = builder.to(mailbox(to)?);
    }
    let lines: Vec<String> = message.lines().iter().map(|line| line.as_str().to_owned()).collect();
    builder.body(lines.join("\r\n")).map_err(|error| format!("the mail cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Protection, host_and_port, protection};

    #[test]
    fn credentials_leave_this_machine_under_tls_only() {
        let outside = "192.0.2.7".parse().unwrap();
        assert_eq!(protection(465, outside, false), Protection::FromTheStart);
        assert_eq!(protection(587, outside, true), Protection::Demanded);
        assert_eq!(protection(25, outside, true), Protection::Demanded);
        assert_eq!(protection(25, outside, false), Protection::IfOffered);
        for here in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(protection(2525, here.parse().unwrap(), true), Protection::None);
        }
        assert_eq!(protection(465, "127.0.0.1".parse().unwrap(), true), Protection::FromTheStart);
    }

    #[test]
    fn a_server_is_a_host_and_a_port() {
        assert_eq!(host_and_port("mail.example:587"), Some(("mail.example", 587)));
        assert_eq!(host_and_port("[::1]:25"), Some(("::1", 25)));
        for wrong in ["mail.example", ":25", "mail.example:smtp"] {
            assert_eq!(host_and_port(wrong), None);
        }
    }
}
