import Foundation

/// The one source of random numbers: SplitMix64 (Steele et al. 2014, figure 16).
///
/// Every draw of a run comes from a generator whose seed is a function of the run's seed and of what is drawn (a step, an
/// epoch, an example), so that a run which was stopped goes on without a stored state.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 to `bound - 1`, by multiplication (Lemire 2019, without rejection: the bias is under
    /// `bound / 2^64`).
    public mutating func next(below bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number in [0, 1), a multiple of 2^-53.
    public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A draw from the normal distribution (Box and Muller 1958).
    public mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUnit())).squareRoot()
        return radius * cos(2 * .pi * nextUnit())
    }

    /// Fisher and Yates' shuffle, independent of the standard library's.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, next(below: last + 1))
        }
    }

    /// The seed for something that is named by several numbers.
    public static func seed(_ parts: UInt64...) -> UInt64 {
        parts.reduce(0x6A09_E667_F3BC_C909) { mix(($0 ^ $1) &+ 0x9E37_79B9_7F4A_7C15) }
    }

    private static func mix(_ state: UInt64) -> UInt64 {
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
