//! From a `[[notify]]` rule to the channel it names, filled in but for secrets, and to a target that may be shown and recorded.
//!
//! Not here: when it is used (`notices.rs`), what is sent over it (`notice_words.rs`).

use super::notice_plan::Channel;
use crate::checklist::id::SecretName;
use crate::checklist::model::Checklist;
use crate::checklist::named::Named;
use crate::checklist::template::{Piece, Template, TemplateFault};
use crate::checklist::values::Values;
use crate::checklist::variable::SecretSource;
use crate::checklist::window::{EmailTarget, NotifyRule};
use crate::text::safe;

/// The longest target, in characters: four mail addresses, or any origin.
const TARGET_CHARS_MAX: usize = 256;

/// How a rule tells; none: it rings the terminal's bell. Errors: a name without a value.
pub(super) fn channel(rule: &NotifyRule, values: &Values<'_>) -> Result<Option<Channel>, TemplateFault> {
    if let Some(webhook) = &rule.webhook {
        let key = webhook.key.as_ref().map(|key| values.prefill(key)).transpose()?;
        return Ok(Some(Channel::Webhook { url: values.prefill_url(&webhook.url)?, key }));
    }
    if let Some(slack) = &rule.slack {
        return Ok(Some(Channel::Slack { webhook: values.prefill_url(&slack.webhook)? }));
    }
    let Some(email) = &rule.email else { return Ok(None) };
    let fill =
        |template: &Option<Template>| template.as_ref().map(|template| values.prefill(template)).transpose();
    Ok(Some(Channel::Email(EmailTarget {
        smtp: values.prefill(&email.smtp)?,
        from: values.prefill(&email.from)?,
        to: email.to.iter().map(|to| values.prefill(to)).collect::<Result<_, _>>()?,
        user: fill(&email.user)?,
        password: fill(&email.password)?,
    })))
}

/// The word of a rule's channel in the record.
pub(super) fn word(rule: &NotifyRule) -> &'static str {
    match (&rule.webhook, &rule.slack, &rule.email) {
        (Some(_), _, _) => "webhook",
        (None, Some(_), _) => "slack",
        (None, None, Some(_)) => "email",
        (None, None, None) => "bell",
    }
}

/// Whom a rule tells, without secrets: of an address only its origin, because the rest of it often is one.
pub(super) fn target(rule: &NotifyRule, values: &Values<'_>) -> String {
    let target = if let Some(webhook) = &rule.webhook {
        origin(&values.shown(&webhook.url))
    } else if let Some(slack) = &rule.slack {
        origin(&values.shown(&slack.webhook))
    } else if let Some(email) = &rule.email {
        email.to.iter().map(|to| values.shown(to)).collect::<Vec<_>>().join(", ")
    } else {
        "terminal".to_owned()
    };
    safe(&target).as_str().chars().take(TARGET_CHARS_MAX).collect()
}

fn origin(address: &str) -> String {
    let (scheme, rest) =
        address.split_once("://").map_or((None, address), |(scheme, rest)| (Some(scheme), rest));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A name and a password may stand before the host.
    let host = host.rsplit_once('@').map_or(host, |(_credentials, host)| host);
    match scheme {
        Some(scheme) => format!("{scheme}://{host}"),
        None => host.to_owned(),
    }
}

/// The sources of the secrets that a channel names.
pub(super) fn secrets(checklist: &Checklist, channel: &Channel) -> Named<SecretName, SecretSource> {
    templates(channel)
        .into_iter()
        .flat_map(|template| template.pieces().unwrap_or_default())
        .filter_map(|piece| match piece {
            Piece::Secret(name) => Some(SecretName::from(name.as_str())),
            Piece::Text(_) | Piece::Variable(_) => None,
        })
        .filter_map(|name| checklist.secrets.get(&name).map(|source| (name.clone(), source.clone())))
        .collect()
}

fn templates(channel: &Channel) -> Vec<&Template> {
    match channel {
        Channel::Webhook { url, key } => std::iter::once(url).chain(key).collect(),
        Channel::Slack { webhook } => vec![webhook],
        Channel::Email(email) => [&email.smtp, &email.from]
            .into_iter()
            .chain(&email.to)
            .chain(&email.user)
            .chain(&email.password)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn a_target_keeps_of_an_address_what_is_no_secret() {
        for (address, shown) in [
            ("https://hooks.slack.com/services/T0/B0/XXXX", "https://hooks.slack.com"),
            ("http://127.0.0.1:8080/hook?token=abc", "http://127.0.0.1:8080"),
            ("https://ci:hunter2@hooks.example#x", "https://hooks.example"),
            ("{secret:slack_webhook}", "{secret:slack_webhook}"),
            ("https://{secret:host}/x", "https://{secret:host}"),
        ] {
            assert_eq!(origin(address), shown);
        }
    }
}
