/// Text that a `Normalizer` has seen; a type of its own, so that no one forgets it.
public struct NormalizedText: Sendable {
    public let string: String

    package init(_ string: String) { self.string = string }
}

// By code points: a `String` calls canonically equivalent spellings equal, which give different tokens here.
extension NormalizedText: Hashable {
    public static func == (left: NormalizedText, right: NormalizedText) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in string.utf8 { hasher.combine(byte) }
    }
}
