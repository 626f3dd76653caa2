package io.github.djlnorm.parity.cases;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** What else a layer is told, or another way to call it. */
public enum Extra {
    /** Nothing. */
    NONE,
    /** ReLU in the same call. */
    RELU("torch.relu(y)", "nn.ReLU()", z -> Math.max(z, 0), z -> z > 0 ? 1 : 0),
    /** Leaky ReLU in the same call. */
    LEAKY_RELU(
            "torch.max(y, torch.mul(y, 0.01))",
            "nn.LeakyReLU()",
            z -> z > 0 ? z : 0.01 * z,
            z -> z > 0 ? 1 : 0.01),
    /** The hyperbolic tangent in the same call. */
    TANH("torch.tanh(y)", "nn.Tanh()", Math::tanh, z -> 1 - Math.tanh(z) * Math.tanh(z)),
    /** Of each instance some positions are valid only, which a mask tells. */
    MASKED,
    /** The static function instead of the layer. */
    FUNCTION,
    /** The static function with a mask. */
    MASKED_FUNCTION,
    /** Autograd records for gamma's sake alone: neither the input nor the shift is trained. */
    GAMMA_RECORDED,
    /** libtorch's kernel, which runs where there is no native one. */
    TORCH_KERNEL,
    /** The formula in DJL's operations, which runs on other engines. */
    FORMULA_KERNEL,
    /** libtorch has two threads. */
    TWO_THREADS,
    /** The batch is in two shards, each in a thread of its own. */
    SHARDS;

    /** What every layer with a scale and a shift takes. */
    private static final Set<Extra> ACTIVATIONS = EnumSet.of(RELU, LEAKY_RELU, TANH);

    private final String operator;
    private final String module;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without a state
    private final DoubleUnaryOperator function;

    @SuppressWarnings("ImmutableEnumChecker")
    private final DoubleUnaryOperator slope;

    Extra() {
        this("y", "", z -> z, z -> 1);
    }

    Extra(String operator, String module, DoubleUnaryOperator function, DoubleUnaryOperator slope) {
        this.operator = operator;
        this.module = module;
        this.function = function;
        this.slope = slope;
    }

    /** What a layer takes. */
    static Set<Extra> of(Layer layer) {
        Set<Extra> extras = EnumSet.of(NONE, TORCH_KERNEL, FORMULA_KERNEL, TWO_THREADS);
        if (layer.isTrained()) {
            extras.add(GAMMA_RECORDED);
        }
        if (layer.affines().contains(Affine.SHIFT)) {
            extras.addAll(ACTIVATIONS);
        }
        switch (layer) {
            case GROUP_NORM, INSTANCE_NORM ->
                    extras.addAll(EnumSet.of(MASKED, FUNCTION, MASKED_FUNCTION));
            case LAYER_NORM, RMS_NORM -> extras.add(FUNCTION);
            case SYNC_BATCH_NORM -> extras.add(SHARDS);
            default -> {}
        }
        return extras;
    }

    /** Whether the layer applies an activation. */
    public boolean isActivation() {
        return ACTIVATIONS.contains(this);
    }

    /** Whether a mask is handed over. */
    public boolean isMasked() {
        return this == MASKED || this == MASKED_FUNCTION;
    }

    /** Whether the static function is called. */
    public boolean isFunction() {
        return this == FUNCTION || this == MASKED_FUNCTION;
    }

    /** What becomes of a normalized value, scaled and shifted. */
    public double applyTo(double z) {
        return function.applyAsDouble(z);
    }

    /** The derivative of {@link #applyTo}. */
    public double slopeAt(double z) {
        return slope.applyAsDouble(z);
    }

    /** libtorch's expression of what becomes of y, in TorchScript. */
    public String operator() {
        return operator;
    }

    /** The expression of PyTorch's module that does this, too. */
    String module(String expression) {
        if (isActivation()) {
            return "then(%s, %s)".formatted(expression, module);
        }
        return isMasked() ? "on_valid_positions(%s)".formatted(expression) : expression;
    }
}
