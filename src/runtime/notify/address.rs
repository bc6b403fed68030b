//! The address a notice goes to, filled in with its secrets.

use reqwest::Url;

use crate::checklist::template::{Piece, Template};
use crate::runtime::measure::known::Known;

/// The address. A template that is one secret alone is an address itself; elsewhere a secret is percent-encoded, so it cannot
/// change the host. Errors: in words without the value.
pub(super) fn address(template: &Template, known: &Known) -> Result<Url, String> {
    let whole = match template.pieces().unwrap_or_default().as_slice() {
        [Piece::Secret(name)] => known.secrets.expose(name).map(ToOwned::to_owned),
        _ => None,
    };
    let text = whole.map_or_else(|| known.fill_url(template), Ok)?;
    let url = Url::parse(text.trim()).map_err(|error| format!("`{template}` is no address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("`{template}` is no address; write it as https://host/path"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::{Known, Template, address};

    #[test]
    fn a_secret_is_an_address_only_where_it_stands_alone() {
        let mut known = Known::default();
        known.secrets.insert("hook", "https://hooks.example/T0/x y");
        known.secrets.insert("token", "a/../@evil.example");
        let filled = |text: &str| address(&Template::from(text), &known).map(|url| url.to_string());
        assert_eq!(filled("{secret:hook}"), Ok("https://hooks.example/T0/x%20y".to_owned()));
        assert_eq!(
            filled("https://hooks.example/{secret:token}"),
            Ok("https://hooks.example/a%2F..%2F%40evil.example".to_owned())
        );
        let wrong = filled("{secret:token}").unwrap_err();
        assert!(wrong.contains("{secret:token}") && !wrong.contains("evil"), "{wrong}");
        assert!(filled("ftp://hooks.example/").is_err() && filled("{secret:none}").is_err());
    }
}
