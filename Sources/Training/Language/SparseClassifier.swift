import Foundation
import LanguageIdentification

/// A linear softmax classifier of texts while it learns: each feature has a weight for each class, and n features count
/// with 1 / sqrt(n) each, as `LanguageIdentifier` says.
///
/// AdaGrad (Duchi et al. 2011) takes the steps: a rare feature learns as much from its few examples as a frequent one
/// from its many.
struct SparseClassifier {
    /// [bucketCount, classCount], row-major.
    private(set) var weights: [Float]

    /// The sum of the squared gradients of each weight.
    private var squares: [Float]
    private let classCount: Int
    private let learningRate: Float

    init(classCount: Int, learningRate: Float) {
        self.classCount = classCount
        self.learningRate = learningRate
        weights = Array(repeating: 0, count: LanguageFeatures.bucketCount * classCount)
        squares = weights
    }

    /// Takes one step down the cross entropy of an example. One without features teaches nothing.
    mutating func learn(_ features: LanguageFeatures, class label: Int) {
        let buckets = features.buckets
        guard !buckets.isEmpty else { return }
        let factor = 1 / Float(buckets.count).squareRoot()
        let probabilities = softmax(logits(of: features, factor).map(Double.init))
        // Of the loss by the weight of each class, the same for every feature.
        let gradients = probabilities.indices.map { index in
            factor * Float(probabilities[index] - (index == label ? 1 : 0))
        }
        weights.withUnsafeMutableBufferPointer { weights in
            squares.withUnsafeMutableBufferPointer { squares in
                for bucket in buckets {
                    let row = Int(bucket) * classCount
                    for index in 0..<classCount {
                        let gradient = gradients[index]
                        squares[row + index] += gradient * gradient
                        weights[row + index] -=
                            learningRate * gradient / (squares[row + index].squareRoot() + 1e-6)
                    }
                }
            }
        }
    }

    private func logits(of features: LanguageFeatures, _ factor: Float) -> [Float] {
        var sums = [Float](repeating: 0, count: classCount)
        weights.withUnsafeBufferPointer { weights in
            for bucket in features.buckets {
                let row = Int(bucket) * classCount
                for index in 0..<classCount { sums[index] += weights[row + index] }
            }
        }
        return sums.map { factor * $0 }
    }
}
