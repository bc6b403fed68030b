//! Does a container run the version that is released? Its image's tag or its version label says so.
//!
//! Either is enough: a label may be inherited from a base image, a tag may be `latest`. A leading `v` does not count.

use super::Finding;
use crate::rules::observed::Container;
use crate::session::status::CheckStatus;
use crate::text::untrusted::Untrusted;

/// Judges one container.
pub(super) fn judge(wanted: &str, container: &Container) -> Finding {
    let name = container.name.raw();
    let tag = tag_of(container.image.raw());
    let label = container.image_version.as_ref().map(Untrusted::raw);
    let plain = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    let subject = format!("{name} version");
    let found: Vec<_> = tag.into_iter().chain(label).collect();
    if found.is_empty() {
        let reason = format!("the image of {name} has neither tag nor version label");
        return Finding::new(&subject, wanted, "not known", CheckStatus::Inconclusive, reason);
    }
    let holds = found.iter().any(|text| plain(text) == plain(wanted));
    let actual = found.first().copied().unwrap_or_default();
    let status = if holds { CheckStatus::Pass } else { CheckStatus::Fail };
    let reason = format!("{name} runs {}, expected version {wanted}", container.image.raw());
    Finding::new(&subject, wanted, actual, status, reason)
}

/// The tag of `registry:5000/name:tag@sha256:…`; none for a bare id or a bare digest.
fn tag_of(image: &str) -> Option<&str> {
    if image.starts_with("sha256:") {
        return None;
    }
    let image = image.split('@').next()?;
    let last = image.rsplit('/').next()?;
    last.split_once(':').map(|(_, tag)| tag)
}
