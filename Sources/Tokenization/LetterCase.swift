import CICU

extension String {
    /// The text in lower case, by ICU and the rules of no particular language: the same on every machine and in every
    /// locale.
    package func inLowerCase() -> String {
        var text = self
        let lower = text.withUTF8([UInt16].init(transcoding:)).withUnsafeBufferPointer { text in
            convertUTF16(text) { icu_lower($0, $1, $2, $3) }
        }
        return String(transcoding: lower)
    }
}
