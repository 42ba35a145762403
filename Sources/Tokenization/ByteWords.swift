// Text eight bytes at a time, the first byte in the lowest bits.

extension UnsafeBufferPointer<UInt8> {
    /// The bytes from `offset` on, eight at most. Distinct byte strings of the same length give distinct words.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        let count = count - offset
        if count >= 8 { return fullWord(at: offset) }
        let bytes = UnsafeRawBufferPointer(self)
        if count >= 4 {
            let first = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let last = bytes.loadUnaligned(fromByteOffset: offset + count - 4, as: UInt32.self)
            return UInt64(first) | UInt64(last) << 32
        }
        if count == 0 { return 0 }
        let (first, middle, last) = (
            self[offset], self[offset + count / 2], self[offset + count - 1]
        )
        return UInt64(first) | UInt64(middle) << 8 | UInt64(last) << 16
    }

    /// The eight bytes from `offset` on.
    @inline(__always)
    func fullWord(at offset: Int) -> UInt64 {
        UInt64(
            littleEndian: UnsafeRawBufferPointer(self)
                .loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Where the first space is, looked for from `start` on.
    @inline(__always)
    func firstSpace(from start: Int) -> Int? {
        var index = start
        while index + 8 <= count {
            let spaces = fullWord(at: index).places(of: 0x20)
            if spaces != 0 { return index + spaces.trailingZeroBitCount / 8 }
            index += 8
        }
        return self[index...].firstIndex(of: 0x20)
    }
}

extension UInt64 {
    /// The byte in all eight places.
    @inline(__always)
    init(eightTimes byte: UInt8) { self = UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The highest bit of each byte.
    static var highBits: UInt64 { UInt64(eightTimes: 0x80) }

    /// The highest bit of each byte that is `byte`.
    @inline(__always)
    func places(of byte: UInt8) -> UInt64 {
        let difference = self ^ UInt64(eightTimes: byte)
        // Each byte for itself: 0x7F plus seven bits never carries, and reaches the highest bit unless they are zero.
        let sums = (difference & ~.highBits) &+ ~.highBits
        return ~(sums | difference) & .highBits
    }

    /// Whether one of eight ASCII characters is a control.
    var hasControlInASCII: Bool {
        // From 0x20 on, subtracting that leaves the bit set which is added before; 0x7F alone reaches it by one more.
        let fromSpace = (self | .highBits) &- UInt64(eightTimes: 0x20)
        let delete = self &+ UInt64(eightTimes: 1)
        return (~fromSpace | delete) & .highBits != 0
    }
}
