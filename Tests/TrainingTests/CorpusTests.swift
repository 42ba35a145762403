import Foundation
import Transformer
import XCTest

@testable import Training

final class CorpusTests: XCTestCase {
    private func write(_ text: String, as name: String, in folder: TemporaryFolder) throws -> URL {
        try folder.write(text.utf8, as: name)
    }

    // MARK: Parallel corpora

    func testParallelFiles() throws {
        let folder = try TemporaryFolder()
        let source = try write("a cat\n\na dog\r\n", as: "en", in: folder)
        let target = try write("eine Katze\n\nein Hund", as: "de", in: folder)
        XCTAssertEqual(
            try ParallelCorpus.read(source: source, target: target),
            [
                SentencePair(source: "a cat", target: "eine Katze"),
                SentencePair(source: "", target: ""),
                SentencePair(source: "a dog\r", target: "ein Hund"),
            ])
    }

    func testParallelFilesOfUnequalLength() throws {
        let folder = try TemporaryFolder()
        let source = try write("one\ntwo\n", as: "en", in: folder)
        let target = try write("eins\nzwei\ndrei\n", as: "de", in: folder)
        let error = try fileError {
            _ = try ParallelCorpus.read(source: source, target: target)
        }
        XCTAssertEqual(error.kind, .malformed)
        XCTAssertEqual(
            error.description,
            "\(source.path): 2 lines, but \(target.path) has 3; "
                + "both need the same number of lines")
    }

    func testPairs() throws {
        let folder = try TemporaryFolder()
        // A mark after the TAB must not hide it in a character.
        let url = try write("a cat\teine Katze\n\t\nx\t\u{301}y\n", as: "pairs.tsv", in: folder)
        XCTAssertEqual(
            try ParallelCorpus.read(pairs: url),
            [
                SentencePair(source: "a cat", target: "eine Katze"),
                SentencePair(source: "", target: ""),
                SentencePair(source: "x", target: "\u{301}y"),
            ])
    }

    func testPairsWithOtherColumns() throws {
        let folder = try TemporaryFolder()
        for (text, problem) in [
            ("a\tb\n\n", ":2: 1 column, but each line must be source<TAB>target"),
            ("a\tb\tc\n", ":1: 3 columns, but each line must be source<TAB>target"),
        ] {
            let url = try write(text, as: "pairs.tsv", in: folder)
            let error = try fileError { _ = try ParallelCorpus.read(pairs: url) }
            XCTAssertEqual(error.description, url.path + problem)
        }
    }

    func testEmptyCorpora() throws {
        let folder = try TemporaryFolder()
        let empty = try write("", as: "empty", in: folder)
        for read in [
            { _ = try ParallelCorpus.read(source: empty, target: empty) },
            { _ = try ParallelCorpus.read(pairs: empty) },
            { _ = try LabelledCorpus.read(empty, scheme: .named) },
            { _ = try LabelledCorpus.read(empty) },
        ] {
            let error = try fileError(read)
            XCTAssertEqual(
                error.description, "\(empty.path): empty; a corpus needs at least one line")
        }
    }

    // MARK: Labelled corpora

    func testSchemes() throws {
        let folder = try TemporaryFolder()
        func labels(_ names: [String], _ scheme: LabelScheme) throws -> [SentimentLabel] {
            let text = names.map { "some text\t\($0)\n" }.joined()
            let url = try write(text, as: "labelled.tsv", in: folder)
            return try LabelledCorpus.read(url, scheme: scheme).map(\.label)
        }
        XCTAssertEqual(try labels(["0", "1"], .binary), [.negative, .positive])
        XCTAssertEqual(
            try labels(["0", "1", "2", "3", "4"], .five),
            [.negative, .negative, .neutral, .positive, .positive])
        XCTAssertEqual(
            try labels(["negative", "neutral", "positive"], .named),
            [.negative, .neutral, .positive])
    }

    func testProbabilities() throws {
        let folder = try TemporaryFolder()
        let url = try write(
            "fine\t0.1\t0.2\t0.7\nso so\t0.499\t0.499\t0.001\n", as: "soft.tsv", in: folder)
        let texts = try LabelledCorpus.read(url, scheme: .probabilities)
        XCTAssertEqual(texts.map(\.text), ["fine", "so so"])
        XCTAssertEqual(texts.map(\.label), [.positive, .negative])
        for text in texts {
            let probabilities = try XCTUnwrap(text.probabilities)
            XCTAssertEqual(probabilities.reduce(0, +), 1, accuracy: 1e-12)
        }
    }

    func testProbabilitiesThatAreNone() throws {
        let folder = try TemporaryFolder()
        for columns in ["0.1\t0.2\tx", "0.5\t0.5\t0.5", "-0.5\t0.5\t1", "nan\t0\t1", "\t\t"] {
            let url = try write("a\t1\t0\t0\nb\t\(columns)\n", as: "soft.tsv", in: folder)
            let error = try fileError {
                _ = try LabelledCorpus.read(url, scheme: .probabilities)
            }
            XCTAssert(
                error.description.hasPrefix("\(url.path):2: ")
                    && error.description.hasSuffix("are no three probabilities with the sum 1"),
                error.description)
        }
        let url = try write("good\t1\n", as: "soft.tsv", in: folder)
        let error = try fileError { _ = try LabelledCorpus.read(url, scheme: .probabilities) }
        XCTAssertEqual(
            error.description,
            "\(url.path):1: 2 columns, but each line must be "
                + "text<TAB>P(negative)<TAB>P(neutral)<TAB>P(positive)")
    }

    func testTextStaysAsItIs() throws {
        let folder = try TemporaryFolder()
        let url = try write(" a  soup \u{a0}\t1\n", as: "labelled.tsv", in: folder)
        XCTAssertEqual(
            try LabelledCorpus.read(url, scheme: .binary),
            [LabelledText(text: " a  soup \u{a0}", label: .positive)])
    }

    func testUnknownLabels() throws {
        let folder = try TemporaryFolder()
        for (text, scheme, quoted) in [
            ("good\t1\nbad\t2\n", LabelScheme.binary, #"2: unknown label "2" for the binary"#),
            ("bad\tnegative \r\n", .named, #"1: unknown label "negative " for the named"#),
            ("good\tPositive\n", .named, #"1: unknown label "Positive" for the named"#),
            ("good\t\n", .five, #"1: unknown label "" for the five"#),
        ] {
            let url = try write(text, as: "labelled.tsv", in: folder)
            let error = try fileError { _ = try LabelledCorpus.read(url, scheme: scheme) }
            XCTAssertEqual(
                error.description,
                "\(url.path):\(quoted) classes; choose the right classes (binary: 0 1, "
                    + "five: 0 1 2 3 4, named: negative neutral positive), or write negative, "
                    + "neutral and positive")
        }
        let windows = try write("bad\tnegative\r\n", as: "windows.tsv", in: folder)
        XCTAssertEqual(
            try LabelledCorpus.read(windows, scheme: .named),
            [LabelledText(text: "bad", label: .negative)])
    }

    func testDetectedScheme() throws {
        for (labels, scheme) in [
            (["0", "1"], LabelScheme.binary), (["1"], .binary), (["negative", "1"], .named),
            (["0", "2"], .named),
        ] {
            XCTAssertEqual(LabelledCorpus.detectScheme(of: labels), scheme)
        }
        let folder = try TemporaryFolder()
        let url = try write("bad\t0\ngood\t1\n", as: "labelled.tsv", in: folder)
        XCTAssertEqual(try LabelledCorpus.read(url).map(\.label), [.negative, .positive])
    }
}
