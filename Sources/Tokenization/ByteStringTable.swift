/// Numbers distinct byte strings from 0 in the order of their arrival. An open-addressing table over one buffer: a
/// look-up allocates nothing. (`String` keys would not do: canonically equivalent ones are equal.)
struct ByteStringTable: Sendable {
    private struct Entry {
        var hash: Int
        var end: Int
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// Entry indices, -1 where free; a power of two of them, at most half in use.
    private var slots: [Int32] = Array(repeating: -1, count: 64)

    var count: Int { entries.count }
    var byteCount: Int { bytes.count }

    subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : entries[index - 1].end)..<entries[index].end]
    }

    /// The number of the byte string; nil if it has not arrived.
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        let index = slots[slot(of: key, Self.hash(key))]
        return index < 0 ? nil : Int(index)
    }

    /// The number of the byte string, which is `count` before the call if it is new.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = Self.hash(key)
        let slot = slot(of: key, hash)
        if slots[slot] >= 0 { return Int(slots[slot]) }
        slots[slot] = Int32(entries.count)
        bytes.append(contentsOf: key)
        entries.append(Entry(hash: hash, end: bytes.count))
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = -1 }
    }

    // The standard library's seeded hash: no text can be made to collide.
    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(key))
        return hasher.finalize()
    }

    /// Where the key is, or the free slot where it would be.
    private func slot(of key: UnsafeBufferPointer<UInt8>, _ hash: Int) -> Int {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash && matches(index, key) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func matches(_ index: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = index == 0 ? 0 : entries[index - 1].end
        guard entries[index].end - start == key.count else { return false }
        for offset in 0..<key.count where bytes[start + offset] != key[offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var slot = entry.hash & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index)
        }
    }
}
