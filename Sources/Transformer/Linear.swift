import Kernels

/// A linear layer: `y = x W^T + b`.
public struct Linear: Sendable {
    /// `[outer, inner]`.
    public let weight: ParameterSlot
    /// `[1, outer]`.
    public let bias: ParameterSlot

    init(_ name: String, inner: Int, outer: Int, in layout: inout ParameterLayout) {
        weight = layout.add(name + ".weight", outer, inner, .uniformByInputs)
        bias = layout.add(name + ".bias", 1, outer, .zeros)
    }

    /// `x [rows, inner] -> y [rows, outer]`, with ReLU if asked for.
    func forward(_ x: Matrix, usesReLU: Bool = false, _ pass: Pass) -> Matrix {
        let y = pass.arena.matrix(x.rows, weight.rows)
        let b = UnsafePointer(pass.parameters[bias].data)
        pass.multiply(
            x, byTransposeOf: weight, into: y, epilogue: usesReLU ? .biasReLU(b) : .bias(b))
        return y
    }

    /// The end of a block with a residual connection: `base [rows, outer] + dropout(x W^T + b)`, as a new matrix.
    func forward(_ x: Matrix, addingTo base: Matrix, _ dropout: Dropout, _ pass: Pass) -> Matrix {
        let y = pass.arena.matrix(x.rows, weight.rows)
        pass.multiply(
            x, byTransposeOf: weight, into: y,
            epilogue: .residual(
                bias: UnsafePointer(pass.parameters[bias].data), dropout: dropout, base: base))
        return y
    }

    /// `dy [rows, outer]` adds `dy^T x` to the weight's gradient and its column sums to the bias'; the result is
    /// `dx = dy W`, `[rows, inner]`, added to `dx` if there is one.
    ///
    /// - Parameter throughReLU: whether `x` is the result of ReLU, and `dx` becomes the gradient of what went into that.
    @discardableResult
    func backward(
        _ dy: Matrix, x: Matrix, into dx: Matrix? = nil, throughReLU: Bool = false, _ pass: Pass,
        gradients: Parameters
    ) -> Matrix {
        let result = dx ?? pass.arena.matrix(x.rows, x.columns)
        let workspace = pass.workspace
        let mark = pass.arena.mark
        let w = pass.pack(pass.parameters[weight], .natural)
        multiply(
            dy, .natural, w, into: result, accumulate: dx != nil,
            reluResult: throughReLU ? x : nil, workspace: workspace)
        let packedX = pass.pack(x, .natural)
        multiply(
            dy, .transposed, packedX, into: gradients[weight], accumulate: true,
            workspace: workspace)
        addColumnSums(dy, into: gradients[bias].data, workspace: workspace)
        pass.arena.release(to: mark)
        return result
    }
}
