/// Which lines of a corpus are left out, and how much each rule tolerates.
///
/// The rules are those that the field cleans crawled translations by (Koehn et al. 2018, "Findings of the WMT 2018 Shared
/// Task on Parallel Corpus Filtering"), and some for placeholders and labels. They look at normalised text.
public struct CleaningRules: Codable, Hashable, Sendable {
    /// A reason to leave a line out. A line that breaks several rules is counted under the first.
    public enum Rule: String, Codable, CaseIterable, Hashable, Sendable {
        /// A text without anything but white space.
        case empty
        /// A text of more than `maximumWords` words.
        case tooLong = "too_long"
        /// A side of a pair of which less than `minimumLetters` is letters.
        case letters
        /// A side of a pair that is more than `maximumRatio` times as long as the other, in words or characters.
        case lengthRatio = "length_ratio"
        /// A pair whose sides are the same, but for case: sure to be untranslated from four words on, as shorter ones may
        /// be names.
        case copy
        /// A text that is surely in another language than it should be.
        case language
        /// A pair of which one side has a link, a placeholder or another thing to be kept that the other lacks.
        case placeholders
        /// A pair of which each side has a number that the other lacks. Only one may: it can be a word on the other side.
        case numbers
        /// A text that stands there with different labels; all its lines.
        case conflict
        /// A pair, or a text with its label, that stands there a second time.
        case duplicate

        public static let ofPairs: [Rule] = allCases.filter { $0 != .conflict }
        public static let ofLabelledTexts: [Rule] = [
            .empty, .tooLong, .language, .duplicate, .conflict,
        ]
    }

    /// Nil: all that apply.
    public var rules: [Rule]?
    /// In words, which white space separates.
    public var maximumWords: Int
    /// Of lengths to which three words or ten characters are added, since short texts vary more.
    public var maximumRatio: Double
    /// The share of letters in what is not white space.
    public var minimumLetters: Double
    /// The file of the language identifier, in a recipe; nil: the one that comes with the program.
    public var identifier: String?

    enum CodingKeys: String, RecipeKey {
        case rules
        case maximumWords = "maximum_words"
        case maximumRatio = "maximum_ratio"
        case minimumLetters = "minimum_letters"
        case identifier
    }

    public init() {
        maximumWords = 128
        maximumRatio = 2.5
        minimumLetters = 0.3
    }

    /// Whether a rule is to be applied.
    public func contains(_ rule: Rule) -> Bool { rules?.contains(rule) ?? true }
}
