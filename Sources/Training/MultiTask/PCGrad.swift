import Kernels

/// Projecting conflicting gradients (Yu et al. 2020, algorithm 1): from each task's gradient is taken, for the other tasks
/// in random order, what points against theirs; then they are added.
struct PCGrad: GradientSurgery {
    func coefficients(_ gram: GramMatrix, using generator: inout SeededGenerator) -> [Double] {
        var total = [Double](repeating: 0, count: gram.size)
        for task in 0..<gram.size {
            var others = (0..<gram.size).filter { $0 != task }
            generator.shuffle(&others)
            var projected = [Double](repeating: 0, count: gram.size)
            projected[task] = 1
            for other in others {
                let product = gram.times(projected)[other]
                if product < 0 { projected[other] -= product / gram[other, other] }
            }
            for index in total.indices { total[index] += projected[index] }
        }
        return total
    }
}
