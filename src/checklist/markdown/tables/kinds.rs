//! What the header and the cells of a table say it is.

use super::Row;

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// Roles or names, and how to reach them.
    Contacts,
    /// Names of variables.
    Variables,
    /// Roles, and where they sign.
    SignOff,
    /// Rows to work through.
    Items,
    /// To be read.
    Reference,
}

pub(super) const VARIABLE: &[&str] = &[
    "variable",
    "env var",
    "environment variable",
    "key",
    "variabele",
    "zmienna",
    "переменная",
    "变量",
    "変数",
];
const ROLE: &[&str] = &[
    "role",
    "name",
    "team",
    "person",
    "who",
    "approver",
    "approval",
    "reviewer",
    "stakeholder",
    "rolle",
    "rôle",
    "rol",
    "nom",
    "nombre",
    "nome",
    "naam",
    "ruolo",
    "роль",
    "имя",
    "角色",
    "姓名",
    "役割",
    "氏名",
];
const REACH: &[&str] = &[
    "contact",
    "email",
    "e-mail",
    "phone",
    "slack",
    "reach",
    "pager",
    "telefon",
    "téléphone",
    "teléfono",
    "telefone",
    "kontakt",
    "контакт",
    "телефон",
    "联系",
    "电话",
    "連絡",
];
const SIGN: &[&str] = &[
    "signature",
    "sign-off",
    "signoff",
    "signed",
    "sign off",
    "date",
    "approved",
    "approval",
    "unterschrift",
    "firma",
    "assinatura",
    "handtekening",
    "podpis",
    "подпись",
    "签字",
    "署名",
];
const SAYS: &[&str] = &[
    "description",
    "value",
    "default",
    "example",
    "required",
    "purpose",
    "beschreibung",
    "beispiel",
    "valeur",
    "valor",
    "valore",
    "waarde",
    "описание",
    "значение",
    "说明",
    "默认",
    "説明",
];
const GATE: &[&str] = &[
    "gate",
    "criterion",
    "criteria",
    "check",
    "requirement",
    "kriterium",
    "prüfung",
    "critère",
    "criterio",
    "critério",
    "критерий",
    "проверка",
    "检查",
];
/// A table of these tells of work as often as it asks for it.
const WORK: &[&str] = &[
    "item",
    "task",
    "step",
    "aufgabe",
    "schritt",
    "tâche",
    "étape",
    "tarea",
    "paso",
    "tarefa",
    "attività",
    "taak",
    "zadanie",
    "задача",
    "шаг",
    "项目",
    "項目",
    "タスク",
];
const DONE: &[&str] = &[
    "yes/no",
    "y/n",
    "done",
    "go/no-go",
    "complete",
    "completed",
    "done?",
    "erledigt",
    "готово",
    "完成",
    "完了",
];
const STATUS: &[&str] = &[
    "status",
    "yes/no",
    "y/n",
    "done",
    "go/no-go",
    "pass",
    "passed",
    "result",
    "complete",
    "completed",
    "ok",
    "ok?",
    "done?",
    "erledigt",
    "statut",
    "estado",
    "stato",
    "stan",
    "статус",
    "готово",
    "状态",
    "完成",
    "状態",
    "完了",
];

/// The kind of a table.
pub(super) fn kind(headers: &[String], rows: &[Row]) -> TableKind {
    let has = |words: &[&str]| column(headers, words).is_some();
    if rows.iter().any(|row| row.cells.iter().any(|cell| cell.ticked.is_some())) {
        return TableKind::Items;
    }
    if has(ROLE) && has(REACH) {
        TableKind::Contacts
    } else if has(VARIABLE) && has(SAYS) {
        TableKind::Variables
    } else if first_is(headers, ROLE) && has(SIGN) {
        TableKind::SignOff
    } else if (has(GATE) && has(STATUS)) || (has(WORK) && has(DONE)) {
        TableKind::Items
    } else {
        TableKind::Reference
    }
}

/// The first column whose header has one of these words, in the order of the words; a short word must be all of it.
pub(super) fn column(headers: &[String], words: &[&str]) -> Option<usize> {
    let lower: Vec<String> =
        headers.iter().map(|header| header.trim().trim_matches('*').to_lowercase()).collect();
    words.iter().find_map(|word| {
        lower.iter().position(|header| header == word || (word.len() > 3 && starts_a_word(header, word)))
    })
}

fn starts_a_word(header: &str, word: &str) -> bool {
    header.match_indices(word).any(|(at, _)| {
        let before = header.get(..at).and_then(|before| before.chars().next_back());
        !word.is_ascii() || !before.is_some_and(char::is_alphanumeric)
    })
}

fn first_is(headers: &[String], words: &[&str]) -> bool {
    column(headers, words).is_some_and(|index| index < 2)
}

/// The box a cell begins with, and what stands behind it.
pub(super) fn boxed(text: &str) -> (Option<bool>, &str) {
    let bare = text.trim();
    for (mark, ticked) in [
        ("[ ]", false),
        ("[]", false),
        ("[x]", true),
        ("[X]", true),
        ("☐", false),
        ("⬜", false),
        ("□", false),
        ("☑", true),
        ("☒", true),
    ] {
        if let Some(rest) = bare.strip_prefix(mark)
            && !rest.starts_with(['(', '['])
        {
            return (Some(ticked), rest);
        }
    }
    (None, text)
}
