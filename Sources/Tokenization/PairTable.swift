/// A map from pairs of tokens to a number, by open addressing: merging asks it twice per merge.
struct PairTable: Sendable {
    private struct Slot {
        var key = Self.free
        var value: Int32 = 0

        /// No pair: token IDs are not negative.
        static let free = UInt64.max
    }

    private var slots: [Slot]
    private(set) var count = 0

    init(minimumCapacity: Int = 32) {
        var capacity = 64
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        slots = Array(repeating: Slot(), count: capacity)
    }

    @inline(__always)
    func find(_ left: TokenID, _ right: TokenID) -> Int32? {
        let slot = slots[slot(of: Self.key(left, right))]
        return slot.key == Slot.free ? nil : slot.value
    }

    /// The value of the pair, which becomes `value` if it has none.
    mutating func insert(_ left: TokenID, _ right: TokenID, _ value: Int32) -> Int32 {
        let key = Self.key(left, right)
        let slot = slot(of: key)
        if slots[slot].key != Slot.free { return slots[slot].value }
        slots[slot] = Slot(key: key, value: value)
        count += 1
        if count * 2 > slots.count { grow() }
        return value
    }

    private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            // Fibonacci hashing: the high bits of the product depend on all bits of the key.
            var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
            while slots[slot].key != key && slots[slot].key != Slot.free {
                slot = (slot + 1) & mask
            }
            return slot
        }
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        for entry in old where entry.key != Slot.free { slots[slot(of: entry.key)] = entry }
    }
}
