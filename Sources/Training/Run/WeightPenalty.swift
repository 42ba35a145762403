import Kernels
import Transformer

/// The L1 and L2 penalties on weight matrices, part of the loss and so of the gradient:
///
///     penalty = l1 · sum |w| + l2 / 2 · sum w²
///
/// Biases, and the gains of layer norms, are left free (Goodfellow et al. 2016, "Deep Learning", section 7.1), and so is the
/// query of an attention pooling: all that is a single row. Unlike the decoupled decay of AdamW the gradient passes through
/// the optimiser's moments.
struct WeightPenalty {
    private let l1: Float
    private let l2: Float
    /// The matrices that are trained.
    private let matrices: [ParameterSlot]

    /// Nil if there is no penalty.
    ///
    /// - Parameter slots: the parameters that are trained.
    init?(_ rule: Recipe.Regularization, slots: [ParameterSlot]) {
        l1 = Float(rule.l1 ?? 0)
        l2 = Float(rule.l2 ?? 0)
        if l1 == 0 && l2 == 0 { return nil }
        matrices = slots.filter { $0.rows > 1 }
    }

    /// Adds `l1 · sign(w) + l2 · w` to the gradient of each weight `w`.
    func addGradients(of parameters: Parameters, to gradients: Parameters, workspace: Workspace) {
        for slot in matrices {
            if l2 > 0 {
                addScaled(
                    parameters[slot], scale: l2, into: gradients[slot], workspace: workspace)
            }
            if l1 > 0 { addSigns(of: parameters[slot], to: gradients[slot], workspace) }
        }
    }

    private func addSigns(of weights: Matrix, to gradients: Matrix, _ workspace: Workspace) {
        let l1 = l1
        workspace.parallelFor(weights.count, grain: 1 << 14) { range in
            for index in range {
                let weight = weights.data[index]
                if weight != 0 { gradients.data[index] += weight > 0 ? l1 : -l1 }
            }
        }
    }
}
