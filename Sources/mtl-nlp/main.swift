import Kernels
import Dispatch
func time(_ n: Int, _ body: () -> Void) -> Double { let s = DispatchTime.now().uptimeNanoseconds; for _ in 0..<n { body() }; return Double(DispatchTime.now().uptimeNanoseconds - s) / 1e9 / Double(n) }
for threads in [1, 2] {
let w = Workspace(threadCount: threads)
print(InstructionSet.current, threads)
for (m, k, n) in [(1024,256,256),(1024,256,1024),(1024,1024,256),(4000,256,768),(4000,128,256),(256,256,8000)] {
  let mark = w.arena.mark
  let a = w.arena.zeros(m, k), b = w.arena.zeros(n, k), c = w.arena.zeros(m, n)
  for i in 0..<a.count { a.data[i] = Float(i % 7) }; for i in 0..<b.count { b.data[i] = Float(i % 5) }
  let p = PackedMatrix(b, .transposed, workspace: w)
  let g = 2.0 * Double(m*n*k) / 1e9
  let best = (0..<20).map { _ in time(3) { multiply(a, .natural, p, into: c, workspace: w) } }.sorted()
  let pk = (0..<5).map { _ in time(2) { let mm = w.arena.mark; _ = PackedMatrix(b, .transposed, workspace: w); w.arena.release(to: mm) } }.min()!
  // backward: dW[n,k] = dY^T[n,m] X[m,k]
  let tb = (0..<10).map { _ in time(2) { let mm = w.arena.mark; let px = PackedMatrix(a, .natural, workspace: w); multiply(c, .transposed, px, into: b, accumulate: true, workspace: w); w.arena.release(to: mm) } }.sorted()
  print(m, k, n, "fwd", g / best[10], "best", g/best[0], "pack ms", pk * 1e3, "dW", g / tb[5])
  w.arena.release(to: mark)
}}
