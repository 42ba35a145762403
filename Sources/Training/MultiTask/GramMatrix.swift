/// The inner products of the tasks' gradients: all that methods need to know of them.
struct GramMatrix {
    /// The number of tasks.
    let size: Int
    private var products: [Double]

    /// - Parameter product: of two gradients; called once for each pair, the first not after the second.
    init(size: Int, product: (Int, Int) -> Double) {
        self.size = size
        products = [Double](repeating: 0, count: size * size)
        for first in 0..<size {
            for second in first..<size {
                let value = product(first, second)
                products[first * size + second] = value
                products[second * size + first] = value
            }
        }
    }

    subscript(first: Int, second: Int) -> Double { products[first * size + second] }

    func norm(_ task: Int) -> Double { self[task, task].squareRoot() }

    /// Of the angle between two gradients; nil if one of them is 0.
    func cosine(_ first: Int, _ second: Int) -> Double? {
        let norms = norm(first) * norm(second)
        return norms > 0 ? max(-1, min(1, self[first, second] / norms)) : nil
    }

    /// `G w`: the inner products of each gradient with a combination of all.
    func times(_ weights: [Double]) -> [Double] {
        (0..<size).map { row in (0..<size).reduce(0) { $0 + self[row, $1] * weights[$1] } }
    }
}
