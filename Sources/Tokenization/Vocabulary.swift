/// The number of a token in a vocabulary.
public typealias TokenID = Int32

/// The tokens of a joint vocabulary and what each stands for. IDs run in a fixed order:
///
/// 1. the end of a sentence, `eosID`, always 0;
/// 2. the start of a sentence, one for each target language, in the order of `languages`;
/// 3. `spareCount` tokens that nothing produces yet;
/// 4. the 256 bytes, for characters that have no token of their own;
/// 5. the base characters in the order of their code points, the first being the space; with `hasCaseMarks` those of
///    the marks' symbols are the marks;
/// 6. one subword for each merge, in the order in which they were learned.
///
/// Text gives tokens of the last three kinds only: `"</s>"` in a text is four characters, not the end.
public struct Vocabulary: Sendable {
    /// The two parts that a merge joins.
    package struct Merge: Hashable, Sendable {
        package let left: TokenID
        package let right: TokenID
    }

    /// The target languages, in the order of their start tokens.
    public let languages: [String]
    /// Reserved tokens without a meaning.
    public let spareCount: Int
    package let characters: [UInt32]
    /// Whether each `CaseMark` is among the base characters, in the place of its symbol.
    let hasCaseMarks: Bool
    private var titleMarkID: TokenID?
    private var upperMarkID: TokenID?
    package private(set) var merges: [Merge] = []
    /// The UTF-8 of what each token stands for; empty for the specials.
    private(set) var spellings: [[UInt8]]
    /// The spellings of the base characters and subwords, which are numbered as their tokens are.
    private var texts = ByteStringTable()

    /// How a word's beginning, the space before it, is written where a subword is shown: U+2581. In text that character
    /// is spelled by bytes, so that the two cannot be taken for each other.
    package static let boundaryMark: UInt32 = 0x2581

    /// The end of a sentence.
    public var eosID: TokenID { 0 }
    /// The first of the 256 tokens that stand for one byte each.
    var firstByteID: TokenID { TokenID(1 + languages.count + spareCount) }
    var firstCharacterID: TokenID { firstByteID + 256 }
    var firstMergeID: TokenID { firstCharacterID + TokenID(characters.count) }
    /// The token of a space that no merge has joined to what follows.
    var spaceID: TokenID { firstCharacterID }

    /// How many tokens there are; IDs run from 0 to `count - 1`.
    public var count: Int { spellings.count }

    /// Characters ascend and begin with the space.
    init(
        languages: [String], spareCount: Int, characters: [UInt32], hasCaseMarks: Bool = false
    ) {
        precondition(characters.first == 0x20, "the first base character is the space")
        self.languages = languages
        self.spareCount = spareCount
        self.characters = characters
        self.hasCaseMarks = hasCaseMarks
        spellings = Array(repeating: [], count: 1 + languages.count + spareCount)
        // The bytes of marks are no UTF-8, so that they give the same as any other byte out of place.
        spellings += (0...255).map { CaseMark.isMark($0) ? Array("\u{FFFD}".utf8) : [$0] }
        for character in characters {
            let spelling = spelling(of: character)
            _ = spelling.withUnsafeBufferPointer { texts.insert($0) }
            spellings.append(spelling)
        }
        titleMarkID = token(spelled: [CaseMark.title.rawValue])
        upperMarkID = token(spelled: [CaseMark.upper.rawValue])
        precondition(texts.count == characters.count, "a base character is there twice")
    }

    /// Adds the subword of a merge; nil if its spelling is a base character or subword already.
    mutating func append(_ merge: Merge) -> TokenID? {
        let spelling = spellings[Int(merge.left)] + spellings[Int(merge.right)]
        let known = texts.count
        guard spelling.withUnsafeBufferPointer({ texts.insert($0) }) == known else { return nil }
        let token = TokenID(spellings.count)
        spellings.append(spelling)
        merges.append(merge)
        return token
    }

    /// The token of a mark; nil if the vocabulary has no marks.
    func token(of mark: CaseMark) -> TokenID? {
        switch mark {
        case .title: titleMarkID
        case .upper: upperMarkID
        }
    }

    /// Whether a mark of case begins what the token stands for.
    func isMarked(_ token: TokenID) -> Bool {
        hasCaseMarks && spellings[Int(token)].first.map(CaseMark.isMark) ?? false
    }

    /// The start token of a target language; nil if the vocabulary has none.
    public func bosID(for language: String) -> TokenID? {
        languages.firstIndex(of: language).map { TokenID($0 + 1) }
    }

    public func contains(_ token: TokenID) -> Bool { token >= 0 && token < count }

    /// Whether the token stands for no text: the end, a language's start, or a spare one.
    public func isSpecial(_ token: TokenID) -> Bool { token >= 0 && token < firstByteID }

    /// The base character or subword that is spelled so, `▁` not being the space here.
    package func token(spelled spelling: [UInt8]) -> TokenID? {
        spelling.withUnsafeBufferPointer(token(spelled:))
    }

    /// The same; the text of one code point is that of a base character or of none.
    func token(spelled spelling: UnsafeBufferPointer<UInt8>) -> TokenID? {
        texts.find(spelling).map { firstCharacterID + TokenID($0) }
    }

    /// What each token looks like, by ID.
    public var subwords: [String] { (0..<TokenID(count)).map(subword) }

    /// What the token looks like: `</s>`, `<2de>`, `<spare0>`, `<0x41>`, or text with `▁` for the space
    /// and `⇧` or `⇪` for a mark of case.
    public func subword(_ token: TokenID) -> String {
        precondition(contains(token), "token \(token) is not in a vocabulary of \(count)")
        if token == eosID { return "</s>" }
        if token <= languages.count { return "<2\(languages[Int(token) - 1])>" }
        if token < firstByteID { return "<spare\(Int(token) - languages.count - 1)>" }
        if token < firstCharacterID {
            let hexadecimal = String(token - firstByteID, radix: 16, uppercase: true)
            return "<0x\(hexadecimal.count == 1 ? "0" : "")\(hexadecimal)>"
        }
        return Self.shown(spellings[Int(token)])
    }
}
