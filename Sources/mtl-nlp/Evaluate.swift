import ArgumentParser

struct Evaluate: CommandGroup {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on a test set.",
        discussion: """
              mtl-nlp evaluate translation --to de test.en test.de
              mtl-nlp evaluate sentiment test.tsv
            """,
        subcommands: [EvaluateTranslation.self, EvaluateSentiment.self])
}
