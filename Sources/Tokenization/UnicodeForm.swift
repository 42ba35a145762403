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
        text.withUnsafeBufferPointer { text in
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
        let end = min(index + 2, text.count)
        let scalars = String(decoding: text[index..<end], as: UTF16.self).unicodeScalars
        return scalars.first.map { icu_has_boundary_before(instance, Int32($0.value)) } ?? true
    }

    private func applyToPiece(_ text: UnsafeBufferPointer<UInt16>) -> [UInt16] {
        // Most texts hardly grow; those that do tell their length and are done again.
        var capacity = text.count + text.count / 8 + 16
        while true {
            var length = -1
            let result = [UInt16](unsafeUninitializedCapacity: capacity) { buffer, count in
                length = Int(
                    icu_normalize(
                        instance, text.baseAddress, Int32(text.count), buffer.baseAddress,
                        Int32(capacity)))
                count = min(max(length, 0), capacity)
            }
            precondition(length >= 0, "ICU cannot normalise a text")
            if length <= capacity { return result }
            capacity = length
        }
    }

    /// One step of the compatibility or canonical decomposition; nil if there is none.
    static func compatibilityStep(_ codePoint: UInt32) -> [UInt32]? {
        // The longest single step, U+FDFA, has 18 code points.
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 64) { buffer in
            let count = icu_raw_decomposition(
                UnicodeForm.nfkc.instance, Int32(bitPattern: codePoint), buffer.baseAddress, 64)
            guard count >= 0 else { return nil }
            let units = UnsafeBufferPointer(rebasing: buffer[..<Int(count)])
            return String(decoding: units, as: UTF16.self).unicodeScalars.map(\.value)
        }
    }
}
