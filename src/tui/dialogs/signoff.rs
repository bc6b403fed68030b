//! Sign off and withdraw: a form that binds a person to a fingerprint, with what is still open in view.

use super::aside::counter;
use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Choice, FieldRow, Press, Sheet};
use crate::checklist::id::{ItemId, RoleId};
use crate::engine::command::Command;
use crate::safe_format;
use crate::session::status::Decision;
use crate::text::{Safe, safe};
use crate::tui::frame::BorderKind;
use crate::tui::panes::event_words::role_title;
use crate::tui::panes::signoffs::{Asked, asked, decision_word, poll};
use crate::tui::row::{RowId, RowLine};
use crate::tui::text_field::{COMMENT_GRAPHEMES_MAX, TextField};
use crate::tui::view::{View, host, person, short_hash};

/// A decision being made.
#[derive(Debug)]
pub(crate) struct Sign {
    item: ItemId,
    roles: Vec<RoleId>,
    fingerprint: String,
    form: Form,
}

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    SignOff,
    Withdraw,
}

/// Asks for a decision. Errors: nobody is asked, in words.
pub(crate) fn sign_off(selected: Option<&RowId>, view: &View<'_>) -> Result<Dialog, Safe> {
    let all = asked(view);
    if all.is_empty() {
        return Err(Safe::own("nobody has to sign in this checklist"));
    }
    let wanted = all.iter().find(|asked| is_about(selected, asked));
    let open = || all.iter().find(|asked| !asked.approval.is_approved());
    let Some(asked) = wanted.or_else(open).or_else(|| all.first()) else {
        return Err(Safe::own("nobody has to sign in this checklist"));
    };
    let me = &view.engine.me().by;
    let mut roles = view.engine.roles_open_to(view.at, &asked.stood.at.item.id, me);
    if roles.is_empty() {
        let names: Vec<Safe> = asked.request.roles.iter().map(|role| role_title(view, role)).collect();
        let names = Safe::join(&names, &Safe::own(", "));
        return Err(safe_format!("{} is asked, and you ({}) have no such role", names, me));
    }
    if let Some(RowId::Role(_, role)) = selected
        && let Some(place) = roles.iter().position(|known| known == role)
    {
        roles.swap(0, place);
    }
    let groups = if roles.len() > 1 { 2 } else { 1 };
    let item = asked.stood.at.item.id.clone();
    let fingerprint = asked.fingerprint.hash.clone();
    let name = format!("sign-off:{item}");
    let sign = Sign { item, roles, fingerprint, form: Form::SignOff };
    let field = TextField::comment(COMMENT_GRAPHEMES_MAX);
    Ok(Dialog::form(Kind::Sign(sign), field, view.at).with_choices(groups).with_draft(name, view))
}

/// Asks whether to withdraw. Errors: there is nothing of theirs to withdraw.
pub(crate) fn withdraw(selected: Option<&RowId>, view: &View<'_>) -> Result<Dialog, Safe> {
    let me = &view.engine.me().by;
    let all = asked(view);
    let mine = |asked: &&Asked<'_>| asked.approval.roles.iter().any(|role| standing_of(role, me).is_some());
    let about = all.iter().filter(|asked| is_about(selected, asked)).find(mine);
    let Some(asked) = about.or_else(|| all.iter().find(mine)) else {
        return Err(Safe::own("there is no decision of yours to withdraw"));
    };
    let standing = asked.approval.roles.iter().filter(|role| standing_of(role, me).is_some());
    let roles: Vec<RoleId> = standing.map(|role| role.role.clone()).collect();
    let item = asked.stood.at.item.id.clone();
    let fingerprint = asked.fingerprint.hash.clone();
    let name = format!("withdraw:{item}");
    let groups = usize::from(roles.len() > 1);
    let sign = Sign { item, roles, fingerprint, form: Form::Withdraw };
    let field = TextField::comment(COMMENT_GRAPHEMES_MAX);
    Ok(Dialog::form(Kind::Sign(sign), field, view.at).with_choices(groups).with_draft(name, view))
}

fn standing_of<'r>(
    role: &'r crate::rules::approval::RoleStanding<'_>,
    me: &str,
) -> Option<&'r crate::rules::approval::DecisionState> {
    use crate::rules::approval::DecisionState;
    let own = role.decisions.iter().find(|(signoff, _)| signoff.stamp.by == me);
    own.map(|(_, state)| state).filter(|state| **state != DecisionState::Withdrawn)
}

fn is_about(selected: Option<&RowId>, asked: &Asked<'_>) -> bool {
    match selected {
        Some(RowId::Role(item, _) | RowId::Item(item)) => asked.stood.at.item.id == *item,
        _ => false,
    }
}

fn role<'s>(sign: &'s Sign, dialog: &Dialog) -> Option<&'s RoleId> {
    let group = match sign.form {
        Form::SignOff => 1,
        Form::Withdraw => 0,
    };
    sign.roles.get(if sign.roles.len() > 1 { dialog.choice(group) } else { 0 })
}

fn decision(sign: &Sign, dialog: &Dialog) -> Decision {
    match (sign.form, dialog.choice(0)) {
        (Form::Withdraw, _) => Decision::Withdraw,
        (Form::SignOff, 0) => Decision::Approve,
        (Form::SignOff, _) => Decision::Reject,
    }
}

