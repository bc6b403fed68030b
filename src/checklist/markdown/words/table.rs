//! The words themselves, small letters, by meaning: parted by bars, English first, then de fr es pt it nl pl ru zh ja.
//!
//! How they are looked for is in `words.rs`.

use super::Meaning;

/// Meanings and their words.
pub(super) const TABLE: [(Meaning, &str); 11] = [
    (
        Meaning::Rollback,
        "rollback|roll back|roll-back|rolling back|revert|back out|back-out|backout|backing out|\
         downgrade|rückfall|rücknahme|zurückroll|rückgängig|retour arrière|restauration|\
         revenir en arrière|reversión|revertir|marcha atrás|reversão|reverter|desfazer|ripristino|\
         annullamento|terugdraai|terugrol|wycofan|przywróc|откат|отката|回滚|回退|ロールバック|切り戻し",
    ),
    (
        Meaning::Readiness,
        "readiness|ready|document|test|bereitschaft|préparation|preparación|preparação|prontezza|\
         gereedheid|gotowość|готовность|就绪|準備",
    ),
    (
        Meaning::Trigger,
        "when to rollback|when to roll back|when to revert|rollback trigger|rollback criteria|\
         rollback condition|trigger|auslöser|wann zurück|déclencheur|quand revenir|disparador|\
         cuándo revertir|gatilho|quando reverter|quando tornare|wanneer terug|kiedy wycofać|когда откат|\
         триггер|触发|何时回滚|トリガー",
    ),
    (
        Meaning::Monitoring,
        "monitor|post-release|post release|post-deploy|post deploy|observation|hypercare|bake time|soak|\
         überwach|beobachtung|surveillance|supervision|après déploiement|supervisión|vigilancia|\
         monitoreo|monitoramento|sorveglianza|bewaking|toezicht|obserwacj|мониторинг|наблюдени|监控|观察|監視|\
         モニタリング",
    ),
    (
        Meaning::Criteria,
        "success criteria|acceptance|exit criteria|definition of done|done when|criteria|erfolgskriteri|\
         abnahmekriteri|kriterien|critères|criterios|critérios|criteri |criteri di|succescriteria|\
         acceptatiecriteria|kryteria|критерии|成功标准|验收|完了条件|受け入れ基準|成功基準",
    ),
    (
        Meaning::Contacts,
        "contacts|contact |contact:|escalation|on-call|who to call|ansprechpartner|kontakt|astreinte|\
         interlocuteur|contactos|guardia|contatos|plantão|contatti|reperibilità|contactpersonen|dyżur|\
         контакты|дежурн|联系人|值班|連絡先|担当者",
    ),
    (
        Meaning::SignOff,
        "sign-off|sign off|signoff|approval|approved by|go/no-go|go / no-go|freigabe|genehmigung|\
         abnahme |unterschrift|approbation|validation finale|signature|aprobación|aprobacion|firma|\
         aprovação|assinatura|approvazione|goedkeuring|akkoord|zatwierdzenie|akceptacja|утверждение|\
         согласование|审批|签字|签核|承認|サインオフ",
    ),
    (
        Meaning::Asks,
        "checklist|verify|verification|validation|validate|ensure|must|confirm|before|prerequisite|\
         pre-requisite|requirement|criteria|pre-flight|preflight|health check|prüfliste|checkliste|\
         voraussetzung|sicherstellen|prüfen|vorbedingung|liste de contrôle|vérifi|prérequis|s'assurer|\
         lista de verificación|verificar|asegur|requisito|comprobar|lista de verificação|garantir|\
         pré-requisito|lista di controllo|verifica|prerequisit|assicur|controlelijst|controleer|\
         vereiste|lista kontrolna|sprawdź|weryfikacj|wymagania|чек-лист|чеклист|проверк|проверить|\
         убедит|предварительные|требования|检查|确认|前提|清单|チェックリスト|確認|前提条件",
    ),
    (
        Meaning::Procedure,
        "durchführung|mise en œuvre|mise en oeuvre|step|process|procedure|release|deploy|checklist|rollback|roll back|verify|verification|\
         instruction|runbook|playbook|how to|sequence|durchführung|mise en œuvre|mise en oeuvre|schritt|ablauf|vorgehen|anleitung|auslieferung|\
         bereitstell|étape|procédure|déploiement|déroulement|paso|procedimiento|despliegue|passo|\
         procedimento|implantação|implantacao|passagg|procedura|rilascio|distribuzione|stap|uitrol|krok|\
         procedur|wdrożeni|шаг|процедур|порядок|развёртыв|развертыв|релиз|выпуск|步骤|流程|部署|发布|手順|デプロイ|\
         リリース",
    ),
    (
        Meaning::Reference,
        "background|overview|troubleshooting|faq|frequently asked|alternative|appendix|related|\
         references|resources|see also|further reading|glossary|history|notes|hintergrund|überblick|\
         übersicht|fehlerbehebung|anhang|siehe auch|contexte|aperçu|vue d'ensemble|dépannage|annexe|\
         voir aussi|antecedentes|resumen|solución de problemas|apéndice|anexo|véase|visão geral|\
         solução de problemas|apêndice|panoramica|risoluzione dei problemi|appendice|achtergrond|\
         overzicht|probleemoplossing|bijlage|kontekst|przegląd|rozwiązywanie problemów|załącznik|обзор|\
         предыстория|устранение неполадок|приложение|背景|概述|故障排除|附录|常见问题|概要|トラブルシューティング|付録|関連",
    ),
    (
        Meaning::Variables,
        "environment variable|env var|umgebungsvariable|variable d'environnement|\
         variables d'environnement|variables de entorno|variáveis de ambiente|variabili d'ambiente|\
         omgevingsvariabele|zmienne środowiskowe|переменные окружения|环境变量|環境変数",
    ),
];

