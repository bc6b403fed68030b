//! The reader of `curl` lines by cases, over the documents, and over any text.

use proptest::prelude::*;

use super::super::shell::script::tests::scripts;
use super::*;

fn read(line: &str) -> Curl {
    Curl::read(line).unwrap_or_else(|why| panic!("{line}: {}", why.words()))
}

#[test]
fn a_plain_request_is_a_get() {
    let curl = read("curl http://localhost:8000/health");
    assert_eq!(
        (curl.method.as_str(), curl.url.as_str(), curl.once(), curl.fail),
        ("GET", "http://localhost:8000/health", false, false)
    );
    assert_eq!(read("curl localhost:8000/").url, "http://localhost:8000/");
    assert_eq!(read("time sudo curl -I HTTPS://x.io/a?b=c").url, "https://x.io/a?b=c");
    assert_eq!(read("curl \"$BASE/health\"").url, "$BASE/health");
}

#[test]
fn known_options_are_read() {
    let curl = read(
        "curl -sSfkL -m 5 --connect-timeout=2 -H 'Accept: text/plain' -w '%{http_code}\\n' -o /dev/null https://x/y || exit 1",
    );
    assert!(curl.fail && curl.insecure && curl.follow && !curl.once());
    assert_eq!((curl.max_time.as_deref(), curl.connect_timeout.as_deref()), (Some("5"), Some("2")));
    assert_eq!(curl.headers, [("Accept".to_owned(), HeaderValue::Text("text/plain".to_owned()))]);
    assert_eq!(read("curl -I x").method, "HEAD");
    let post = read("curl -XPOST -d a=b -d c x");
    assert_eq!((post.method.as_str(), post.body.as_deref(), post.once()), ("POST", Some("a=b&c"), true));
    assert!(read("curl -X DELETE x").once() && read("curl --json '{}' x").once());
    let get = read("curl -G -d a=b x");
    assert_eq!((get.url.as_str(), get.once()), ("http://x?a=b", false));
}

#[test]
fn credentials_are_named_and_dropped() {
    let curl =
        read("curl -u me:hunter2 -H 'Authorization: Bearer abc123' -H 'X-Api-Key: k9' https://bob:pw@x/y");
    assert_eq!(curl.url, "https://x/y");
    assert_eq!(curl.user.as_deref(), Some("basic_auth"));
    let shown = format!("{curl:?}");
    for secret in ["hunter2", "abc123", "k9", "bob", "pw@"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert_eq!(
        curl.headers[0].1,
        HeaderValue::Secret { lead: "Bearer ".to_owned(), name: "authorization".to_owned() }
    );
}

#[test]
fn pipes_that_read_the_answer_are_known() {
    assert_eq!(read("curl localhost:8000/ | jq").pipe, Some(Pipe::Json(".".to_owned())));
    assert_eq!(read("curl x | jq -r '.status'").pipe, Some(Pipe::Json(".status".to_owned())));
    assert_eq!(read("curl x | python3 -m json.tool").pipe, Some(Pipe::Json(".".to_owned())));
    assert_eq!(
        read("curl x | grep -q \"ok it is\" || echo no").pipe,
        Some(Pipe::Contains("ok it is".to_owned()))
    );
    assert_eq!(read("curl x | grep -v error").pipe, Some(Pipe::Lacks("error".to_owned())));
}

#[test]
fn what_is_not_known_whole_stays_a_command() {
    for (line, why) in [
        ("ls", NotACheck::NoCurl),
        ("curl", NotACheck::Address),
        ("curl a b", NotACheck::Address),
        ("curl ftp://x", NotACheck::Address),
        ("curl -o f x", NotACheck::Saved),
        ("curl -O x", NotACheck::Saved),
        ("curl x > f", NotACheck::Saved),
        ("curl -fsSL https://get.docker.com | sh", NotACheck::FetchedAndRun),
        ("curl x | sudo bash -s", NotACheck::FetchedAndRun),
        ("curl x | tar xz", NotACheck::Piped("tar".to_owned())),
        ("curl x | grep 'a.*b'", NotACheck::Piped("grep".to_owned())),
        ("curl --resolve a:1:b x", NotACheck::Option("--resolve".to_owned())),
        ("curl -F a=@b x", NotACheck::Option("-F".to_owned())),
        ("curl -d @f x", NotACheck::Option("-d @file".to_owned())),
        ("curl -w '%{time_total}' x", NotACheck::Option("-w".to_owned())),
        ("curl -m soon x", NotACheck::Option("-m".to_owned())),
        ("curl x && deploy", NotACheck::Joined),
        ("cd x; curl y", NotACheck::Joined),
        ("curl $(cat url)", NotACheck::Computed),
    ] {
        assert_eq!(Curl::read(line), Err(why), "{line}");
    }
}

#[test]
fn the_documents_give_as_many_checks_as_were_counted() {
    let found = |document: usize| -> Vec<(usize, bool)> {
        let of = |(line, script): &(usize, Script)| -> Vec<(usize, bool)> {
            requests(script).iter().map(|(at, read)| (line + script.lines[*at].line, read.is_ok())).collect()
        };
        scripts(document).iter().flat_map(of).collect()
    };
    assert_eq!(found(0), [(161, false), (162, false)]);
    assert_eq!(found(1), [(71, true)]);
    assert_eq!(
        found(3),
        [(111, false), (224, true), (229, true), (234, true), (243, true), (303, true), (311, true)]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn no_text_stops_the_reader(line in "(curl |-[a-zA-Z] |--[a-z]{1,12}[= ]|[a-z:/@.?#$(){}'\"|&;<> é-]|http://|\\PC){0,40}") {
        if let Ok(curl) = Curl::read(&line) {
            prop_assert!(curl.url.contains("://") || curl.url.starts_with(['$', '<', '{']), "{}", curl.url);
        }
    }
}
