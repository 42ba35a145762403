import CUTF8Proc

/// Cuts a word, the text between two spaces, into the segments that merges never cross:
///
/// - runs of letters. An apostrophe between letters belongs to the run on its left and ends it if three or more letters
///   follow, so that `l'homme` shares `l'` and `homme` with other words while `don't` and `j'ai` stay whole;
/// - single digits;
/// - runs of anything else.
///
/// Marks and joiners belong to what they follow.
enum WordSegmenter {
    private enum Kind {
        case letter, digit, other, extending

        init(_ codePoint: UInt32) {
            switch codePoint {
            case 0x61...0x7A, 0x41...0x5A: self = .letter
            case 0x30...0x39: self = .digit
            case 0..<0x80: self = .other
            case 0x200C, 0x200D: self = .extending
            default:
                let properties = ScalarProperties(codePoint)
                if properties.isLetter {
                    self = .letter
                } else if properties.isMark {
                    self = .extending
                } else {
                    self = properties.category == UTF8PROC_CATEGORY_ND ? .digit : .other
                }
            }
        }
    }

    /// Calls `body` with the bounds of each segment in turn; once with an empty range for an empty word.
    static func forEachSegment(
        of word: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
    ) {
        var start = 0
        var index = 0
        var current: Kind?
        var endsInApostrophe = false
        while index < word.count {
            let scalarStart = index
            let scalar = decodeScalar(word, &index)
            var kind = Kind(scalar)
            if kind == .extending {
                guard current == nil else { continue }
                kind = .other
            }
            if current == .letter && kind == .other && isApostrophe(scalar) {
                let followers = letterCount(word, from: index, limit: 3)
                if followers > 0 {
                    endsInApostrophe = followers == 3
                    continue
                }
            }
            if let previous = current, previous != kind || kind == .digit || endsInApostrophe {
                body(start..<scalarStart)
                start = scalarStart
            }
            endsInApostrophe = false
            current = kind
        }
        body(start..<word.count)
    }

    private static func isApostrophe(_ scalar: UInt32) -> Bool {
        scalar == 0x27 || scalar == 0x2019
    }

    /// How many letters follow without anything but marks between, at most `limit`.
    private static func letterCount(
        _ word: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int
    ) -> Int {
        var index = start
        var count = 0
        while count < limit && index < word.count {
            switch Kind(decodeScalar(word, &index)) {
            case .letter: count += 1
            case .extending where count > 0: break
            default: return count
            }
        }
        return count
    }
}
