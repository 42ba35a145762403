extension Reference {
    /// Whether dropout keeps the element at an index of a matrix: where a hash of index and key is at least `rate` of
    /// the range of 32 bits.
    package static func keeps(_ index: UInt32, key: UInt32, rate: Double) -> Bool {
        var h = (index &* 0x9E37_79B1) ^ key
        h = (h ^ (h >> 16)) &* 0x7FEB_352D
        h = (h ^ (h >> 15)) &* 0x846C_A68B
        h ^= h >> 16
        return h >= UInt32(rate * 0x1p32)
    }

    /// The end of a product with a residual connection: `base + mask * (x + bias) / (1 - rate)`, `x` and `base` being
    /// `[rows, columns]`, `bias` `[columns]`.
    package static func residual(
        _ x: [Double], bias: [Double], key: UInt32, rate: Double, base: [Double]
    ) -> [Double] {
        x.indices.map { index in
            guard keeps(UInt32(truncatingIfNeeded: index), key: key, rate: rate) else {
                return base[index]
            }
            return base[index] + (x[index] + bias[index % bias.count]) / (1 - rate)
        }
    }

    /// One weight under Adam (Kingma and Ba 2015, algorithm 1) with decoupled decay (Loshchilov and Hutter 2019).
    package struct AdamWeight {
        package var weight: Double
        package var mean = 0.0
        package var variance = 0.0
        /// beta1 and beta2 to the power of the number of steps.
        private var powers = (1.0, 1.0)

        package init(weight: Double) { self.weight = weight }

        package mutating func step(
            gradient: Double, rate: Double, beta1: Double, beta2: Double, epsilon: Double,
            decay: Double
        ) {
            powers = (powers.0 * beta1, powers.1 * beta2)
            mean = beta1 * mean + (1 - beta1) * gradient
            variance = beta2 * variance + (1 - beta2) * gradient * gradient
            let correctedMean = mean / (1 - powers.0)
            let correctedVariance = variance / (1 - powers.1)
            weight -= rate * decay * weight
            weight -= rate * correctedMean / (correctedVariance.squareRoot() + epsilon)
        }
    }

    /// One weight under gradient descent with momentum, as `MomentumStep`, and decoupled decay.
    package struct MomentumWeight {
        package var weight: Double
        package var velocity = 0.0

        package init(weight: Double) { self.weight = weight }

        package mutating func step(
            gradient: Double, rate: Double, momentum: Double, decay: Double
        ) {
            velocity = momentum * velocity + gradient
            weight -= rate * decay * weight + rate * velocity
        }
    }
}
