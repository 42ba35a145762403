/// Reads passages: lines, or the paragraphs that blank lines divide, and where they are wanted those lines too.
public final class PassageReader: RecordSource {
    private let reader: LineReader
    private let mode: TextMode
    private let keepsBlankLines: Bool
    private let isBlank: (String) -> Bool
    /// The lines so far of a paragraph whose end was not read.
    private var paragraph: [Line] = []
    /// The line that ended the paragraph which was handed out last.
    private var blankLine: Line?

    /// - Parameters:
    ///   - keepsBlankLines: whether each line that divides paragraphs is a passage.
    ///   - isBlank: whether a line divides paragraphs.
    public init(
        _ reader: LineReader, mode: TextMode, keepsBlankLines: Bool,
        isBlank: @escaping (String) -> Bool
    ) {
        self.reader = reader
        self.mode = mode
        self.keepsBlankLines = keepsBlankLines
        self.isBlank = isBlank
    }

    public func next() throws -> Passage? { try nextPassage(reader.next) ?? takeParagraph() }

    public func nextWithoutWaiting() throws -> Passage? {
        try nextPassage(reader.nextWithoutWaiting)
    }

    /// The next passage that is complete by the lines of `nextLine`.
    private func nextPassage(_ nextLine: () throws -> Line?) throws -> Passage? {
        if let line = blankLine {
            blankLine = nil
            return Passage(lines: [line], isBlank: true)
        }
        while let line = try nextLine() {
            if mode == .line { return Passage(lines: [line], isBlank: false) }
            guard isBlank(line.text) else {
                paragraph.append(line)
                continue
            }
            if let passage = takeParagraph() {
                blankLine = keepsBlankLines ? line : nil
                return passage
            }
            if keepsBlankLines { return Passage(lines: [line], isBlank: true) }
        }
        return nil
    }

    private func takeParagraph() -> Passage? {
        guard !paragraph.isEmpty else { return nil }
        defer { paragraph = [] }
        return Passage(lines: paragraph, isBlank: false)
    }
}
