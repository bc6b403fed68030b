//! Lists of English words: verbs a deed begins with, words that say a state; and small words that tell languages apart.
//!
//! Small letters, parted by bars. Not here: how they are used (`words.rs`).

/// Verbs in the form in which an item begins with them.
pub(super) const VERBS: &str = "accept|acknowledge|activate|add|adjust|agree|alert|align|allow|analyse|analyze|announce|answer|append|\
     apply|approve|archive|ask|assemble|assert|assess|assign|attach|audit|authorize|automate|avoid|back|\
     backfill|backup|bake|balance|begin|block|book|boot|bring|browse|build|bump|buy|cache|calculate|call|cancel|\
     capture|carry|celebrate|change|check|checkout|cherry-pick|choose|clarify|clean|cleanup|clear|click|clone|\
     close|collect|come|commit|communicate|compare|compile|complete|compose|configure|confirm|connect|\
     consider|consolidate|contact|continue|convert|coordinate|copy|count|cover|create|cut|deactivate|debug|\
     decide|declare|define|delete|deliver|deploy|deprecate|describe|design|detect|determine|diff|disable|\
     discuss|dismiss|distribute|do|document|download|draft|drain|draw|drop|dump|duplicate|edit|email|embed|\
     enable|encrypt|end|enforce|enlist|ensure|enter|escalate|establish|estimate|evaluate|examine|execute|\
     exercise|expand|expect|explain|export|expose|extend|extract|failover|fetch|file|fill|finalise|finalize|\
     find|finish|fix|flag|flip|flush|focus|follow|force|fork|format|forward|freeze|gather|generate|get|give|\
     go|grant|grow|hand|handle|harden|have|hide|hold|identify|implement|import|improve|include|increase|\
     increment|inform|initialise|initialize|initiate|inject|insert|inspect|install|integrate|investigate|\
     invite|invoke|isolate|issue|join|keep|kill|know|label|launch|let|lift|limit|link|lint|list|load|lock|log|\
     look|lower|mail|maintain|make|manage|map|mark|match|measure|meet|merge|message|migrate|minimise|minimize|\
     mirror|mock|modify|monitor|mount|move|name|navigate|note|notify|observe|obtain|onboard|open|optimise|\
     optimize|order|organise|organize|pack|package|page|pass|paste|patch|pause|perform|pick|pin|ping|plan|\
     point|post|practice|practise|prepare|present|preserve|press|prevent|print|prioritise|prioritize|probe|\
     process|produce|profile|promote|propagate|propose|protect|prove|provide|provision|prune|publish|pull|\
     purge|push|put|query|queue|raise|ramp|reach|read|rebase|rebuild|receive|reconcile|record|recover|\
     redeploy|redirect|reduce|refactor|refer|refresh|register|rehearse|reindex|release|reload|remind|remove|\
     rename|render|renew|repair|repeat|replace|replay|report|request|require|rerun|reset|resolve|restart|\
     restore|restrict|resume|retire|retry|return|reuse|revert|review|revoke|roll|rollback|rollout|rotate|\
     route|run|sanitise|sanitize|save|scale|scan|schedule|score|search|secure|see|select|send|separate|serve|\
     set|set-up|setup|share|ship|show|shut|sign|simulate|skip|smoke|smoke-test|solve|source|specify|spin|\
     split|squash|stage|start|stash|stop|store|strip|submit|subscribe|summarise|summarize|supply|support|\
     suspend|swap|switch|sync|synchronise|synchronize|tag|tail|take|talk|tear|tell|terminate|test|tick|tidy|\
     toggle|touch|track|train|transfer|translate|trigger|trim|try|tune|turn|undo|unfreeze|uninstall|unlock|\
     unpublish|unset|update|upgrade|upload|use|validate|verify|version|view|visit|vote|wait|walk|warm|warn|\
     watch|whitelist|wipe|work|write";

/// Words that say a state, or that something is or does.
pub(super) const STATES: &str = "is|are|was|were|be|been|has|have|had|does|do|can|cannot|can't|must|should|will|won't|may|isn't|aren't|no|\
     none|nothing|nobody|never|not|without|zero|all|every|only|ok|okay|green|red|ready|clean|up|down|\
     available|unavailable|accessible|reachable|responsive|healthy|stable|steady|normal|nominal|acceptable|\
     adequate|sufficient|correct|complete|functional|operational|consistent|compatible|current|empty|full|\
     free|good|fast|fine|live|valid|visible|intact|unchanged|successful|successfully|cleanly|present|absent|\
     active|inactive|idle|online|offline|open|closed|safe|secure|sane|known|built|done|run|set|sent|met|made|\
     kept|given|taken|proven|shown|seen|written|read|found|understood|told|held|gone|on|off|in|works|work|\
     runs|passes|pass|fails|fail|succeeds|succeed|returns|answers|responds|exists|exist|starts|stops|ends|\
     loads|builds|matches|match|contains|says|shows|respond|apply|applies|agrees|covers|reports|sends|\
     receives|accepts|refuses|rejects|supports|uses|needs|points|arrives|holds|fits|follows|logs|reach|\
     reaches|within|below|above|under|over|got|went|goes|comes|come|gets|know|knows|hold|agree|fit|least|most|\
     enough|same|equal|equals|zero-downtime|up-to-date";

/// Words with the ending of a deed that name a thing.
pub(super) const NO_PARTICIPLES: &str =
    "thing|string|spring|feed|seed|speed|need|embed|king|ring|bed|wing|red";

/// Small words of English.
pub(super) const ENGLISH: &str = "the|and|to|of|for|is|are|with|all|from|that|this|by|be|or|if|it|as|not|before|after|release|deploy|\
     deployment|check|verify|update|test|tests|run|review|create|no|on|at|has|have|new|notes|code|database|\
     backup|checklist";

/// Small words of other languages that English has not.
pub(super) const OTHER: &str = "der|das|und|ist|sind|nicht|mit|f\u{fc}r|auf|alle|ein|eine|wird|werden|le|la|les|des|est|sont|et|une|\
     dans|pour|avec|el|los|las|una|y|para|con|del|il|gli|che|sono|non|os|uma|com|em|da|het|een|van|\
     voor|niet|zijn|jest|nie|dla|oraz|na|si\u{119}";

/// Units of time, in the languages of the table of words.
pub(super) const TIME_UNITS: &str = "h|hr|hrs|hour|hours|m|min|mins|minute|minutes|d|day|days|week|weeks|stunde|stunden|std|minuten|tage|tag|\
     heure|heures|jour|jours|hora|horas|minuto|minutos|d\u{ed}a|d\u{ed}as|dia|dias|ora|ore|minuti|giorno|giorni|uur|\
     uren|dagen|godzin|godziny|minut|dni|\u{447}\u{430}\u{441}|\u{447}\u{430}\u{441}\u{430}|\u{447}\u{430}\u{441}\u{43e}\u{432}|\
     \u{43c}\u{438}\u{43d}\u{443}\u{442}";

/// Times without a number, and units that stand behind one without a blank.
pub(super) const SPOKEN_TIMES: &str = "first hour|an hour|one hour|first day|one day|overnight|\u{5c0f}\u{65f6}|\u{5206}\u{949f}|\u{6642}\u{9593}|\u{5206}\u{9593}";
