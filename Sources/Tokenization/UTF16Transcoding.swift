// ICU works on UTF-16. The standard library's conversions go through generic code, some 20 times slower than these.

extension [UInt16] {
    /// The UTF-16 of well-formed UTF-8.
    init(transcoding text: UnsafeBufferPointer<UInt8>) {
        // No code point has more units here than bytes there.
        self.init(upTo: text.count) { units, count in
            var index = 0
            while index < text.count { units.append(decodeScalar(text, &index), &count) }
        }
    }

    /// The UTF-16 of code points.
    init(transcoding scalars: [UInt32]) {
        self.init(upTo: 2 * scalars.count) { units, count in
            for scalar in scalars { units.append(scalar, &count) }
        }
    }

    /// What `body` writes, and the number of units that it counts.
    private init(
        upTo capacity: Int, _ body: (UnsafeMutableBufferPointer<UInt16>, inout Int) -> Void
    ) {
        // Without capacity the standard library would set the count of the empty array that all threads share.
        guard capacity > 0 else {
            self = []
            return
        }
        self.init(unsafeUninitializedCapacity: capacity) { body($0, &$1) }
    }

    /// Calls `body` with each code point of well-formed UTF-16.
    @inline(__always)
    func forEachScalar(_ body: (UInt32) -> Void) {
        var index = 0
        while index < count {
            let unit = UInt32(self[index])
            index += 1
            if unit & 0xF800 == 0xD800 {
                body(0x10000 + ((unit & 0x3FF) << 10 | UInt32(self[index] & 0x3FF)))
                index += 1
            } else {
                body(unit)
            }
        }
    }
}

extension UnsafeMutableBufferPointer<UInt16> {
    fileprivate func append(_ scalar: UInt32, _ count: inout Int) {
        if scalar < 0x10000 {
            self[count] = UInt16(scalar)
            count += 1
        } else {
            self[count] = UInt16(0xD7C0 + scalar >> 10)
            self[count + 1] = UInt16(0xDC00 | scalar & 0x3FF)
            count += 2
        }
    }
}

extension String {
    /// The text of well-formed UTF-16.
    init(transcoding units: [UInt16]) {
        var byteCount = 0
        units.forEachScalar { byteCount += UTF8.width(of: $0) }
        self.init(unsafeUninitializedCapacity: byteCount) { bytes in
            var count = 0
            func append(_ byte: UInt32) {
                bytes[count] = UInt8(truncatingIfNeeded: byte)
                count += 1
            }
            units.forEachScalar { scalar in
                switch UTF8.width(of: scalar) {
                case 1:
                    append(scalar)
                    return
                case 2: append(0xC0 | scalar >> 6)
                case 3:
                    append(0xE0 | scalar >> 12)
                    append(0x80 | scalar >> 6 & 0x3F)
                default:
                    append(0xF0 | scalar >> 18)
                    append(0x80 | scalar >> 12 & 0x3F)
                    append(0x80 | scalar >> 6 & 0x3F)
                }
                append(0x80 | scalar & 0x3F)
            }
            return count
        }
    }
}

extension UTF8 {
    /// The bytes of a code point.
    fileprivate static func width(of scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    }
}
