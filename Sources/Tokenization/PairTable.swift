/// A map from pairs of tokens to a number, by open addressing: merging asks it twice per merge.
struct PairTable: Sendable {
    private var keys: [UInt64]
    private var values: [Int32]
    private(set) var count = 0

    /// No pair: token IDs are not negative.
    private static let free = UInt64.max

    init(minimumCapacity: Int = 32) {
        var capacity = 64
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        keys = Array(repeating: Self.free, count: capacity)
        values = Array(repeating: 0, count: capacity)
    }

    func find(_ left: TokenID, _ right: TokenID) -> Int32? {
        let slot = slot(of: Self.key(left, right))
        return keys[slot] == Self.free ? nil : values[slot]
    }

    /// The value of the pair, which becomes `value` if it has none.
    mutating func insert(_ left: TokenID, _ right: TokenID, _ value: Int32) -> Int32 {
        let key = Self.key(left, right)
        let slot = slot(of: key)
        if keys[slot] != Self.free { return values[slot] }
        keys[slot] = key
        values[slot] = value
        count += 1
        if count * 2 > keys.count { grow() }
        return value
    }

    private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        // Fibonacci hashing: the high bits of the product depend on all bits of the key.
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while keys[slot] != key && keys[slot] != Self.free { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = (keys, values)
        keys = Array(repeating: Self.free, count: old.0.count * 2)
        values = Array(repeating: 0, count: keys.count)
        for (key, value) in zip(old.0, old.1) where key != Self.free {
            let slot = slot(of: key)
            keys[slot] = key
            values[slot] = value
        }
    }
}
