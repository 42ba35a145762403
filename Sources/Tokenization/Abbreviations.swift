/// Words whose period does not end a sentence, in lower case and without that period. Only those that sentences seldom
/// end in: after `etc.` or `usw.` a capital letter decides. Single letters need no mention.
struct Abbreviations: Sendable {
    /// Whatever follows.
    let words: Set<String>
    /// Before a number.
    let wordsBeforeNumbers: Set<String>
    /// What an ordinal counts: `3. Mai`. A period behind the number makes it one.
    let ordinalNouns: Set<String>

    /// - Parameter language: a code; nil if it is not known, which means the abbreviations of all languages.
    static func of(_ language: String?) -> Abbreviations {
        switch language {
        case "en": english
        case "de": german
        case "fr": french
        case nil: all
        default: none
        }
    }

    private static let english = Abbreviations(
        """
        adj adm approx apr assoc asst aug b.sc bros brig capt cf cmdr co col cpl dec dept dr e.g eds esp est feb fr gen \
        gov hon i.e jan jr lt ltd m.sc maj messrs mr mrs ms mt nov oct ph.d pp prof pvt rep rev sen sept sgt sr st supt \
        viz vol vols vs
        """, beforeNumbers: "art ch chap fig figs no nos nr op p para sec tel")

    private static let german = Abbreviations(
        """
        abb abs allg anm apr aug bd bde betr bspw bzgl bzw ca d.h dez dgl dipl dr ebd evtl exkl fa feb fr frl geb gegr gem \
        ges ggf ggü hl hr hrn hrsg i.d.r ing inkl insb jan jh jhd jur kap kath lfd lt med mio mr mrd mrs nov nr o.ä okt \
        phil prof rd sep sept sog spez st std str tel tsd u.a v.a verf vgl z.b z.t zit zzgl
        """, beforeNumbers: "art s ziff",
        ordinalNouns: """
            januar jänner februar feber märz april mai juni juli august september oktober november dezember jahrhundert \
            jahrhunderts jahrtausend jahrtausends
            """)

    private static let french = Abbreviations(
        """
        apr av avr bd boul c.-à-d cf chap dr dép éd env ex fig gén hab janv juill lieut mgr mlle mlles mm mme mmes nov obs \
        oct p.ex pp pr prof prés réf sept st ste stes suiv tél trad vol
        """, beforeNumbers: "art no nos p")

    private static let none = Abbreviations("", beforeNumbers: "")

    private static let all = Abbreviations(
        words: english.words.union(german.words).union(french.words),
        wordsBeforeNumbers: english.wordsBeforeNumbers.union(german.wordsBeforeNumbers)
            .union(french.wordsBeforeNumbers),
        ordinalNouns: german.ordinalNouns)

    private init(_ words: String, beforeNumbers: String, ordinalNouns: String = "") {
        func set(_ list: String) -> Set<String> { Set(list.split(separator: " ").map(String.init)) }
        self.init(
            words: set(words), wordsBeforeNumbers: set(beforeNumbers),
            ordinalNouns: set(ordinalNouns))
    }

    private init(
        words: Set<String>, wordsBeforeNumbers: Set<String>, ordinalNouns: Set<String>
    ) {
        self.words = words
        self.wordsBeforeNumbers = wordsBeforeNumbers
        self.ordinalNouns = ordinalNouns
    }
}
