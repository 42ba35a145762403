/// The scalar that begins at `index` of well-formed UTF-8; moves the index behind it.
@inline(__always)
func decodeScalar(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32 {
    let first = UInt32(text[index])
    if first < 0x80 {
        index += 1
        return first
    }
    func continuation(_ offset: Int) -> UInt32 { UInt32(text[index + offset] & 0x3F) }
    if first < 0xE0 {
        defer { index += 2 }
        return (first & 0x1F) << 6 | continuation(1)
    }
    if first < 0xF0 {
        defer { index += 3 }
        return (first & 0x0F) << 12 | continuation(1) << 6 | continuation(2)
    }
    defer { index += 4 }
    return (first & 0x07) << 18 | continuation(1) << 12 | continuation(2) << 6 | continuation(3)
}
