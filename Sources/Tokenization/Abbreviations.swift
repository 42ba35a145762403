/// Words whose period does not end a sentence, in lower case and without that period. Only those that sentences seldom
/// end in: after `etc.` or `usw.` a capital letter decides.
enum Abbreviations {
    static func of(_ language: String?) -> Set<String> {
        switch language {
        case "en": english
        case "de": german
        case "fr": french
        case nil: english.union(german).union(french)
        default: []
        }
    }

    private static let english = words(
        """
        adm approx apr assoc aug capt cf cmdr co col dec dept dr e.g eds esp est feb fig figs gen gov hon i.e jan jr \
        lt ltd maj messrs mr mrs ms mt nov oct p pp prof rep rev sen sept sgt sr st vol vs
        """)

    private static let german = words(
        """
        abb abs apr aug bd bzgl bzw ca d.h dez dipl dr evtl fa feb fr geb gem ggf hl hr hrn inkl jan jh jhd kap lt \
        mio mrd mr mrs nov nr okt prof sep sept sog st str tel u.a v.a vgl z.b z.t zit zzgl
        """)

    private static let french = words(
        """
        av avr bd bull cf chap dr env éd ex fig hab janv juill mgr mlle mlles mm mme mmes nov obs oct p.ex pp \
        prof réf sept st ste suiv tél vol
        """)

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(separator: " ").map(String.init))
    }
}
