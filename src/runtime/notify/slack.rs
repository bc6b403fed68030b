//! The Slack-compatible webhook (Slack, Mattermost, Rocket.Chat): the message as one text.
//!
//! Text from outside mentions nobody and links nowhere: what Slack reads as markup is escaped as it asks for.

use serde_json::json;

use super::address::address;
use super::delivery::Tried;
use super::post::post;
use crate::checklist::template::Template;
use crate::engine::notice_plan::Message;
use crate::runtime::measure::known::Known;

pub(super) async fn send(webhook: &Template, known: &Known, message: &Message) -> Tried {
    let url = match address(webhook, known) {
        Ok(url) => url,
        Err(reason) => return Tried::Refused(reason),
    };
    let text = message.lines().iter().map(|line| escaped(line.as_str())).collect::<Vec<_>>().join("\n");
    post(&url, &[], json!({ "text": text }).to_string().into_bytes()).await
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_from_outside_mentions_nobody() {
        assert_eq!(escaped("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    }
}
