import Files
import Foundation
import Inference
import LanguageIdentification
import LineFilter
import Tokenization
import Training

/// Everything that reads what others wrote, each with what it promises.
enum Surfaces {
    typealias Surface = @Sendable (UnsafeBufferPointer<UInt8>) -> Void

    static let all: [Surface] = [
        readLines, readJSON, normalize, tokenize, splitIntoSentences, identifyLanguage, readRecipe,
        readModel,
        readCorpus,
    ]

    private nonisolated(unsafe) static let resources = try! FuzzingResources()

    private static func text(_ input: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: input, as: UTF8.self)
    }

    /// No line is lost, none is changed but for what is not UTF-8, and the line feeds are where they were.
    private static func readLines(_ input: UnsafeBufferPointer<UInt8>) {
        let pipe = Pipe()
        // What a pipe holds without a reader.
        let input = UnsafeBufferPointer(rebasing: input.prefix(4096))
        try! pipe.fileHandleForWriting.write(contentsOf: Data(input))
        try! pipe.fileHandleForWriting.close()
        let reader = LineReader(fileDescriptor: pipe.fileHandleForReading.fileDescriptor)
        var expected = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        if expected.last?.isEmpty ?? false { expected.removeLast() }
        for (index, line) in expected.enumerated() {
            let read = try! reader.next()
            require(read?.number == index + 1, "line \(index + 1) is lost")
            require(
                read?.isWellFormed == (String(validating: line, as: UTF8.self) != nil),
                "line \(index + 1) is taken for something else than it is")
        }
        require(try! reader.next() == nil, "more lines than were written")
    }

    /// What is taken for an object is one for Foundation too, and means the same.
    private static func readJSON(_ input: UnsafeBufferPointer<UInt8>) {
        let text = text(input)
        guard let object = try? JSONObject(text) else { return }
        let known = try? JSONDecoder().decode([String: Ignored].self, from: Data(text.utf8))
        require(
            known.map { Set($0.keys) } == Set(object.members.map(\.key)), "other keys than JSON has"
        )
        if let value = object.string("text") {
            let expected = try? JSONDecoder().decode(WithText.self, from: Data(text.utf8)).text
            require(expected == value, "another text than JSON has")
        }
    }

    private struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }

    private struct WithText: Decodable { let text: String }

    /// Normalising twice changes nothing more.
    private static func normalize(_ input: UnsafeBufferPointer<UInt8>) {
        let text = text(input)
        for form in NormalizationRule.Form.allCases {
            let normalizer = Normalizer(NormalizationRule(form: form))
            let once = normalizer.normalize(text)
            let twice = normalizer.normalize(once.string)
            require(
                once.string.utf8.elementsEqual(twice.string.utf8), "\(form) is not idempotent")
            require(!once.string.utf8.contains(0x0A), "\(form) leaves a line feed")
        }
    }

    /// Decoding gives back what was encoded, with dropout too.
    private static func tokenize(_ input: UnsafeBufferPointer<UInt8>) {
        let tokenizer = resources.model.tokenizer
        let normalized = tokenizer.normalizer.normalize(text(input))
        let tokens = tokenizer.encode(normalized)
        require(
            tokenizer.decode(tokens).utf8.elementsEqual(normalized.string.utf8),
            "the tokens do not decode to their text")
        require(
            tokens.dropLast().allSatisfy { !tokenizer.vocabulary.isSpecial($0) },
            "a text produced a special token")
    }

    /// The sentences and the spaces between them are the text.
    private static func splitIntoSentences(_ input: UnsafeBufferPointer<UInt8>) {
        let text = text(input)
        let sentences = SentenceSplitter().split(text)
        let joined = sentences.map { $0.text + $0.trailingSpace }.joined()
        require(joined.utf8.elementsEqual(text.utf8), "the sentences are not the text")
    }

    private static func identifyLanguage(_ input: UnsafeBufferPointer<UInt8>) {
        guard let identifier = resources.model.languageIdentifier else { return }
        let found = identifier.identify(text(input))
        require(0...1 ~= found.probability, "a probability of \(found.probability)")
    }

    /// A recipe is read or refused with a message.
    private static func readRecipe(_ input: UnsafeBufferPointer<UInt8>) {
        resources.withEdited("recipe.yml", by: input) { file in
            refusing { _ = try Recipe(contentsOf: file) }
        }
    }

    /// A model is read or refused with a message, whichever of its files is damaged.
    private static func readModel(_ input: UnsafeBufferPointer<UInt8>) {
        guard let choice = input.first else { return }
        let files = FuzzingResources.modelFiles
        let edits = UnsafeBufferPointer(rebasing: input.dropFirst())
        resources.withEdited(files[Int(choice) % files.count], by: edits) { file in
            refusing {
                let model = try LoadedModel(contentsOf: file.deletingLastPathComponent())
                _ = SentimentClassifier(model, threadCount: 1).classify(["a cat"])
            }
        }
    }

    /// A corpus is read or refused with a message.
    private static func readCorpus(_ input: UnsafeBufferPointer<UInt8>) {
        resources.withFile("corpus", input) { file in
            refusing { _ = try ParallelCorpus.read(pairs: file) }
            refusing { _ = try LabelledCorpus.read(file) }
            refusing { _ = try LabelledCorpus.read(file, scheme: .probabilities) }
        }
    }

    /// Runs what may throw an error that is made for users.
    private static func refusing(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let message = "\(error)"
            require(!message.isEmpty && !message.contains("\n"), "no message for users: \(message)")
        }
    }
}
