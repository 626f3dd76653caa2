package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Ulp;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

/**
 * The values of a case, drawn from its name: representable in the case's types, so that every
 * implementation starts from the same numbers. The layout has no influence on them.
 */
public final class CaseData {

    /** DJL's weight of the old running value; one minus PyTorch's momentum. */
    public static final double MOMENTUM = 0.9;

    private final ParityCase parityCase;

    public CaseData(ParityCase parityCase) {
        this.parityCase = parityCase;
    }

    /** The input of a pass, in the order (N, C, *). */
    public double[] x(int pass) {
        return parityCase
                .distribution()
                .sample(
                        random("x" + pass + parityCase.distribution()),
                        parityCase.precision().input(),
                        parityCase.instances(),
                        parityCase.channels(),
                        parityCase.positions());
    }

    /** The gradient that arrives at the output. */
    public double[] dy() {
        Random random = random("dy");
        int size = Math.toIntExact(parityCase.shape().size());
        return draw(parityCase.precision().input(), size, random::nextGaussian);
    }

    /** The scale: away from one and of either sign, or one where there is none. */
    public double[] gamma() {
        if (!parityCase.affine().scale()) {
            return DoubleStream.generate(() -> 1).limit(parityCase.channels()).toArray();
        }
        Random random = random("gamma");
        return draw(
                parityCase.precision().parameterValues(),
                parityCase.channels(),
                () -> (0.5 + random.nextDouble()) * (random.nextInt(4) == 0 ? -1 : 1));
    }

    /** The shift, or zero where there is none. */
    public double[] beta() {
        if (!parityCase.affine().shift()) {
            return new double[parityCase.channels()];
        }
        Random random = random("beta");
        return draw(
                parityCase.precision().parameterValues(),
                parityCase.channels(),
                random::nextGaussian);
    }

    /** The running mean to start with. */
    public double[] runningMean() {
        if (parityCase.running() != Running.GIVEN) {
            return new double[parityCase.channels()];
        }
        Random random = random("mean");
        return draw(
                parityCase.precision().parameterValues(),
                parityCase.channels(),
                random::nextGaussian);
    }

    /** The running variance to start with. */
    public double[] runningVar() {
        if (parityCase.running() != Running.GIVEN) {
            return DoubleStream.generate(() -> 1).limit(parityCase.channels()).toArray();
        }
        Random random = random("var");
        return draw(
                parityCase.precision().parameterValues(),
                parityCase.channels(),
                () -> 0.5 + random.nextDouble());
    }

    private Random random(String role) {
        return new Random((role + parityCase.dimensions() + parityCase.seed()).hashCode());
    }

    private static double[] draw(DataType type, int count, DoubleSupplier values) {
        return DoubleStream.generate(() -> Ulp.round(type, values.getAsDouble()))
                .limit(count)
                .toArray();
    }
}
