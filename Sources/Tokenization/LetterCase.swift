import CICU

extension String {
    /// The text in lower case, by ICU and the rules of no particular language: the same on every machine and in every
    /// locale.
    package func inLowerCase() -> String { converted(by: icu_lower) }

    /// The text in upper case, likewise: `ß` becomes `SS`.
    package func inUpperCase() -> String { converted(by: icu_upper) }

    private func converted(
        by convert: (UnsafePointer<UInt16>?, Int32, UnsafeMutablePointer<UInt16>?, Int32) -> Int32
    ) -> String {
        var text = self
        let converted = text.withUTF8([UInt16].init(transcoding:)).withUnsafeBufferPointer { text in
            convertUTF16(text) { convert($0, $1, $2, $3) }
        }
        return String(transcoding: converted)
    }
}

extension Collection<UInt8> {
    /// The UTF-8 of the text in lower case, as `String.inLowerCase()`.
    func inLowerCase() -> [UInt8] {
        if isASCII { return map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
        return Array(String(decoding: self, as: UTF8.self).inLowerCase().utf8)
    }

    /// The UTF-8 of the text in upper case, as `String.inUpperCase()`.
    func inUpperCase() -> [UInt8] {
        if isASCII { return map { (0x61...0x7A).contains($0) ? $0 & ~0x20 : $0 } }
        return Array(String(decoding: self, as: UTF8.self).inUpperCase().utf8)
    }

    private var isASCII: Bool { allSatisfy { $0 < 0x80 } }
}
