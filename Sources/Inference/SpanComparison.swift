/// Whether a translation holds the spans of its source, as multisets.
///
/// It may have numbers that the source has not, where the source has words (`a dozen`).
package struct SpanComparison {
    /// The identities of which the translation has fewer.
    private(set) var lost: Set<String> = []
    /// Spans of the translation that the source does not call for.
    private(set) var surplus: [ProtectedSpan] = []

    var isEqual: Bool { lost.isEmpty && surplus.isEmpty }

    init(source: [ProtectedSpan], translation: AnalyzedText) {
        let spans = translation.spans
        if source.isEmpty && spans.isEmpty { return }
        var missing = Self.counts(source)
        var previous: ProtectedSpan?
        for span in spans {
            defer { previous = span }
            if let count = missing[span.identity], count > 0 {
                missing[span.identity] = count - 1
            } else if span.kind != .number
                || previous.map({ repeats($0, span, translation) }) ?? false
            {
                surplus.append(span)
            }
        }
        lost = Set(missing.filter { $0.value > 0 }.keys)
    }

    /// The identities that occur more often in the first than in the second.
    package static func lost(
        _ source: [ProtectedSpan], _ translation: [ProtectedSpan]
    ) -> Set<String> {
        let found = counts(translation)
        return Set(counts(source).filter { $0.value > found[$0.key] ?? 0 }.keys)
    }

    private static func counts(_ spans: [ProtectedSpan]) -> [String: Int] {
        Dictionary(spans.map { ($0.identity, 1) }, uniquingKeysWith: +)
    }

    /// Whether a number is said twice in succession.
    private func repeats(
        _ previous: ProtectedSpan, _ span: ProtectedSpan, _ translation: AnalyzedText
    ) -> Bool {
        previous.identity == span.identity
            && !translation.text.hasLetter(
                in: previous.range.upperBound..<span.range.lowerBound)
    }

    /// A text without spans of it, each taken away with the space before it.
    static func removing(_ spans: [ProtectedSpan], from text: String) -> String {
        var bytes = Array(text.utf8)
        for span in spans.reversed() {
            let start = span.range.lowerBound
            let hasSpace = start > 0 && bytes[start - 1] == UInt8(ascii: " ")
            bytes.removeSubrange((hasSpace ? start - 1 : start)..<span.range.upperBound)
        }
        let isSpaced = bytes.first == UInt8(ascii: " ")
        return String(decoding: isSpaced ? bytes.dropFirst() : bytes[...], as: UTF8.self)
    }
}