/// What it shows.
pub(super) fn sheet(sign: &Sign, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let all = asked(view);
    let asked = all.iter().find(|asked| asked.stood.at.item.id == sign.item);
    let release = view.engine.release();
    let role = role(sign, dialog).map(|role| role_title(view, role)).unwrap_or_default();
    let verb = match sign.form {
        Form::SignOff => "Sign off",
        Form::Withdraw => "Withdraw the sign-off of",
    };
    let facts = view.engine.facts(view.at);
    let version = safe(facts.version().unwrap_or(&release.version));
    let title = safe_format!("{} {} {} as {}", Safe::own(verb), release.product, version, role);
    let mut sheet = Sheet::new(title, BorderKind::Focused);
    body(&mut sheet, sign, asked, view);
    let roles = || sign.roles.iter().map(|role| role_title(view, role)).collect();
    if sign.form == Form::SignOff {
        let options = vec![Safe::own("Approve"), Safe::own("Reject")];
        sheet.choices.push(Choice { label: Safe::own("Decision"), options });
    }
    if sign.roles.len() > 1 {
        sheet.choices.push(Choice { label: Safe::own("Role"), options: roles() });
    }
    let under = safe_format!("{}   the draft is kept after esc", counter(dialog));
    sheet.field = Some(FieldRow { label: Safe::own("Comment (must for Reject)"), under, rows: 3 });
    let label = match decision(sign, dialog) {
        Decision::Approve => safe_format!("Approve {}", version),
        Decision::Reject => safe_format!("Reject {}", version),
        Decision::Withdraw => Safe::own("Withdraw"),
    };
    sheet.button(Press::Confirm, label, "ctrl-s", off(sign, dialog, asked, view));
    let word = match decision(sign, dialog) {
        Decision::Approve => "approve",
        Decision::Reject => "reject",
        Decision::Withdraw => "withdraw",
    };
    let role_id = self::role(sign, dialog).map(|role| safe(role.as_str())).unwrap_or_default();
    sheet.twin = safe_format!("gonogo sign-off {} --role {}", Safe::own(word), role_id);
    sheet
}

/// Why the button is off, judged on the brain as it is now.
fn off(sign: &Sign, dialog: &Dialog, asked: Option<&Asked<'_>>, view: &View<'_>) -> Option<Safe> {
    let blank = dialog.field.as_ref().is_none_or(TextField::is_blank);
    match (decision(sign, dialog), asked) {
        (_, None) => Some(Safe::own("nobody is asked for this any more")),
        (Decision::Approve, Some(asked)) if asked.fingerprint.hash != sign.fingerprint => {
            Some(Safe::own("what is approved has changed: close this and look again"))
        }
        (Decision::Approve, _) if !view.engine.trust().is_trusted() => {
            Some(Safe::own("an approval covers commands nobody has looked at: trust them first (R)"))
        }
        (Decision::Reject, _) if blank => Some(Safe::own("a rejection needs a comment")),
        (Decision::Approve | Decision::Reject | Decision::Withdraw, Some(_)) => None,
    }
}

fn body(sheet: &mut Sheet, sign: &Sign, asked: Option<&Asked<'_>>, view: &View<'_>) {
    let facts = view.engine.facts(view.at);
    let version = facts.version().unwrap_or_default();
    let commit = view.engine.session().commit.as_deref().unwrap_or("unknown");
    let commands = asked.map_or(0, |asked| asked.fingerprint.commands);
    let covers = safe_format!(
        "fingerprint {}: version {}, commit {}, the checklist, {} commands",
        short_hash(&sign.fingerprint, view.theme),
        version,
        commit.get(..12).unwrap_or(commit),
        commands
    );
    sheet.fact(view, "You sign", &covers);
    let open: Vec<Safe> = view
        .verdict
        .reasons
        .iter()
        .filter(|reason| reason.item.as_ref() != Some(&sign.item))
        .map(|reason| safe(&reason.about))
        .collect();
    let open = if open.is_empty() {
        Safe::own("nothing")
    } else {
        Safe::join(&open, &safe_format!(" {} ", view.dot()))
    };
    sheet.fact(view, "Still open", &open);
    if let Some(asked) = asked {
        sheet.gap();
        sheet.fact(view, "Poll", &poll(asked));
        for role in &asked.approval.roles {
            poll_row(sheet, role, view);
        }
        sheet.gap();
    }
    sheet.fact(view, "Name", &safe_format!("{}, on {}", view.engine.me().by, host(&view.engine.me().on)));
    let words = match sign.form {
        Form::SignOff => {
            "This goes into the record. Withdraw (W) until the deploy starts. It goes stale when the fingerprint changes. It starts nothing."
        }
        Form::Withdraw => "This goes into the record. The earlier decision stays there and counts no longer.",
    };
    sheet.aside(view, &Safe::own(words));
}

fn poll_row(sheet: &mut Sheet, role: &crate::rules::approval::RoleStanding<'_>, view: &View<'_>) {
    let name = safe(&role.title);
    let Some((signoff, state)) = role.decisions.last() else {
        let mut left = view.status(crate::tui::glyph::StatusWord::Open);
        left.push(view.plain(name));
        sheet.lines.push(RowLine::of(left));
        return;
    };
    let mut left = view.status(decision_word(state));
    let comment = signoff.comment.as_deref().map(|text| safe_format!("  \"{}\"", text.replace('\n', " ")));
    left.push(view.plain(safe_format!("{}  {}", name, person(&signoff.stamp.by))));
    left.push(view.muted(comment.unwrap_or_default()));
    sheet.lines.push(RowLine { left, right: vec![view.muted(view.when(signoff.stamp.at))] });
}

/// What the button does.
pub(super) fn press(sign: &Sign, dialog: &Dialog, _view: &View<'_>) -> Outcome {
    let Some(role) = role(sign, dialog) else { return Outcome::stay() };
    let comment = Some(dialog.text()).filter(|text| !text.trim().is_empty());
    Outcome::done(vec![Command::SignOff {
        item: sign.item.clone(),
        role: role.clone(),
        decision: decision(sign, dialog),
        comment,
        fingerprint: sign.fingerprint.clone(),
    }])
}
