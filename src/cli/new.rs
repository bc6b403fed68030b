//! `gonogo new`: checks the values of the variables, asks for missing ones on a terminal, creates the session.
//!
//! Not here: opening it (`open.rs`), the form of the header (`session/header.rs`).

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use super::Doors;
use super::app_error::AppError;
use super::ask::ask;
use super::choices::{Choices, chosen};
use super::exit_code::Code;
use super::open_session::base_folder;
use super::print;
use super::read_checklist::FoundChecklist;
use crate::checklist::id::VariableName;
use crate::checklist::model::Checklist;
use crate::checklist::values::check_value;
use crate::checklist::variable::{DefaultSource, Variable, VariableDefault};
use crate::checklist::write::to_table;
use crate::runtime::defaults::default_value;
use crate::runtime::env::Asks;
use crate::runtime::files;
use crate::runtime::git;
use crate::runtime::store::paths::session_folder;
use crate::runtime::store::safe_open::check_network;
use crate::runtime::store::{
    Answer, Holder, Proposal, Request, SeenFile, SessionPaths, Writer, create_session, fresh_ulid,
    prepare_folder,
};
use crate::runtime::trust_store::Content;
use crate::session::event::{Event, ItemTicked, ReleaseStarted};
use crate::session::header::{self, write_checklist, write_header};
use crate::session::recorded::Proposed;
use crate::session::state::Session;
use crate::session::value::Table;
use crate::{safe_format, text::nearest::nearest};

/// `gonogo new CHECKLIST --set NAME=VALUE…`.
pub fn new(doors: &Doors, given: &Path, set: &[String], choices: Choices) -> Result<Code, AppError> {
    let chosen = chosen(doors, given, choices)?;
    let values = values(doors, &chosen.found, set)?;
    let paths = start(doors, &chosen.found, values, &chosen.kept)?;
    let shown = relative(&doors.started.folder, &paths.session());
    if doors.is_json() {
        print::json(&serde_json::json!({
            "schema": "gonogo.new/1",
            "session": shown.to_string_lossy(),
            "release": paths.id().map(|id| id.to_string()),
        }));
    } else {
        print::answer(&safe_format!("{}", shown.to_string_lossy()));
    }
    Ok(Code::Yes)
}

/// The values of all variables: given, by default, or asked for. Errors: all missing ones by their flags.
pub fn values(
    doors: &Doors,
    found: &FoundChecklist,
    set: &[String],
) -> Result<BTreeMap<String, String>, AppError> {
    let checklist = &found.checklist;
    let mut values = given_values(checklist, set)?;
    let folder = found.path.parent().unwrap_or(&doors.started.folder);
    let mut missing = Vec::new();
    for (name, variable) in checklist.variables.iter() {
        let name = name.as_str();
        if values.contains_key(name) {
            continue;
        }
        let default = variable.default.as_ref().filter(|default| may_read(doors, found, folder, default));
        let default = default.and_then(|default| default_value(default, folder));
        let default = default.filter(|value| check_value(name, variable, value).is_ok());
        match (doors.asks(), default) {
            (Asks::Nobody, Some(value)) => drop(values.insert(name.to_owned(), value)),
            (Asks::Nobody, None) if variable.when_needed == Some(true) => {}
            (Asks::Nobody, None) => missing.push(name),
            (Asks::Person, default) => {
                if let Some(value) = asked(name, variable, default.as_deref())? {
                    values.insert(name.to_owned(), value);
                }
            }
        }
    }
    if missing.is_empty() {
        return Ok(values);
    }
    let flags: Vec<String> = missing.iter().map(|name| format!("--set {name}=VALUE")).collect();
    Err(AppError::usage(safe_format!("values are missing: {}", missing.join(", ")))
        .hint(safe_format!("add {}", flags.join(" "))))
}

/// A stranger's checklist may name a variable of the environment that holds a token: it is read, and written into the
/// record, only once a person has looked.
fn may_read(doors: &Doors, found: &FoundChecklist, folder: &Path, default: &VariableDefault) -> bool {
    match default {
        VariableDefault::From(DefaultSource::Env(_)) => {
            let content = Content::of(&found.checklist, folder);
            doors.trust_store().judge(&content, &found.path).is_trusted()
        }
        VariableDefault::From(DefaultSource::Git(_) | DefaultSource::File(_))
        | VariableDefault::Literal(_) => true,
    }
}

fn given_values(checklist: &Checklist, set: &[String]) -> Result<BTreeMap<String, String>, AppError> {
    let mut values = BTreeMap::new();
    for pair in set {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(AppError::usage(safe_format!("--set {} has no `=`", pair)).hint("--set NAME=VALUE"));
        };
        let Some((_, variable)) = checklist.variables.iter().find(|(known, _)| known.as_str() == name) else {
            let known: Vec<&str> = checklist.variables.names().map(VariableName::as_str).collect();
            let error = AppError::usage(safe_format!("this checklist has no variable `{}`", name));
            return Err(match nearest(name, known.iter().copied()) {
                Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
                None => error.hint(safe_format!("its variables are: {}", known.join(", "))),
            });
        };
        check_value(name, variable, value)
            .map_err(|why| AppError::usage(safe_format!("--set {}: {}", name, why)))?;
        values.insert(name.to_owned(), value.to_owned());
    }
    Ok(values)
}

