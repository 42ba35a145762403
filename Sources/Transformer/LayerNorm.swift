import Kernels

/// Layer normalisation (Ba et al. 2016) with a learned scale and shift.
public struct LayerNorm: Sendable {
    /// `[1, dimension]` each.
    let gamma: ParameterSlot
    let beta: ParameterSlot

    init(_ name: String, dimension: Int, in layout: inout ParameterLayout) {
        gamma = layout.add(name + ".weight", 1, dimension, .ones)
        beta = layout.add(name + ".bias", 1, dimension, .zeros)
    }

    /// What backward needs.
    struct Activations {
        let x: Matrix
        let y: Matrix
        let statistics: Matrix
    }

    /// `x [rows, dimension] -> y`, the same shape.
    func forward(_ x: Matrix, _ pass: Pass) -> Activations {
        let y = pass.arena.matrix(x.rows, x.columns)
        let statistics = pass.arena.matrix(x.rows, 2)
        layerNorm(
            x, gamma: pass.parameters[gamma].data, beta: pass.parameters[beta].data, into: y,
            statistics: statistics, workspace: pass.workspace)
        return Activations(x: x, y: y, statistics: statistics)
    }

    /// Adds the gradient of `x` to `dx`.
    func backward(
        _ dy: Matrix, _ activations: Activations, into dx: Matrix, _ pass: Pass,
        gradients: Parameters
    ) {
        layerNormBackward(
            dy, x: activations.x, statistics: activations.statistics,
            gamma: pass.parameters[gamma].data, into: dx, dgamma: gradients[gamma].data,
            dbeta: gradients[beta].data, workspace: pass.workspace)
    }
}
