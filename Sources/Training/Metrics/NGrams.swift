/// The n-grams of a sequence, each packed into one integer, in ascending order.
struct NGrams {
    private let sorted: [UInt128]

    /// All n-grams of one order.
    ///
    /// - Precondition: Units are below 2^`bitsPerUnit`, and `order` of them fit in 128 bits.
    init(_ units: [UInt32], order: Int, bitsPerUnit: Int) {
        precondition(order > 0 && order * bitsPerUnit <= UInt128.bitWidth)
        let mask = UInt128.max >> UInt128(UInt128.bitWidth - order * bitsPerUnit)
        var ngram: UInt128 = 0
        var ngrams: [UInt128] = []
        ngrams.reserveCapacity(units.count)
        for (index, unit) in units.enumerated() {
            ngram = (ngram << UInt128(bitsPerUnit) | UInt128(unit)) & mask
            if index + 1 >= order { ngrams.append(ngram) }
        }
        ngrams.sort()
        sorted = ngrams
    }

    var count: Int { sorted.count }

    /// The size of the intersection, an n-gram counting as often as both have it.
    func matchCount(with other: NGrams) -> Int {
        var (mine, theirs, count) = (0, 0, 0)
        while mine < sorted.count, theirs < other.sorted.count {
            let (left, right) = (sorted[mine], other.sorted[theirs])
            if left <= right { mine += 1 }
            if right <= left { theirs += 1 }
            if left == right { count += 1 }
        }
        return count
    }
}
