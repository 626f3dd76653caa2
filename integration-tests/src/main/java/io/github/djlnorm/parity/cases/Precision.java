package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import java.util.EnumSet;
import java.util.Set;

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
    FLOAT64_MIXED(DataType.FLOAT64, DataType.FLOAT32),
    /** The numbers of FLOAT64_MIXED in double precision throughout: its twin, not in the grid. */
    FLOAT64_OF_MIXED(DataType.FLOAT64, DataType.FLOAT64);

    /** The values that are worth a case of their own. */
    static final Set<Precision> IN_GRID = EnumSet.complementOf(EnumSet.of(FLOAT64_OF_MIXED));

    private final DataType input;
    private final DataType parameters;

    Precision(DataType input, DataType parameters) {
        this.input = input;
        this.parameters = parameters;
    }

    public DataType input() {
        return input;
    }

    public DataType parameters() {
        return parameters;
    }

    /** The type that the parameters' values can be held in. */
    DataType parameterValues() {
        return this == FLOAT64_OF_MIXED ? FLOAT64_MIXED.parameters : parameters;
    }

    DataType of(Quantity quantity) {
        return quantity == Quantity.Y || quantity == Quantity.DX ? input : parameters;
    }
}
