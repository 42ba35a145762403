import Kernels

/// What a stage does about tasks whose gradients point against each other.
public struct SurgeryRule: Codable, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        case none, pcgrad, cagrad
    }

    public var method: Method
    /// Of `cagrad`: how far the direction may be from the mean of the gradients, as a share of its norm.
    public var c: Double

    enum CodingKeys: String, RecipeKey {
        case method, c
    }

    /// The method; nil for none.
    var surgery: (any GradientSurgery)? {
        switch method {
        case .none: nil
        case .pcgrad: PCGrad()
        case .cagrad: CAGrad(c: c)
        }
    }
}

/// A method that goes in another direction than the sum of the tasks' gradients, of the parameters that they share.
protocol GradientSurgery {
    /// The direction as a combination of the gradients; ones stand for their sum.
    ///
    /// - Parameter generator: of the step.
    func coefficients(_ gram: GramMatrix, using generator: inout SeededGenerator) -> [Double]
}