/// Environments and the words for them, found whole.
pub(super) const ENVIRONMENTS: [(&str, &str); 4] = [
    (
        "production",
        "production|prod|live|produktion|produktiv|produktivsystem|producción|produção|produzione|\
         productie|produkcja|produkcji|продакшен|продакшн|прод|生产|生产环境|本番",
    ),
    (
        "staging",
        "staging|stage|preprod|pre-prod|pre-production|preproduction|uat|préproduction|preproducción|\
         стейджинг|预发布|预生产|ステージング",
    ),
    (
        "development",
        "development|dev|entwicklung|développement|desarrollo|desenvolvimento|sviluppo|开发环境|開発環境",
    ),
    ("test", "test environment|testing environment|qa|testumgebung|testsystem|测试环境|テスト環境"),
];

/// What a comment starts with when what follows is done only sometimes.
pub(super) const CONDITIONAL_STARTS: [&str; 40] = [
    "if ",
    "or ",
    "or:",
    "otherwise",
    "alternatively",
    "alternative:",
    "optional",
    "only if",
    "when needed",
    "wenn ",
    "falls ",
    "oder ",
    "sonst",
    "ansonsten",
    "si ",
    "ou ",
    "sinon",
    "facultatif",
    "optionnel",
    "o ",
    "opcional",
    "se ",
    "oppure",
    "altrimenti",
    "opzionale",
    "als ",
    "of ",
    "anders",
    "optioneel",
    "jeśli ",
    "lub ",
    "albo ",
    "opcjonalnie",
    "если ",
    "или ",
    "иначе",
    "опционально",
    "如果",
    "或者",
    "可选",
];
/// What says the same anywhere.
pub(super) const CONDITIONAL_INSIDE: [&str; 17] = [
    "(if ",
    "(optional",
    "if needed",
    "if necessary",
    "if required",
    "if applicable",
    "(falls ",
    "(wenn ",
    "bei bedarf",
    "(si ",
    "si nécessaire",
    "si es necesario",
    "(se ",
    "se necessário",
    "(если",
    "場合",
    "任意",
];
