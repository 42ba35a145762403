import CUTF8Proc

/// Whether `bytes` are well-formed UTF-8 (no overlong form, no surrogate, nothing above U+10FFFF).
package func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var index = 0
    while index < bytes.count {
        // Most text is ASCII for long stretches: eight bytes at a time.
        while index + 8 <= bytes.count,
            UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080
                == 0
        {
            index += 8
        }
        guard index < bytes.count else { break }
        var codePoint: Int32 = 0
        let length = utf8proc_iterate(base + index, bytes.count - index, &codePoint)
        guard length > 0 else { return false }
        index += length
    }
    return true
}
