package io.github.djlnorm.parity.cases;

import static java.util.stream.Collectors.toList;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Ulp;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The values of a case, drawn from its name: representable in the case's types, so that every
 * implementation starts from the same numbers. The layout has no influence on them.
 */
public final class CaseData {

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

    /**
     * Which positions of the batch are valid, in the order (N, *), 1 or 0: as many of each
     * instance, and where there is no mask all.
     */
    public double[] mask() {
        int positions = parityCase.positions();
        double[] mask = new double[parityCase.instances() * positions];
        for (int instance = 0; instance < parityCase.instances(); instance++) {
            for (int place : validPositions(instance)) {
                mask[instance * positions + place] = 1;
            }
        }
        return mask;
    }

    int[] validPositions(int instance) {
        int positions = parityCase.positions();
        if (!parityCase.extra().isMasked()) {
            return IntStream.range(0, positions).toArray();
        }
        List<Integer> places = IntStream.range(0, positions).boxed().collect(toList());
        Collections.shuffle(places, random("mask" + instance));
        return places.stream()
                .limit(parityCase.validPositions())
                .mapToInt(place -> place)
                .sorted()
                .toArray();
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
        if (!parityCase.running().given()) {
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
        if (!parityCase.running().given()) {
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
