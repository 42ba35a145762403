/// What every kernel computes, written as plainly as its definition, in double precision: for tests, never for use.
///
/// Operands are dense and row-major.
package enum Reference {}