/// Asks for a value; none: it is asked again when something needs it.
fn asked(name: &str, variable: &Variable, default: Option<&str>) -> Result<Option<String>, AppError> {
    let question = variable.prompt.as_deref().unwrap_or(name);
    let later = variable.when_needed == Some(true) && default.is_none();
    let question = if later { format!("{question} (Enter: asked when needed)") } else { question.to_owned() };
    loop {
        let Some(line) = ask(&question, default)? else {
            return Err(AppError::usage("the input ended before all values were given")
                .hint(safe_format!("--set {}=VALUE", name)));
        };
        if later && line.is_empty() {
            return Ok(None);
        }
        match check_value(name, variable, &line) {
            Ok(()) => return Ok(Some(line)),
            Err(why) => print::note(&safe_format!("{}", why)),
        }
    }
}

/// Creates the session with its first event, and the ticks that somebody keeps.
pub fn start(
    doors: &Doors,
    found: &FoundChecklist,
    values: BTreeMap<String, String>,
    kept: &[ItemTicked],
) -> Result<SessionPaths, AppError> {
    let version = values.get("version").cloned().unwrap_or_default();
    let id = fresh_ulid();
    let paths = if let Some(path) = &doors.global.session {
        let paths = SessionPaths::at(&doors.started.absolute(path))?;
        check_network(paths.folder(), doors.network_files())?;
        paths
    } else {
        let folder = session_folder(&found.path, doors.session_dir().as_deref());
        check_network(&folder, doors.network_files())?;
        prepare_folder(&folder)?;
        SessionPaths::in_folder(&folder, found.checklist.product(), &version, id)
    };
    if files::exists(&paths.session()) {
        return Err(AppError::refused(safe_format!("{} exists already", paths.session().to_string_lossy()))
            .hint("gonogo open opens it; a new release needs another path"));
    }
    let now = doors.now();
    let table = to_table(&found.checklist).map_err(|why| AppError::usage(why.to_string()))?;
    let table = Table::try_from(&table).map_err(|why| AppError::usage(why.to_string()))?;
    let release = header::Release {
        id,
        product: found.checklist.product().to_owned(),
        version,
        created: now,
        program: concat!("gonogo ", env!("CARGO_PKG_VERSION")).to_owned(),
        source: Some(relative(&base_folder(&paths), &found.path).to_string_lossy().into_owned()),
        source_digest: Some(found.digest),
        continues: None,
    };
    let text =
        write_header(&release, &write_checklist(&table)).map_err(|why| AppError::usage(why.to_string()))?;
    create_session(&paths, &text)?;
    let folder = found.path.parent().unwrap_or(&doors.started.folder);
    let author = doors.author(folder);
    let started = Event::ReleaseStarted(ReleaseStarted { values, commit: git::commit(folder) });
    let ticks = kept.iter().cloned().map(Event::ItemTicked);
    let first = std::iter::once(started).chain(ticks);
    let first = first.map(|event| Proposed { at: now, author: author.clone(), event });
    append_first(doors, &paths, first.collect())?;
    Ok(paths)
}

fn append_first(doors: &Doors, paths: &SessionPaths, first: Vec<Proposed>) -> Result<(), AppError> {
    let person = first.first().map(|first| first.author.by.clone()).unwrap_or_default();
    let holder = Holder { pid: doors.started.pid, host: doors.started.host.clone(), person };
    let (mut writer, _none) = Writer::open(paths.clone(), holder, doors.network_files(), Session::default())?;
    let proposals = first.into_iter().map(Proposal::try_from).collect::<Result<Vec<_>, _>>();
    let proposals = proposals.map_err(|why| AppError::usage(why.to_string()))?;
    // One after the other: thousands of kept ticks need not fit one request.
    let mut queue: VecDeque<_> =
        proposals.into_iter().zip(0..).map(|(one, id)| Request::plain(id, vec![one])).collect();
    while !queue.is_empty() {
        for answer in writer.append(&mut queue) {
            match answer {
                Answer::Failed { error, .. } | Answer::Refused { reason: error, .. } => {
                    return Err(AppError::unreachable(error));
                }
                Answer::Stored { .. } | Answer::Arrived { .. } | Answer::Standing { .. } => {}
            }
        }
    }
    SeenFile::new(&doors.started.state, writer.header().release.id)
        .store(&writer.watermark())
        // A witness is a bonus: `verify` says so where it cannot be kept.
        .unwrap_or_default();
    Ok(())
}

/// The path as seen from a folder, with `..` where it leads out; the path itself where they share nothing.
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let mut from_parts = from.components().peekable();
    let mut to_parts = to.components().peekable();
    let mut shared = 0;
    while let (Some(a), Some(b)) = (from_parts.peek(), to_parts.peek()) {
        if a != b {
            break;
        }
        from_parts.next();
        to_parts.next();
        shared += 1;
    }
    // Only the root is shared: two different trees.
    if shared <= 1 {
        return to.to_owned();
    }
    from_parts
        .map(|_| Path::new("..").to_owned())
        .chain(to_parts.map(|part| PathBuf::from(part.as_os_str())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::relative;
    use std::path::Path;

    #[test]
    fn a_path_is_shown_from_where_one_stands() {
        let seen = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(seen("/a/b", "/a/b/c.toml"), "c.toml");
        assert_eq!(seen("/a/b", "/a/c/d.toml"), "../c/d.toml");
        assert_eq!(seen("/a/b", "/x/d.toml"), "/x/d.toml");
    }
}
