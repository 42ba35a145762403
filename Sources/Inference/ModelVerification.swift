import Foundation

/// The proof that a model folder is sound: its files are those that were written, fit each other, and answer.
public struct ModelVerification: Sendable {
    /// Whether the card tells what the other files must be; if not, they were only read.
    public let hasChecksums: Bool
    /// What the model answered.
    public let answers: SelfTest
    /// Whether the card tells what it must answer; if not, the model was only run.
    public let hasSelfTest: Bool
    /// The number of the weights, all of which are finite.
    public let parameterCount: Int

    /// Checks a folder.
    ///
    /// - Throws: `ModelError` that names the first file that is missing or damaged.
    public init(of url: URL) throws {
        let folder = ModelFolder(url: url)
        try folder.checkPresence()
        let card = try folder.readCard()
        if let expected = card.checksums {
            let found = try folder.checksums()
            for name in Set(found.keys).union(expected.keys).sorted() {
                try Self.compare(
                    found[name], expected[name], of: url.appendingPathComponent(name))
            }
        }
        let loaded = try LoadedModel(contentsOf: url, precision: .fp32)
        answers = SelfTest(loaded, text: card.selfTest?.text ?? SelfTest.defaultText)
        let problem =
            answers.isFinite ? card.selfTest.flatMap(answers.difference) : "no finite answers"
        if let problem {
            throw ModelError(.malformed, url, "\(problem); copy the model folder again")
        }
        hasChecksums = card.checksums != nil
        hasSelfTest = card.selfTest != nil
        parameterCount = loaded.model.layout.count
    }

    /// Compares the checksum of a file with that in the card.
    private static func compare(_ found: String?, _ expected: String?, of file: URL) throws {
        if found == expected { return }
        guard let found else {
            throw ModelError(.missing, file, "missing; copy the model folder again")
        }
        throw ModelError(
            .malformed, file,
            expected.map {
                "its SHA-256 is \(found), but card.json has \($0); copy the model folder again"
            } ?? "unknown to card.json; if it belongs here, run 'mtl-nlp verify --write'")
    }
}
