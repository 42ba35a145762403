import CICU

extension String {
    /// The text in lower case, by ICU and the rules of no particular language: the same on every machine and in every
    /// locale.
    package func inLowerCase() -> String {
        let lower = Array(utf16).withUnsafeBufferPointer { text in
            convertUTF16(text) { icu_lower($0, $1, $2, $3) }
        }
        return String(decoding: lower, as: UTF16.self)
    }
}
