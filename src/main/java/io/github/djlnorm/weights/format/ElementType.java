package io.github.djlnorm.weights.format;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The element types that files hold and DJL's PyTorch engine has, by the names of each format.
 *
 * <p>bfloat16 is widened to float32, which holds all its values, because that engine aborts on it.
 */
enum ElementType {
    FLOAT32("FloatStorage", "F32", "f4", DataType.FLOAT32),
    FLOAT64("DoubleStorage", "F64", "f8", DataType.FLOAT64),
    FLOAT16("HalfStorage", "F16", "f2", DataType.FLOAT16),
    BFLOAT16("BFloat16Storage", "BF16", null, DataType.FLOAT32),
    INT8("CharStorage", "I8", "i1", DataType.INT8),
    UINT8("ByteStorage", "U8", "u1", DataType.UINT8),
    INT32("IntStorage", "I32", "i4", DataType.INT32),
    INT64("LongStorage", "I64", "i8", DataType.INT64),
    BOOL("BoolStorage", "BOOL", "b1", DataType.BOOLEAN);

    private final String torchStorage;
    private final String safetensorsName;
    private final String numpyName;
    private final DataType dataType;

    ElementType(String torchStorage, String safetensorsName, String numpyName, DataType dataType) {
        this.torchStorage = torchStorage;
        this.safetensorsName = safetensorsName;
        this.numpyName = numpyName;
        this.dataType = dataType;
    }

    /** The type of a class such as torch.FloatStorage, named without its module. */
    static Optional<ElementType> ofTorchStorage(String name) {
        return Arrays.stream(values()).filter(t -> t.torchStorage.equals(name)).findFirst();
    }

    static Optional<ElementType> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(t -> t.safetensorsName.equals(name)).findFirst();
    }

    /** The type of a NumPy descriptor, without the sign of the byte order. */
    static Optional<ElementType> ofNumpy(String name) {
        return Arrays.stream(values()).filter(t -> name.equals(t.numpyName)).findFirst();
    }

    /** The type that files get for values of DJL. */
    static ElementType of(DataType type) {
        return Arrays.stream(values())
                .filter(t -> t.dataType == type && t != BFLOAT16)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "values of type " + type + " cannot be written"));
    }

    String torchName() {
        return name().toLowerCase(Locale.ROOT);
    }

    String safetensorsName() {
        return safetensorsName;
    }

    String numpyName() {
        return numpyName;
    }

    DataType dataType() {
        return dataType;
    }

    /** The size of a stored element. */
    int bytes() {
        return this == BFLOAT16 ? Short.BYTES : dataType.getNumOfBytes();
    }
}
