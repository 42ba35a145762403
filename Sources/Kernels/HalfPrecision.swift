/// 16-bit floats (IEEE 754 binary16) in little-endian memory of any alignment, as model files hold them.
public enum HalfPrecision {
    /// Whether none of the numbers is an infinity or not a number.
    public static func areFinite(_ halves: UnsafeRawPointer, count: Int) -> Bool {
        var largest: UInt16 = 0
        for i in 0..<count { largest = max(largest, bits(halves, i) & 0x7FFF) }
        return largest < 0x7C00
    }

    /// Writes finite numbers as 32-bit floats, exactly.
    ///
    /// Exponent and fraction, moved to their places, give the number but for a factor of 2^112, the difference of the
    /// biases; multiplying by it is exact, for subnormal numbers too. Unlike a conversion by `Float.init`, which is a
    /// library call without instructions for it, this is vectorised on every processor.
    public static func convert(
        _ halves: UnsafeRawPointer, count: Int, into floats: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count {
            let half = UInt32(bits(halves, i))
            let magnitude = Float(bitPattern: (half & 0x7FFF) << 13) * 0x1p112
            floats[i] = Float(bitPattern: magnitude.bitPattern | (half & 0x8000) << 16)
        }
    }

    @inline(__always)
    private static func bits(_ halves: UnsafeRawPointer, _ index: Int) -> UInt16 {
        UInt16(littleEndian: (halves + 2 * index).loadUnaligned(as: UInt16.self))
    }
}
