/// Numbers distinct byte strings from 0 in the order of their arrival. An open-addressing table over one buffer: a
/// look-up allocates nothing. (`String` keys would not do: canonically equivalent ones are equal.)
struct ByteStringTable: Sendable {
    private struct Slot {
        /// The number of the byte string; -1 if the slot is free.
        var index: Int32
        /// Half of the hash: it tells nearly all byte strings apart without a look at them.
        var tag: UInt32

        static let free = Slot(index: -1, tag: 0)
    }

    private var bytes: [UInt8] = []
    /// Where each byte string begins in `bytes`, and where the next one will.
    private var starts = [0]
    /// A power of two of them, at most half in use.
    private var slots = Array(repeating: Slot.free, count: 64)
    private let hashFunction = ByteStringHash()

    init() {}

    /// A table that allocates nothing more until it has `count` byte strings or `byteCount` bytes.
    init(count: Int, byteCount: Int) {
        bytes.reserveCapacity(byteCount)
        starts.reserveCapacity(count + 1)
        var slotCount = slots.count
        while slotCount < 2 * count { slotCount *= 2 }
        slots = Array(repeating: .free, count: slotCount)
    }

    var count: Int { starts.count - 1 }
    var byteCount: Int { bytes.count }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }

    /// The number of the byte string; nil if it has not arrived.
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        let index = slots[slot(of: key, hashFunction(key))].index
        return index < 0 ? nil : Int(index)
    }

    /// The number of the byte string, which is `count` before the call if it is new.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = hashFunction(key)
        let slot = slot(of: key, hash)
        if slots[slot].index >= 0 { return Int(slots[slot].index) }
        slots[slot] = Slot(index: Int32(count), tag: Self.tag(hash))
        bytes.append(contentsOf: key)
        starts.append(bytes.count)
        if count * 2 > slots.count { grow() }
        return count - 1
    }

    private static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

    /// Where the key is, or the free slot where it would be.
    private func slot(of key: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
        let tag = Self.tag(hash)
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot].index >= 0 {
                if slots[slot].tag == tag && matches(Int(slots[slot].index), key) { break }
                slot = (slot + 1) & mask
            }
            return slot
        }
    }

    private func matches(_ index: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, end) = (starts[index], starts[index + 1])
        guard end - start == key.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            let known = UnsafeBufferPointer(rebasing: bytes[start..<end])
            var offset = 0
            while offset < key.count {
                if known.word(at: offset) != key.word(at: offset) { return false }
                offset += 8
            }
            return true
        }
    }

    private mutating func grow() {
        slots = Array(repeating: .free, count: slots.count * 2)
        let mask = slots.count - 1
        for index in 0..<count {
            let hash = self[index].withUnsafeBufferPointer { hashFunction($0) }
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot].index >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Slot(index: Int32(index), tag: Self.tag(hash))
        }
    }
}

/// A hash of byte strings by multiplications of full width, eight bytes at a time, faster for short ones than the
/// standard library's. Its key is random, so that no text can be made to collide.
private struct ByteStringHash {
    private let start = UInt64.random(in: 0 ... .max)
    private let factor = UInt64.random(in: 0 ... .max) | 1

    @inline(__always)
    func callAsFunction(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = start ^ UInt64(key.count)
        var offset = 0
        while offset < key.count {
            let product = (hash ^ key.word(at: offset)).multipliedFullWidth(by: factor)
            hash = product.high ^ product.low
            offset += 8
        }
        return hash
    }
}
