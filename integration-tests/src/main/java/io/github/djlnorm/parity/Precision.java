package io.github.djlnorm.parity;

import ai.djl.ndarray.types.DataType;

/** The types of the input and of the parameters. */
public enum Precision {
    /** Single precision throughout. */
    FLOAT32(DataType.FLOAT32, DataType.FLOAT32),
    /** Double precision throughout. */
    FLOAT64(DataType.FLOAT64, DataType.FLOAT64),
    /** Half precision throughout. */
    FLOAT16(DataType.FLOAT16, DataType.FLOAT16),
    /** Half-precision input, single-precision parameters. */
    FLOAT16_MIXED(DataType.FLOAT16, DataType.FLOAT32),
    /** Double-precision input, single-precision parameters. */
    FLOAT64_MIXED(DataType.FLOAT64, DataType.FLOAT32);

    private final DataType input;
    private final DataType parameters;

    Precision(DataType input, DataType parameters) {
        this.input = input;
        this.parameters = parameters;
    }

    DataType input() {
        return input;
    }

    DataType parameters() {
        return parameters;
    }

    DataType of(Quantity quantity) {
        return quantity == Quantity.Y || quantity == Quantity.DX ? input : parameters;
    }
}
