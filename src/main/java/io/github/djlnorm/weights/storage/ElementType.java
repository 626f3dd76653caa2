package io.github.djlnorm.weights.storage;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The element types that files hold and DJL's PyTorch engine has, by the names of each format.
 *
 * <p>Types that it has not are widened to one that holds all their values: bfloat16 to float32,
 * int16 and uint16 to int32, uint32 to int64.
 */
public enum ElementType {
    FLOAT32("FloatStorage", "F32", "f4", DataType.FLOAT32),
    FLOAT64("DoubleStorage", "F64", "f8", DataType.FLOAT64),
    FLOAT16("HalfStorage", "F16", "f2", DataType.FLOAT16),
    BFLOAT16("BFloat16Storage", "BF16", null, DataType.FLOAT32),
    INT8("CharStorage", "I8", "i1", DataType.INT8),
    UINT8("ByteStorage", "U8", "u1", DataType.UINT8),
    INT16("ShortStorage", "I16", "i2", DataType.INT32),
    UINT16(null, "U16", "u2", DataType.INT32),
    INT32("IntStorage", "I32", "i4", DataType.INT32),
    UINT32(null, "U32", "u4", DataType.INT64),
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
    public static Optional<ElementType> ofTorchStorage(String name) {
        return Arrays.stream(values()).filter(t -> name.equals(t.torchStorage)).findFirst();
    }

    public static Optional<ElementType> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(t -> t.safetensorsName.equals(name)).findFirst();
    }

    /** The type of a dtype such as torch.float32, named without its module. */
    public static Optional<ElementType> ofTorchName(String name) {
        return Arrays.stream(values()).filter(t -> t.torchName().equals(name)).findFirst();
    }

    public String torchStorage() {
        return torchStorage;
    }

    /** The type of a NumPy descriptor, without the sign of the byte order. */
    public static Optional<ElementType> ofNumpy(String name) {
        return Arrays.stream(values()).filter(t -> name.equals(t.numpyName)).findFirst();
    }

    /** The type that files get for values of DJL. */
    public static ElementType of(DataType type) {
        return Arrays.stream(values())
                .filter(t -> t.dataType == type && !t.isWidened())
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "values of type " + type + " cannot be written"));
    }

    public String torchName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String safetensorsName() {
        return safetensorsName;
    }

    public String numpyName() {
        return numpyName;
    }

    DataType dataType() {
        return dataType;
    }

    /** Whether values have another type in DJL than they are stored in. */
    boolean isWidened() {
        return this == BFLOAT16 || this == INT16 || this == UINT16 || this == UINT32;
    }

    /** The size of a stored element: half of what it is widened to. */
    public int bytes() {
        return isWidened() ? dataType.getNumOfBytes() / 2 : dataType.getNumOfBytes();
    }
}
