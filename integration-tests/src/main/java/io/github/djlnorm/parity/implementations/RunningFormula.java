package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.arrays.Sum;
import io.github.djlnorm.parity.arrays.Ulp;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.ParityCase;

/** The running statistics of a case, in double precision, and how training moves them. */
final class RunningFormula {

    private final ParityCase c;
    private final double momentum;
    private final double[] mean;
    private final double[] variance;
    private final double[] meanScale;

    RunningFormula(ParityCase c) {
        this.c = c;
        CaseData data = new CaseData(c);
        momentum = c.running().momentum();
        mean = data.runningMean();
        variance = data.runningVar();
        meanScale = new double[c.channels()];
    }

    double[] means() {
        return mean;
    }

    double[] variances() {
        return variance;
    }

    /** How large a sum of as many independent terms is as each mean is made of. */
    double meanScale(int channel) {
        return Math.max(Math.abs(mean[channel]), meanScale[channel]);
    }

    /** The mean as it is kept between passes, in its type. */
    double mean(int channel) {
        return stored(mean[channel]);
    }

    /** The variance as it is kept. */
    double variance(int channel) {
        return stored(variance[channel]);
    }

    /**
     * One training step: towards the averages of the instances' means and unbiased variances, or
     * towards those of the whole batch, if the layer joins the instances.
     */
    void move(double[] x) {
        int parts = c.layer().joinsInstances() ? 1 : c.instances();
        int size = c.instances() * c.positions() / Math.max(parts, 1);
        if (x.length == 0) {
            return;
        }
        for (int channel = 0; channel < c.channels(); channel++) {
            Sum means = new Sum();
            Sum variances = new Sum();
            Sum squares = new Sum();
            for (int part = 0; part < parts; part++) {
                int[] places = places(channel, part * size, size);
                Moments moments = new Moments(size, i -> x[places[i]], true);
                means.add(moments.mean());
                variances.add(moments.variance() * size / (size - 1));
                squares.add(Sum.of(size, i -> x[places[i]] * x[places[i]]));
            }
            double scale = Math.sqrt(squares.value()) / (parts * size);
            mean[channel] = moved(mean[channel], means.value() / parts);
            variance[channel] = moved(variance[channel], variances.value() / parts);
            meanScale[channel] = momentum * meanScale[channel] + (1 - momentum) * scale;
        }
    }

    /** The indices of some of a channel's elements, which are counted throughout the batch. */
    private int[] places(int channel, int first, int count) {
        int positions = c.positions();
        int[] places = new int[count];
        for (int i = 0; i < count; i++) {
            int element = first + i;
            places[i] =
                    (element / positions * c.channels() + channel) * positions
                            + element % positions;
        }
        return places;
    }

    private double moved(double running, double value) {
        return momentum * stored(running) + (1 - momentum) * value;
    }

    private double stored(double running) {
        return Ulp.round(c.precision().parameters(), running);
    }
}
