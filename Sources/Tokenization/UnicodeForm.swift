import CICU

/// The normalisers of ICU on UTF-16.
enum UnicodeForm {
    case nfc, nfd, nfkc

    // ICU's instances are immutable and shared among threads.
    private nonisolated(unsafe) static let instances = (
        nfc: icu_nfc(), nfd: icu_nfd(), nfkc: icu_nfkc()
    )

    private var instance: OpaquePointer {
        let instance =
            switch self {
            case .nfc: Self.instances.nfc
            case .nfd: Self.instances.nfd
            case .nfkc: Self.instances.nfkc
            }
        guard let instance else { preconditionFailure("ICU cannot load its normalisation data") }
        return instance
    }

    /// Longer texts are normalised piece by piece: ICU counts in 32 bits, and a text may grow eighteenfold.
    private static let pieceCount = 1 << 20

    func apply(_ text: [UInt16]) -> [UInt16] {
        sortingLongRunsOfMarks(text).withUnsafeBufferPointer { text in
            if text.count <= Self.pieceCount { return applyToPiece(text) }
            var result: [UInt16] = []
            var start = 0
            while start < text.count {
                var end = min(start + Self.pieceCount, text.count)
                while end < text.count && !hasBoundary(text, before: end) { end += 1 }
                result += applyToPiece(UnsafeBufferPointer(rebasing: text[start..<end]))
                start = end
            }
            return result
        }
    }

    private func hasBoundary(_ text: UnsafeBufferPointer<UInt16>, before index: Int) -> Bool {
        if UTF16.isTrailSurrogate(text[index]) { return false }
        let count = UTF16.isLeadSurrogate(text[index]) ? 2 : 1
        var isBoundary = true
        [UInt16](text[index..<index + count]).forEachScalar { scalar in
            isBoundary = icu_has_boundary_before(instance, Int32(scalar))
        }
        return isBoundary
    }

    private func applyToPiece(_ text: UnsafeBufferPointer<UInt16>) -> [UInt16] {
        convertUTF16(text) { icu_normalize(instance, $0, $1, $2, $3) }
    }

    /// One step of the decomposition that leads to this form, for NFKC by compatibility too; nil if there is none.
    func decompositionStep(of codePoint: UInt32) -> [UInt32]? {
        // The longest single step, U+FDFA, has 18 code points.
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 64) { buffer in
            let count = icu_raw_decomposition(
                instance, Int32(bitPattern: codePoint), buffer.baseAddress, 64)
            guard count >= 0 else { return nil }
            var step: [UInt32] = []
            [UInt16](buffer[..<Int(count)]).forEachScalar { step.append($0) }
            return step
        }
    }
}

/// What a function of ICU makes of a text. It is given the text, its length, room for the result and the size of the
/// room, and returns the length of the result, which may be more than the room holds.
func convertUTF16(
    _ text: UnsafeBufferPointer<UInt16>,
    _ convert: (UnsafePointer<UInt16>?, Int32, UnsafeMutablePointer<UInt16>?, Int32) -> Int32
) -> [UInt16] {
    if text.isEmpty { return [] }
    // Most texts hardly grow; those that do tell their length and are done again.
    var capacity = text.count + text.count / 8 + 16
    while true {
        var length = -1
        let result = [UInt16](unsafeUninitializedCapacity: capacity) { buffer, count in
            length = Int(
                convert(
                    text.baseAddress, Int32(text.count), buffer.baseAddress, Int32(capacity)))
            count = min(max(length, 0), capacity)
        }
        precondition(length >= 0, "ICU cannot convert a text")
        if length <= capacity { return result }
        capacity = length
    }
}
