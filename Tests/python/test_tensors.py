"""safetensors as the module writes and reads it, with NumPy and without."""

import io
import json
import struct
import unittest

import numpy

import registry

TYPES = ["bool", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8"]


def written(weights):
    file = io.BytesIO()
    registry._write_tensors(file, weights)
    return file.getvalue()


def read(data):
    return registry._read_tensors(io.BytesIO(data), numpy)


class Tensors(unittest.TestCase):
    def expect_same(self, ours, theirs):
        self.assertEqual(list(ours), list(theirs))
        for name, array in theirs.items():
            self.assertEqual((ours[name].dtype, ours[name].shape), (array.dtype.newbyteorder("="), array.shape), name)
            self.assertEqual(ours[name].tobytes(), array.astype(array.dtype.newbyteorder("=")).tobytes(), name)

    def test_every_type_there_and_back(self):
        generator = numpy.random.default_rng(0)
        weights = {}
        for kind in TYPES:
            bits = generator.integers(0, 2 if kind == "bool" else 256, 12 * numpy.dtype(kind).itemsize, dtype="u1")
            whole = bits.view(kind).reshape(3, 4)
            weights |= {kind: whole, f"{kind} slice": whole[::2, 1:], f"{kind} transposed": whole.T}
            weights[f"{kind} scalar"] = numpy.array(whole[0, 0])
            weights[f"{kind} empty"] = whole[:0]
            weights[f"{kind} big"] = whole.astype(numpy.dtype(kind).newbyteorder(">"))
        weights['층 "quoted"\n'] = numpy.arange(3)
        self.expect_same(read(written(weights)), weights)

    def test_what_is_read_can_be_changed(self):
        read(written({"a": numpy.zeros(3)}))["a"][0] = 1

    def test_lists_of_numbers(self):
        lists = {
            "ints": [[1, 2], [3, 4]], "floats": [1, 0.1, float("nan")], "number": 2.5, "empty": [], "tuple": (1,), "deep": [[[1.5]]],
            "none": [[], []]}
        arrays = read(written(lists))
        for name, value in lists.items():
            self.assertTrue(numpy.array_equal(arrays[name], numpy.array(value), equal_nan=True), name)
            self.assertEqual((arrays[name].dtype, arrays[name].shape), (numpy.array(value).dtype, numpy.array(value).shape), name)

    def test_what_is_no_tensor_is_refused(self):
        for value in ("text", None, [1, [2]], [[1, 2], [3]], {"a": [1]}, ["1"], b"1"):
            with self.assertRaisesRegex(TypeError, "^'a' is a .*: neither a tensor nor lists"):
                written({"a": value})
        for value in (numpy.array(["text"]), numpy.array([None]), numpy.array(["2026"], "M8[D]"), numpy.array([1j])):
            with self.assertRaisesRegex(TypeError, "which safetensors doesn't have"):
                written({"a": value})

    def test_bfloat16_is_float32_in_numpy(self):
        data = struct.pack("<4H", 0x3F80, 0x7FC0, 0xFF80, 0x0001)
        header = json.dumps({"a": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
        array = read(len(header).to_bytes(8, "little") + header + data)["a"]
        self.assertEqual(array.dtype, numpy.float32)
        self.assertEqual(array.tobytes(), struct.pack("<4I", 0x3F800000, 0x7FC00000, 0xFF800000, 0x00010000))

    def test_a_type_that_the_library_lacks_is_named(self):
        header = json.dumps({"a": {"dtype": "F8_E5M2", "shape": [1], "data_offsets": [0, 1]}}).encode()
        with self.assertRaisesRegex(registry.Error, "^'a' is of the type float8_e5m2, which numpy .* doesn't have.$"):
            read(len(header).to_bytes(8, "little") + header + b"\0")

    def test_a_module_gives_its_state_dict(self):
        class Net:
            def state_dict(self):
                return {"w": numpy.ones(2, "f4")}
        self.expect_same(read(written(Net())), Net().state_dict())


if __name__ == "__main__":
    unittest.main()
