//! Words above a list that make its lines items, and headings that are steps themselves.

/// Under these a numbered list is a list of steps.
const STEPS: &[&str] = &[
    "step",
    "process",
    "procedure",
    "release",
    "deploy",
    "checklist",
    "check list",
    "rollback",
    "roll back",
    "verif",
    "publish",
    "rollout",
    "runbook",
    "playbook",
    "how to",
    "instruction",
    "workflow",
    "migration",
    "upgrade",
    "launch",
    "schritt",
    "ablauf",
    "veröffentlich",
    "ausroll",
    "étape",
    "procédure",
    "déploie",
    "paso",
    "procedimiento",
    "despliegue",
    "passo",
    "procedura",
    "implanta",
    "stap",
    "uitrol",
    "krok",
    "wdroż",
    "шаг",
    "этап",
    "развер",
    "релиз",
    "步骤",
    "发布",
    "部署",
    "回滚",
    "手順",
    "リリース",
    "デプロイ",
    "단계",
    "배포",
];
/// Under these a bullet is something to do or to hold.
const ITEMS: &[&str] = &[
    "checklist",
    "check list",
    "verif",
    "ensure",
    "must",
    "criteria",
    "prerequisite",
    "confirm",
    "make sure",
    "to do",
    "todo",
    "checkliste",
    "prüf",
    "voraussetzung",
    "kriterien",
    "vérif",
    "prérequis",
    "critère",
    "requisito",
    "criterio",
    "verific",
    "critério",
    "controle",
    "vereiste",
    "wymagania",
    "kryteria",
    "провер",
    "требован",
    "критери",
    "检查",
    "确认",
    "前提",
    "チェック",
    "確認",
    "체크",
    "확인",
];
/// A heading that begins with one of these and a number is a step.
const STEP_WORDS: &[&str] =
    &["step", "schritt", "étape", "etape", "paso", "passo", "stap", "krok", "шаг", "этап", "步骤", "手順"];

/// Does a heading or label say that its numbers are steps?
pub(super) fn for_steps(text: &str) -> bool {
    holds(text, STEPS)
}

/// Does a heading or label say that its bullets are items?
pub(super) fn for_items(text: &str) -> bool {
    holds(text, ITEMS)
}

fn holds(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Is a heading a numbered step: "Step 3: …", "Schritt 2"?
pub(super) fn numbered_step(text: &str) -> bool {
    let lower = text.trim_start_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let rest = STEP_WORDS.iter().find_map(|word| lower.strip_prefix(word));
    rest.is_some_and(|rest| rest.trim_start().starts_with(|letter: char| letter.is_ascii_digit()))
}
