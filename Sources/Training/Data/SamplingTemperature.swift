import Foundation

/// The temperature of a `SamplingBalance`.
public struct SamplingTemperature: Hashable, Sendable {
    /// At least 1, which changes nothing; nil: infinite, so that all are drawn as if they were of the same size.
    public let value: Double?

    public static let even = SamplingTemperature(value: nil)

    public init(value: Double?) { self.value = value }

    /// How often an epoch holds each example of things of these sizes.
    func factors(of sizes: [Int]) -> [Double] {
        let exponent = value.map { 1 / $0 } ?? 0
        let shares = sizes.map { $0 > 0 ? pow(Double($0), exponent) : 0 }
        let total = shares.reduce(0, +)
        let count = Double(sizes.reduce(0, +))
        return zip(shares, sizes).map { $1 > 0 ? $0 / total * count / Double($1) : 1 }
    }
}

extension SamplingTemperature: Codable {
    private static let evenName = "even"

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self.init(value: try? container.decode(Double.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value {
            try container.encode(value)
        } else {
            try container.encode(Self.evenName)
        }
    }

    /// - Parameter place: a number of at least 1, or `even`.
    init(_ place: RecipeNode) throws {
        let isEven = place.node.scalar?.string == Self.evenName
        self.init(value: isEven ? nil : try place.number(.factor))
    }
}
